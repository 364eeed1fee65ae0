#include "core/arena.h"
#include "core/size.h"
#include "storage/mount.h"
#include "storage/paths.h"

#include "core/banned.h"

const char *storage_nested_dir(
    struct arena *a, const char *media, enum storage_folder folder, uuid user, uuid name)
{
    char owner[UUID_TEXT], text[UUID_TEXT];
    uuid_format(user, owner);
    uuid_format(name, text);
    const str dir = str_fmt(
        a, "%s/%s/%s/%.2s/%.2s", media, storage_folder_names[folder], owner, text, text + 2);
    return dir.p; /* str_fmt ends its text with NUL */
}

const char *storage_nested_path(struct arena *a, const char *media, enum storage_folder folder,
    uuid user, uuid name, str suffix)
{
    char text[UUID_TEXT];
    uuid_format(name, text);
    const char *dir = storage_nested_dir(a, media, folder, user, name);
    return str_fmt(a, "%s/%s%.*s", dir, text, FMT(suffix)).p;
}

str storage_basename(str path)
{
    const ptrdiff_t slash = str_rfind_char(path, '/');
    return str_slice(path, (size_t)(slash + 1), path.n);
}

str storage_extension(str name)
{
    const str base = storage_basename(name);
    const ptrdiff_t dot = str_rfind_char(base, '.');
    if (dot <= 0) return STR(""); /* a leading dot makes a hidden file, not an extension */
    return str_slice(base, (size_t)dot, base.n);
}

str storage_cut(str name, size_t n)
{
    if (name.n <= n) return name;
    while (n > 0 && ((unsigned char)name.p[n] & 0xc0) == 0x80)
        n--;
    return str_slice(name, 0, n);
}

/* con, prn, aux, nul, com0 to com9, lpt0 to lpt9, with any extension. */
static bool is_device(str name)
{
    static const str NAMES[] = {STR_INIT("con"), STR_INIT("prn"), STR_INIT("aux"), STR_INIT("nul")};
    const ptrdiff_t dot = str_find_char(name, '.');
    const str stem = dot < 0 ? name : str_slice(name, 0, (size_t)dot);
    const str kind = str_slice(stem, 0, 3);
    for (size_t i = 0; i < LENGTH(NAMES); i++)
        if (str_eq_nocase(stem, NAMES[i])) return true;
    return stem.n == 4 && stem.p[3] >= '0' && stem.p[3] <= '9' &&
           (str_eq_nocase(kind, STR("com")) || str_eq_nocase(kind, STR("lpt")));
}

/* How many bytes at the beginning are a character that may not stay: 0, 1 or 2. */
static size_t refused(str text)
{
    const unsigned char c = (unsigned char)text.p[0];
    if (c < 0x20 || strchr("/?<>\\:*|\"", c)) return 1;
    const bool is_c1 = c == 0xc2 && text.n > 1 && (unsigned char)text.p[1] >= 0x80 &&
                       (unsigned char)text.p[1] <= 0x9f;
    return is_c1 ? 2 : 0;
}

str storage_file_name(struct arena *a, str name)
{
    char *text = arena_alloc_raw(a, name.n + 1);
    size_t n = 0;
    while (name.n > 0) {
        const size_t skipped = refused(name);
        if (!skipped) text[n++] = name.p[0];
        name = str_slice(name, skipped ? skipped : 1, name.n);
    }
    str out = storage_cut((str){text, n}, STORAGE_NAME_MAX); /* may end in a dot, so it is first */
    while (out.n > 0 && (out.p[out.n - 1] == '.' || out.p[out.n - 1] == ' '))
        out.n--;
    return is_device(out) ? STR("") : out;
}
