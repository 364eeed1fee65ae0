#include "core/size.h"
#include "http/mime.h"

#include "core/banned.h"

const struct mime mime_table[] = {
#define X(extension_, type_, kind_, flags_) {STR_INIT(extension_), STR_INIT(type_), kind_, flags_},
#include "http/mime.def"
#undef X
};
const size_t mime_table_n = LENGTH(mime_table);

static const struct mime *find(str name, bool web)
{
    const ptrdiff_t dot = str_rfind_char(name, '.');
    if (dot < 0) return NULL;
    const str extension = str_slice(name, (size_t)dot, name.n);
    for (size_t i = 0; i < mime_table_n; i++) {
        if (web && mime_table[i].kind != MIME_WEB) continue;
        if (str_eq_nocase(mime_table[i].extension, extension)) return &mime_table[i];
    }
    return NULL;
}

const struct mime *mime_find(str name)
{
    return find(name, false);
}

str mime_type(str name)
{
    const struct mime *m = find(name, false);
    return m ? m->type : STR("application/octet-stream");
}

str mime_web_type(str name)
{
    const struct mime *m = find(name, true);
    return m ? m->type : mime_type(name);
}

bool mime_compressible(str type)
{
    static const str TYPES[] = {
        STR_INIT("text/"),
        STR_INIT("application/json"),
        STR_INIT("application/jsonlines"),
        STR_INIT("application/manifest+json"),
        STR_INIT("application/xml"),
        STR_INIT("application/wasm"),
        STR_INIT("application/sql"),
        STR_INIT("application/vnd.apple.mpegurl"),
        STR_INIT("image/svg"),
    };
    for (size_t i = 0; i < LENGTH(TYPES); i++) {
        if (type.n >= TYPES[i].n && str_eq_nocase(str_slice(type, 0, TYPES[i].n), TYPES[i]))
            return true;
    }
    return false;
}
