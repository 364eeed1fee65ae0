/* What a photo's or video's tags mean: every column that metadata extraction writes.
 *
 * metadata_map is pure: tags in (of the file itself, of its sidecar, of the decoder's probe),
 * values out. The contract is metadata.md; its order of preference decides where a photo stands in
 * the timeline.
 *
 * Memory  text and lists live in the arena or point into the tags' documents.
 * Threads any.
 * Fails   never: what makes no sense is left out. A file without any tag still has a size and a
 * date.
 */
#pragma once

#include "box/wire.h"
#include "core/opt.h"
#include "core/time.h"
#include "metadata/exif_tags.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;

/* What is known about the file without reading it. */
struct file_facts {
    str path;
    bool video; /* asset.type */
    int64_t size_bytes;
    struct when modified;        /* mtime */
    struct opt_when born;        /* birth time, where the file system keeps one */
    struct when file_created_at; /* asset.fileCreatedAt until now: what the uploader said */
};

/* Columns that are null are not PRESENT. Names are the columns'. */
struct metadata {
    /* asset */
    struct opt_int duration_ms;
    struct opt_int width, height; /* the way up it is shown */
    struct when file_created_at, file_modified_at;
    struct when local_date_time; /* the wall clock at the place of capture, as if it were UTC */

    /* asset_exif */
    struct opt_str make, model, lens_model;
    struct opt_int image_width, image_height; /* as stored, before orientation */
    int64_t file_size_bytes;
    struct opt_str orientation;
    struct when date_time_original, modify_date;
    struct opt_str time_zone;
    struct opt_double f_number, focal_length;
    struct opt_int iso;
    struct opt_str exposure_time;
    struct opt_double latitude, longitude;
    str description;
    struct opt_double fps;
    struct opt_str live_photo_cid, auto_stack_id;
    struct opt_str projection_type, profile_description, colorspace;
    struct opt_int bits_per_sample;
    struct opt_int rating;
    struct list_str tags; /* null when there are none */
};

/* sidecar and probe may be NULL. */
void metadata_map(struct arena *a, const struct exif_tags *media, const struct exif_tags *sidecar,
    const struct box_probe_answer *probe, const struct file_facts *file, struct metadata *out);
