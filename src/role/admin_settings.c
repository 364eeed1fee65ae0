#include "app/app.h"
#include "app/system/system.h"
#include "config/config.h"
#include "event/event.h"
#include "json/value.h"
#include "json/writer.h"
#include "role/admin.h"

#include <stdio.h>

#include "core/banned.h"

static fallible default_settings(struct ctx *cx, const struct json_value **out)
{
    struct SystemConfigDto defaults;
    struct buf text = {0};
    TRY(config_defaults(cx, cx->app->config, &defaults));
    json_write(&text, &SystemConfigDto_fields, &defaults, DATES_Z);
    return json_parse(cx->arena, buf_take(&text, cx->arena), out);
}

/* Lays `change` over what is stored; as always only what differs from the defaults stays there.
 * The row is written although a configuration file may be in use, as upstream does. */
static fallible store_change(struct ctx *cx, str change)
{
    static const str key = STR_INIT("system-config");
    const struct json_value *defaults, *stored = NULL, *changed;
    bool found;
    str text;
    TRY(default_settings(cx, &defaults));
    TRY(system_document(cx, key, &found, &text));
    if (found) TRY(json_parse(cx->arena, text, &stored));
    TRY(json_parse(cx->arena, change, &changed));
    if (json_type(stored) == JSON_OBJECT) changed = json_merge(cx->arena, stored, changed);
    const struct json_value *whole = json_merge(cx->arena, defaults, changed);
    const str kept = json_print(cx->arena, json_diff(cx->arena, defaults, whole));
    return system_document_set(cx, key, kept);
}

static fallible set(struct ctx *cx, str change, const char *done)
{
    TRY(store_change(cx, change));
    event_send(cx, ROOM_PROCESSES, "ConfigUpdate", STR("{}")); /* servers and workers read anew */
    puts(done);
    return NULL;
}

fallible admin_enable_password_login(struct ctx *cx)
{
    return set(
        cx, STR("{\"passwordLogin\":{\"enabled\":true}}"), "Password login has been enabled.");
}

fallible admin_disable_password_login(struct ctx *cx)
{
    return set(
        cx, STR("{\"passwordLogin\":{\"enabled\":false}}"), "Password login has been disabled.");
}

fallible admin_enable_oauth_login(struct ctx *cx)
{
    return set(cx, STR("{\"oauth\":{\"enabled\":true}}"), "OAuth login has been enabled.");
}

fallible admin_disable_oauth_login(struct ctx *cx)
{
    return set(cx, STR("{\"oauth\":{\"enabled\":false}}"), "OAuth login has been disabled.");
}
