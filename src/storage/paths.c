#include "core/arena.h"
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
