/* PKWARE's APPNOTE 6.3; its section numbers stand at what is less known. */
#include "app/download/zip.h"
#include "core/size.h"

#include <assert.h>
#include <zlib.h>

#include "core/banned.h"

enum {
    LOCAL_HEADER = 0x04034b50,
    DESCRIPTOR = 0x08074b50,
    DIRECTORY_HEADER = 0x02014b50,
    DIRECTORY_END_64 = 0x06064b50,
    DIRECTORY_LOCATOR_64 = 0x07064b50,
    DIRECTORY_END = 0x06054b50,

    VERSION_PLAIN = 20,
    VERSION_64 = 45,
    MADE_ON_UNIX = 3 << 8,
    SIZES_FOLLOW = 1 << 3,
    NAME_IS_UTF8 = 1 << 11,
    MODE = 0100644, /* a plain file that its owner may write and all may read */

    EXTRA_64 = 0x0001,
    EXTRA_TIME = 0x5455, /* seconds since 1970: the other field knows no time zone */
    EXTRA_TIME_SIZE = 9,
    END_64_SIZE = 44, /* of its record, after the field that says so */

    DOS_YEAR_MIN = 1980,
    DOS_YEAR_MAX = 2107,
};

/* ---- numbers ---- */

static void add_number(struct buf *b, uint64_t number, int size)
{
    for (int i = 0; i < size; i++)
        buf_add_char(b, (char)(number >> (8 * i)));
}

static void add_2(struct buf *b, uint32_t number)
{
    add_number(b, number, 2);
}

static void add_4(struct buf *b, uint64_t number)
{
    add_number(b, number, 4);
}

static void add_8(struct buf *b, uint64_t number)
{
    add_number(b, number, 8);
}

/* What stands in a field of 32 bits when the number itself is in the zip64 extra field. */
static bool is_long(uint64_t number)
{
    return number >= UINT32_MAX;
}

static uint64_t clipped(uint64_t number)
{
    return is_long(number) ? UINT32_MAX : number;
}

/* ---- fields that headers share ---- */

static void add_dos_time(struct buf *b, struct when when)
{
    struct civil c = civil_from_when(when);
    if (c.year < DOS_YEAR_MIN) c = (struct civil){.year = DOS_YEAR_MIN, .month = 1, .day = 1};
    if (c.year > DOS_YEAR_MAX) c = (struct civil){.year = DOS_YEAR_MAX, .month = 12, .day = 31};
    add_2(b, (uint32_t)(c.hour << 11 | c.minute << 5 | c.second / 2));
    add_2(b, (uint32_t)((c.year - DOS_YEAR_MIN) << 9 | c.month << 5 | c.day));
}

static void add_extra_time(struct buf *b, struct when when)
{
    const int64_t seconds = MAX(INT32_MIN, MIN(when.us / 1000000, INT32_MAX));
    add_2(b, EXTRA_TIME);
    add_2(b, EXTRA_TIME_SIZE - 4);
    buf_add_char(b, 1); /* the time of the last change, no other */
    add_4(b, (uint64_t)seconds);
}

/* From the version that is needed to the time; the same in both headers. */
static void add_common(struct buf *b, const struct zip_entry *entry, uint32_t version)
{
    add_2(b, version);
    add_2(b, SIZES_FOLLOW | NAME_IS_UTF8);
    add_2(b, 0); /* stored */
    add_dos_time(b, entry->modified);
}

static bool send(struct zip *z, str bytes)
{
    z->offset += bytes.n;
    return z->send(z->p, bytes);
}

/* ---- an entry ---- */

bool zip_begin(struct zip *z, const struct zip_entry *entry)
{
    assert(entry->name.n <= ZIP_NAME_MAX);
    const bool is_64 = is_long(entry->size);
    const uint64_t size = is_64 ? UINT32_MAX : 0; /* 4.4.4: zero, they follow the bytes */
    auto_buf b = {0};
    add_4(&b, LOCAL_HEADER);
    add_common(&b, entry, is_64 ? VERSION_64 : VERSION_PLAIN);
    add_4(&b, 0); /* the checksum follows too */
    add_4(&b, size);
    add_4(&b, size);
    add_2(&b, (uint32_t)entry->name.n);
    add_2(&b, (is_64 ? 20 : 0) + EXTRA_TIME_SIZE);
    buf_add(&b, entry->name);
    if (is_64) {
        /* 4.3.9.2: says that the sizes which follow have 64 bits. */
        add_2(&b, EXTRA_64);
        add_2(&b, 16);
        add_8(&b, 0);
        add_8(&b, 0);
    }
    add_extra_time(&b, entry->modified);
    z->current.entry = *entry;
    z->current.offset = z->offset;
    z->current.size = 0;
    z->current.checksum = (uint32_t)crc32_z(0, NULL, 0);
    return send(z, buf_str(&b));
}

