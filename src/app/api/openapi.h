/* The description of the API as `tintype admin openapi` prints it: JSON, made at build time from
 * the contract. Constant data. */
#pragma once

#include "core/str.h"

extern const str openapi_json;
