/* A zip archive of stored files, written front to back: sizes and checksums follow each file's
 * bytes, the directory comes last. Zip64 where numbers outgrow 32 bits.
 *
 *   struct zip zip = {.send = send, .p = p};
 *   zip_begin(&zip, &(struct zip_entry){.name = name, .size = size, .modified = when});
 *   zip_data(&zip, bytes);            … until all of the size was given
 *   zip_end(&zip);
 *   zip_finish(&zip);
 *   zip_done(&zip);
 *
 * Owns    the directory, about 100 bytes an entry, until zip_done.
 * Threads one at a time.
 * Fails   false when `send` returned false: the archive stays unfinished.
 */
#pragma once

#include "core/buf.h"
#include "core/time.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    ZIP_NAME_MAX = UINT16_MAX,
};

struct zip_entry {
    str name;      /* UTF-8, "/" between folders; it must last until zip_end */
    uint64_t size; /* exactly what zip_data will be given */
    struct when modified;
};

struct zip {
    bool (*send)(void *p, str bytes);
    void *p;
    uint64_t offset;  /* bytes sent so far */
    uint64_t entries; /* complete ones */
    struct buf directory;
    struct {
        struct zip_entry entry;
        uint64_t offset, size;
        uint32_t checksum;
    } current;
};

bool zip_begin(struct zip *z, const struct zip_entry *entry);
bool zip_data(struct zip *z, str bytes);
bool zip_end(struct zip *z);
bool zip_finish(struct zip *z);
void zip_done(struct zip *z);
