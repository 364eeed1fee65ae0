#include "core/buf.h"
#include "json/fields.h"
#include "role/admin.h"

#include "core/banned.h"

/* Single quotes, unless the text has one and no double quote. */
static void inspect_text(struct buf *out, str text)
{
    const bool single = str_find_char(text, '\'') >= 0;
    const bool twice = str_find_char(text, '"') >= 0;
    const char quote = !single ? '\'' : !twice ? '"' : '`';
    buf_add_char(out, quote);
    for (size_t i = 0; i < text.n; i++) {
        const unsigned char c = (unsigned char)text.p[i];
        if (c == '\n') {
            buf_add(out, STR("\\n"));
        } else if (c < ' ') {
            buf_add_fmt(out, "\\x%02X", c);
        } else {
            if (c == (unsigned char)quote || c == '\\') buf_add_char(out, '\\');
            buf_add_char(out, (char)c);
        }
    }
    buf_add_char(out, quote);
}

static void inspect_object(
    struct buf *out, const struct fields *fields, const void *object, int indent);

static void inspect_when(struct buf *out, struct when when)
{
    char text[WHEN_TEXT];
    when_format_z(when, text);
    buf_add(out, str_from(text));
}

static void inspect_value(struct buf *out, const struct field *f, const void *object, int indent)
{
    const void *value = field_at_const(f, object);
    if (field_presence(f, object) != PRESENT) {
        buf_add(out, STR("null"));
        return;
    }
    char id[UUID_TEXT];
    switch (f->kind) {
    case FIELD_STR:
    case FIELD_RAW:
        inspect_text(out, *(const str *)value);
        return;
    case FIELD_ENUM:
        inspect_text(out, f->names->v[*(const int *)value]);
        return;
    case FIELD_UUID:
        uuid_format(*(const uuid *)value, id);
        inspect_text(out, str_from(id));
        return;
    case FIELD_WHEN:
        inspect_when(out, *(const struct when *)value);
        return;
    case FIELD_INT:
        buf_add_fmt(out, "%lld", (long long)*(const int64_t *)value);
        return;
    case FIELD_DOUBLE:
        buf_add_fmt(out, "%.17g", *(const double *)value);
        return;
    case FIELD_BOOL:
        buf_add(out, *(const bool *)value ? STR("true") : STR("false"));
        return;
    case FIELD_OBJECT:
        inspect_object(out, f->sub, value, indent);
        return;
    case FIELD_DATE:
    case FIELD_BYTES:
    case FIELD_LIST: /* no command has them */
        buf_add(out, STR("[Object]"));
        return;
    }
}

static void inspect_object(
    struct buf *out, const struct fields *fields, const void *object, int indent)
{
    buf_add(out, STR("{"));
    for (size_t i = 0; i < fields->n; i++) {
        const struct field *f = &fields->v[i];
        buf_add_fmt(out, "%s\n%*s%.*s: ", i ? "," : "", indent + 2, "", FMT(f->name));
        inspect_value(out, f, object, indent + 2);
    }
    buf_add_fmt(out, "\n%*s}", indent, "");
}

void admin_inspect_list(struct buf *out, const struct fields *fields, const void *items, size_t n)
{
    buf_add_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        buf_add(out, i ? STR(",\n  ") : STR("\n  "));
        inspect_object(out, fields, (const char *)items + i * fields->size, 2);
    }
    buf_add(out, n ? STR("\n]\n") : STR("]\n"));
}
