#!/usr/bin/env python3
"""Each rule of lint.py finds what it is for, and nothing in sound code."""
import pathlib
import tempfile
import unittest

import lint

SOUND = {
    "src/db/pool.h": "/* Connections. */\n#pragma once\n#include \"core/err.h\"\nfallible pool_open(void);\n",
    "src/db/pool.c": "#include \"db/pool.h\"\n#include <stdio.h>\n#include \"core/banned.h\"\n",
    "src/core/err.h": "/* Errors. */\n#pragma once\n__attribute__((returns_nonnull)) err err_new(int code);\n",
    "src/core/err.c": "#include \"core/err.h\"\n#include \"core/banned.h\"\nerr err_new(int code)\n{\n}\n",
    "src/app/access/access.def": "X(\"tag.read\", tag_owned, NOBODY)\n",
    "contract/tags.yaml": "paths: {/tags: {get: {operationId: getTags, x-access: 'handler: own ones'}}}\n",
    "src/app/tag/tag_api.c": "#include \"app/tag/tag.h\"\n#include \"app/user/user.h\"\n#include \"core/banned.h\"\n"
                             "fallible op_getTags(struct ctx *cx)\n{\n    return list(cx, cx->auth->user);\n}\n",
}


def found(**changed):
    """The rules that find something in SOUND with these files changed; __ in a name stands for /, _DOT_ for a dot."""
    files = SOUND | {name.replace("__", "/").replace("_DOT_", "."): text for name, text in changed.items()}
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        return [line.split(": ")[1] for line in lint.Lint(root).run()]


class Rules(unittest.TestCase):
    def test_sound_code_passes(self):
        self.assertEqual(found(), [])

    def test_an_include_that_points_up(self):
        self.assertEqual(found(src__core__up_DOT_h='/* x */\n#pragma once\n#include "db/pool.h"\n'), ["ladder"])

    def test_an_include_that_points_sideways(self):
        self.assertEqual(found(src__http__side_DOT_h='/* x */\n#pragma once\n#include "db/pool.h"\n'), ["ladder"])

    def test_a_domain_used_past_its_header(self):
        text = SOUND["src/app/tag/tag_api.c"].replace("user/user.h", "user/secret.h")
        self.assertEqual(found(src__app__tag__tag_api_DOT_c=text), ["ladder"])

    def test_a_header_without_comment(self):
        self.assertEqual(found(src__core__bare_DOT_h="#pragma once\nint x;\n"), ["header"])

    def test_an_err_that_may_be_ignored(self):
        self.assertEqual(found(src__core__loose_DOT_h="/* x */\n#pragma once\nerr loose(void);\n"), ["fallible"])

    def test_a_file_without_banned_h(self):
        self.assertEqual(found(src__db__pool_DOT_c='#include "db/pool.h"\n#include <stdio.h>\n'), ["banned"])

    def test_a_line_comment(self):
        self.assertEqual(found(src__core__line_DOT_h="/* x */\n#pragma once\n// y\n"), ["comment"])

    def test_a_long_function(self):
        body = '#include "core/banned.h"\nint f(void)\n{\n' + "    g();\n" * 61 + "}\n"
        self.assertEqual(found(src__core__long_DOT_c=body), ["length"])

    def test_a_long_file(self):
        self.assertEqual(found(src__core__long_DOT_c='#include "core/banned.h"\n' + "\n" * 800), ["length"])

    def test_an_operation_that_forgets_who_asks(self):
        text = SOUND["src/app/tag/tag_api.c"].replace("cx->auth->user", "0")
        self.assertEqual(found(src__app__tag__tag_api_DOT_c=text), ["access"])

    def test_an_operation_that_asks_through_a_helper(self):
        helper = "static fallible mine(struct ctx *cx)\n{\n    return list(cx, cx->auth->user);\n}\n\n"
        text = SOUND["src/app/tag/tag_api.c"].replace("return list(cx, cx->auth->user)", "return mine(cx)")
        self.assertEqual(found(src__app__tag__tag_api_DOT_c=text.replace("fallible op_", helper + "fallible op_")), [])

    def test_a_permission_without_a_rule(self):
        text = "paths: {'/tags/{id}': {get: {operationId: getTag, x-access: [{id: tag.read}, {body.ids: tag.copy}]}}}\n"
        self.assertEqual(found(**{"contract__tags.yaml": text}), ["rule"])
        self.assertEqual(found(**{"contract__tags.yaml": text.replace("tag.copy", "tag.read")}), [])

    def test_a_check_that_nobody_wrote(self):
        text = SOUND["contract/tags.yaml"] + "components: {schemas: {Tag: {type: object, x-check: tag, properties: {}}}}\n"
        self.assertEqual(found(**{"contract__tags.yaml": text}), ["check"])
        written = '#include "core/banned.h"\nvoid check_tag(const struct Tag *tag, struct issues *issues)\n{\n}\n'
        self.assertEqual(found(**{"contract__tags.yaml": text, "src__app__tag__tag_check_DOT_c": written}), [])

    def test_work_left_without_an_issue(self):
        self.assertEqual(found(tools__x_DOT_py="# TODO later\n"), ["todo"])
        self.assertEqual(found(tools__x_DOT_py="# TODO(#12) later\n"), [])


if __name__ == "__main__":
    unittest.main()
