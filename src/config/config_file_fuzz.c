/* Any bytes as the file of IMMICH_CONFIG_FILE: refused in words, or JSON of which the settings are
 * read as they are at the start, with an issue for each that does not fit. */
#include "config/config_file.h"
#include "core/arena.h"
#include "gen/api.h"
#include "gen/embed.h"
#include "json/reader.h"
#include "json/writer.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>

static void read_settings(struct arena *a, const struct json_value *document)
{
    const struct json_value *defaults;
    struct SystemConfigDto *dto = ARENA_NEW(a, struct SystemConfigDto);
    struct issues issues = issues_new(a);
    if (json_parse(a, embed_config_defaults, &defaults)) assert(!"the defaults are JSON");
    if (json_type(document) == JSON_OBJECT) defaults = json_merge(a, defaults, document);
    const struct field whole = {
        .kind = FIELD_OBJECT, .size = sizeof *dto, .sub = &SystemConfigDto_fields};
    issues.stored = true;
    json_read(&issues, &whole, defaults, dto);
    auto_buf out = {0};
    if (issues.found)
        issues_write(&out, &issues);
    else
        json_write(&out, &SystemConfigDto_fields, dto, DATES_Z);
    assert(out.n > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > CONFIG_FILE_MAX) return 0;
    struct arena *a = arena_new();
    const struct json_value *document;
    str json;
    err e = config_file_parse(a, (str){(const char *)data, size}, &json);
    if (e) {
        assert(e->code == BAD_REQUEST && e->message[0]);
    } else {
        e = json_parse(a, json, &document);
        if (!e) read_settings(a, document);
    }
    arena_free(a);
    return 0;
}
