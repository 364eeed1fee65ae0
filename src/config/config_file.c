#include "config/config_file.h"
#include "core/arena.h"
#include "core/buf.h"
#include "core/fd.h"
#include "json/writer.h"

#include <yaml.h>

#include "core/banned.h"

static void close_document(yaml_document_t *document)
{
    yaml_document_delete(document);
}

static void close_parser(yaml_parser_t *parser)
{
    yaml_parser_delete(parser);
}

static str scalar_text(const yaml_node_t *node)
{
    return (str){(const char *)node->data.scalar.value, node->data.scalar.length};
}

/* A plain scalar is null, a boolean or a number when it looks like one (YAML 1.2 core schema), all
 * else is text. */
static void write_scalar(struct buf *out, const yaml_node_t *node)
{
    const str text = scalar_text(node);
    double number;
    int64_t integer;
    const bool plain = node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (plain && (text.n == 0 || str_eq(text, STR("~")) || str_eq_nocase(text, STR("null")))) {
        buf_add(out, STR("null"));
    } else if (plain && (str_eq_nocase(text, STR("true")) || str_eq_nocase(text, STR("false")))) {
        buf_add(out, text.p[0] == 't' || text.p[0] == 'T' ? STR("true") : STR("false"));
    } else if (plain && str_parse_i64(text, &integer)) {
        json_write_int(out, integer);
    } else if (plain && str_parse_double(text, &number)) {
        json_write_double(out, number);
    } else {
        json_write_str(out, text);
    }
}

/* An alias repeats its node; `depth` also ends what refers to itself. */
static fallible write_node(struct buf *out, yaml_document_t *document, int index, int depth)
{
    const yaml_node_t *node = yaml_document_get_node(document, index);
    if (depth > CONFIG_FILE_DEPTH_MAX || out->full)
        FAIL(BAD_REQUEST, "Invalid system config: the file is nested too deep");
    switch (node->type) {
    case YAML_SCALAR_NODE:
        write_scalar(out, node);
        return NULL;
    case YAML_SEQUENCE_NODE:
        buf_add_char(out, '[');
        for (const yaml_node_item_t *item = node->data.sequence.items.start;
             item < node->data.sequence.items.top; item++) {
            if (item > node->data.sequence.items.start) buf_add_char(out, ',');
            TRY(write_node(out, document, *item, depth + 1));
        }
        buf_add_char(out, ']');
        return NULL;
    case YAML_MAPPING_NODE:
        buf_add_char(out, '{');
        for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
             pair < node->data.mapping.pairs.top; pair++) {
            const yaml_node_t *key = yaml_document_get_node(document, pair->key);
            if (key->type != YAML_SCALAR_NODE)
                FAIL(BAD_REQUEST, "Invalid system config: a key is not a text");
            if (pair > node->data.mapping.pairs.start) buf_add_char(out, ',');
            json_write_str(out, scalar_text(key));
            buf_add_char(out, ':');
            TRY(write_node(out, document, pair->value, depth + 1));
        }
        buf_add_char(out, '}');
        return NULL;
    case YAML_NO_NODE:
        break;
    }
    FAIL(BAD_REQUEST, "Invalid system config: the file is not YAML");
}

fallible config_file_parse(struct arena *a, str yaml, str *json)
{
    yaml_parser_t parser __attribute__((cleanup(close_parser)));
    yaml_document_t document __attribute__((cleanup(close_document))) = {0};
    if (!yaml_parser_initialize(&parser)) FAIL(INTERNAL, "libyaml cannot start");
    yaml_parser_set_input_string(&parser, (const unsigned char *)yaml.p, yaml.n);
    if (!yaml_parser_load(&parser, &document)) {
        FAIL(BAD_REQUEST, "Invalid system config: %s in line %zu",
            parser.problem ? parser.problem : "not YAML", parser.problem_mark.line + 1);
    }
    if (!yaml_document_get_root_node(&document)) {
        *json = STR("{}");
        return NULL;
    }
    auto_buf out = {.limit = (size_t)4 * CONFIG_FILE_MAX}; /* aliases can multiply a text */
    TRY(write_node(&out, &document, 1, 0));
    if (out.full) FAIL(BAD_REQUEST, "Invalid system config: the file is too large");
    *json = buf_take(&out, a);
    return NULL;
}

fallible config_file_read(struct arena *a, const char *path, str *json)
{
    str text;
    err e = file_read(a, path, CONFIG_FILE_MAX, &text);
    if (e) FAIL(BAD_REQUEST, "Invalid system config: %s", e->message);
    return config_file_parse(a, text, json);
}