bool zip_data(struct zip *z, str bytes)
{
    z->current.checksum =
        (uint32_t)crc32_z(z->current.checksum, (const unsigned char *)bytes.p, bytes.n);
    z->current.size += bytes.n;
    return send(z, bytes);
}

static void add_to_directory(struct zip *z)
{
    struct buf *b = &z->directory;
    const struct zip_entry *entry = &z->current.entry;
    const bool long_size = is_long(entry->size), long_offset = is_long(z->current.offset);
    const uint32_t extra_64 = (long_size ? 16 : 0) + (long_offset ? 8 : 0);
    const uint32_t version = extra_64 ? VERSION_64 : VERSION_PLAIN;
    add_4(b, DIRECTORY_HEADER);
    add_2(b, MADE_ON_UNIX | version);
    add_common(b, entry, version);
    add_4(b, z->current.checksum);
    add_4(b, clipped(entry->size));
    add_4(b, clipped(entry->size));
    add_2(b, (uint32_t)entry->name.n);
    add_2(b, (extra_64 ? 4 + extra_64 : 0) + EXTRA_TIME_SIZE);
    add_2(b, 0); /* no comment */
    add_2(b, 0); /* on the only disk */
    add_2(b, 0);
    add_4(b, (uint64_t)MODE << 16);
    add_4(b, clipped(z->current.offset));
    buf_add(b, entry->name);
    if (extra_64) {
        add_2(b, EXTRA_64);
        add_2(b, extra_64);
    }
    if (long_size) {
        add_8(b, entry->size);
        add_8(b, entry->size);
    }
    if (long_offset) add_8(b, z->current.offset);
    add_extra_time(b, entry->modified);
}

bool zip_end(struct zip *z)
{
    const uint64_t size = z->current.size;
    const int width = is_long(size) ? 8 : 4;
    assert(size == z->current.entry.size);
    auto_buf b = {0};
    add_4(&b, DESCRIPTOR);
    add_4(&b, z->current.checksum);
    add_number(&b, size, width);
    add_number(&b, size, width);
    add_to_directory(z);
    z->entries++;
    return send(z, buf_str(&b));
}

/* ---- the end ---- */

static void add_end_64(struct buf *b, const struct zip *z, uint64_t directory_at)
{
    const uint64_t end_at = directory_at + z->directory.n;
    add_4(b, DIRECTORY_END_64);
    add_8(b, END_64_SIZE);
    add_2(b, MADE_ON_UNIX | VERSION_64);
    add_2(b, VERSION_64);
    add_4(b, 0); /* on the only disk */
    add_4(b, 0);
    add_8(b, z->entries);
    add_8(b, z->entries);
    add_8(b, z->directory.n);
    add_8(b, directory_at);

    add_4(b, DIRECTORY_LOCATOR_64);
    add_4(b, 0);
    add_8(b, end_at);
    add_4(b, 1); /* disk in all */
}

bool zip_finish(struct zip *z)
{
    const uint64_t at = z->offset;
    const uint32_t entries = (uint32_t)MIN(z->entries, UINT16_MAX);
    auto_buf b = {0};
    if (entries == UINT16_MAX || is_long(z->directory.n) || is_long(at)) add_end_64(&b, z, at);
    add_4(&b, DIRECTORY_END);
    add_2(&b, 0); /* on the only disk */
    add_2(&b, 0);
    add_2(&b, entries);
    add_2(&b, entries);
    add_4(&b, clipped(z->directory.n));
    add_4(&b, clipped(at));
    add_2(&b, 0); /* no comment */
    return send(z, buf_str(&z->directory)) && send(z, buf_str(&b));
}

void zip_done(struct zip *z)
{
    buf_done(&z->directory);
}
