/* Dates as ExifTool prints them and as people write them into metadata.
 *
 * Accepted: "2023:01:02 03:04:05.678+02:00" (also '-' between the parts of the day, 'T' before the
 * time, no seconds, a day or month of one digit), "Mon Jan 2 03:04:05 2023", "Jan 2 2023 03:04:05",
 * "Mon 2 Jan 2023 3:04:05 pm", each with or without a zone at its end.
 *
 * Threads any.
 * Fails   false for a day without a time, a time without a day, a year below 2 and a day or time
 *         that does not exist; the output is then untouched.
 */
#pragma once

#include "core/str.h"
#include "core/time.h"
#include "metadata/zone.h"

#include <stdbool.h>

struct exif_date {
    struct when wall; /* what the clock showed, as if it were UTC; whole milliseconds */
    bool zoned;       /* the text ends in a zone */
    bool utc_text;    /* … which is written as Z or +00:00 */
    struct zone zone;
};

bool exif_date_parse(str text, struct exif_date *out);
