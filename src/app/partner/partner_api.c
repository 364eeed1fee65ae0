#include "auth/auth.h"
#include "gen/api.h"
#include "gen/partner_sql.h"

#include "core/banned.h"

fallible op_getPartners(
    struct ctx *cx, const struct getPartners_in *in, struct list_PartnerResponseDto *out)
{
    if (in->direction == PARTNER_DIRECTION_SHARED_BY)
        return sql_partner_list_shared_by(cx, out, cx->auth->user);
    return sql_partner_list_shared_with(cx, out, cx->auth->user);
}

static fallible get(struct ctx *cx, uuid by, uuid with, uuid other, struct PartnerResponseDto *out)
{
    bool found;
    TRY(sql_partner_get(cx, out, &found, by, with, other));
    if (!found) FAIL(BAD_REQUEST, "Partner not found");
    return NULL;
}

static fallible create(struct ctx *cx, uuid with, struct PartnerResponseDto *out)
{
    const uuid by = cx->auth->user;
    int64_t made;
    err e = sql_partner_insert(cx, &made, by, with);
    if (err_is(e, CONFLICT)) FAIL(BAD_REQUEST, "Partner already exists");
    TRY(e);
    if (!made) FAIL(BAD_REQUEST, "Invalid user");
    return get(cx, by, with, with, out);
}

fallible op_createPartner(
    struct ctx *cx, const struct createPartner_in *in, struct PartnerResponseDto *out)
{
    return create(cx, in->body.sharedWithId, out);
}

fallible op_createPartnerDeprecated(
    struct ctx *cx, const struct createPartnerDeprecated_in *in, struct PartnerResponseDto *out)
{
    return create(cx, in->id, out);
}

/* The one setting of a pair is that of the user who is shared with: the id is the other's. */
fallible op_updatePartner(
    struct ctx *cx, const struct updatePartner_in *in, struct PartnerResponseDto *out)
{
    const uuid by = in->id, with = cx->auth->user;
    TRY(sql_partner_update(cx, by, with, in->body.inTimeline));
    return get(cx, by, with, by, out);
}

fallible op_removePartner(struct ctx *cx, const struct removePartner_in *in)
{
    int64_t removed;
    TRY(sql_partner_delete(cx, &removed, cx->auth->user, in->id));
    if (!removed) FAIL(BAD_REQUEST, "Partner not found");
    return NULL;
}
