/* The patterns of the contract as code: no regular expressions run.
 *
 * Threads any. Fails   never.
 */
#pragma once

#include "json/fields.h"

/* Whether a text has the format; FORMAT_ANY accepts everything. */
bool format_check(enum field_format format, str text);
/* The pattern as a JavaScript literal, for messages; "" for formats that have words of their own.
 */
const char *format_pattern(enum field_format format);
