#include "core/arena.h"
#include "gen/api.h"
#include "json/reader.h"

#include "core/banned.h"

static void coordinates_come_together(
    struct issues *issues, const struct opt_double *latitude, const struct opt_double *longitude)
{
    if ((latitude->is == ABSENT) != (longitude->is == ABSENT))
        issue_add(issues, NULL, "Latitude and longitude must be provided together");
}

void check_update_asset(const struct UpdateAssetDto *dto, struct issues *issues)
{
    coordinates_come_together(issues, &dto->latitude, &dto->longitude);
}

void check_update_assets(const struct AssetBulkUpdateDto *dto, struct issues *issues)
{
    coordinates_come_together(issues, &dto->latitude, &dto->longitude);
    if (dto->dateTimeRelative.is == PRESENT && dto->dateTimeOriginal.is == PRESENT)
        issue_add(issues, NULL, "dateTimeRelative cannot exist alongside dateTimeOriginal");
}

void check_rating(const int64_t *rating, struct issues *issues)
{
    if (*rating == 0)
        issue_add(issues, NULL,
            "Rating must be -1 (rejected), 1–5 (starred), or null (unrated); 0 is not valid");
}

/* ---- edits ---- */

/* What each action asks for. */
static const struct action {
    enum AssetEditAction action;
    const struct fields *fields;
    const char *name, *keys;
} actions[] = {
    {ASSET_EDIT_ACTION_CROP, &CropParameters_fields, "crop", "x, y, width, height"},
    {ASSET_EDIT_ACTION_ROTATE, &RotateParameters_fields, "rotate", "angle"},
    {ASSET_EDIT_ACTION_MIRROR, &MirrorParameters_fields, "mirror", "axis"},
};
enum { ACTIONS = sizeof actions / sizeof *actions };

union parameters {
    struct CropParameters crop;
    struct RotateParameters rotate;
    struct MirrorParameters mirror;
};

static bool fits(
    struct arena *a, const struct action *action, str parameters, union parameters *out)
{
    const struct json_value *v;
    const err e = json_parse(a, parameters, &v);
    if (e || json_type(v) != JSON_OBJECT) return false;
    struct issues ignored = issues_new(a);
    json_read_fields(&ignored, action->fields, v, out);
    return ignored.found == 0;
}

void check_asset_edit_parameters(const str *parameters, struct issues *issues)
{
    union parameters out;
    for (size_t i = 0; i < ACTIONS; i++)
        if (fits(issues->arena, &actions[i], *parameters, &out)) return;
    issue_add_coded(issues, STR("\"code\":\"invalid_union\",\"errors\":[],"),
        "Invalid parameters for action, expected keys by action: crop: [x, y, width, height]; "
        "rotate: [angle]; mirror: [axis]");
}

static bool is_quarter_turn(double angle)
{
    return angle == 0 || angle == 90 || angle == 180 || angle == 270;
}

void check_asset_edit(const struct AssetEditActionItemDto *edit, struct issues *issues)
{
    const struct action *action = &actions[edit->action];
    union parameters out;
    const bool fit = fits(issues->arena, action, edit->parameters, &out);
    const bool turned = fit && edit->action == ASSET_EDIT_ACTION_ROTATE;
    if (fit && (!turned || is_quarter_turn(out.rotate.angle))) return;

    if (turned) {
        struct issue_step step;
        issue_enter(issues, &step, STR("parameters"));
        issue_add(issues, "angle", "Angle must be one of the following values: 0, 90, 180, 270");
        issue_leave(issues, &step);
    }
    issue_add(issues, "parameters", "Invalid parameters for action '%s', expecting keys: %s",
        action->name, action->keys);
}

static bool is_same_edit(struct arena *a, const struct AssetEditActionItemDto *one,
    const struct AssetEditActionItemDto *other)
{
    if (one->action != other->action) return false;
    if (one->action != ASSET_EDIT_ACTION_MIRROR) return true;
    union parameters first = {0}, second = {0};
    fits(a, &actions[one->action], one->parameters, &first);
    fits(a, &actions[one->action], other->parameters, &second);
    return first.mirror.axis == second.mirror.axis;
}

/* At most a crop, a rotation and a mirror along each axis: any longer list has two of one. */
enum { EDITS_MAX = 4 };

void check_asset_edits(const struct list_AssetEditActionItemDto *edits, struct issues *issues)
{
    bool twice = edits->n > EDITS_MAX;
    for (size_t i = 0; i < edits->n && !twice; i++)
        for (size_t k = 0; k < i && !twice; k++)
            twice = is_same_edit(issues->arena, &edits->v[i], &edits->v[k]);
    if (twice) issue_add(issues, NULL, "Duplicate edit actions are not allowed");
}
