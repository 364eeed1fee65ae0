/* The first line is a User-Agent, the others are devicemodel and devicetype: whatever they hold,
 * the columns of a session can hold what is made of them. */
#include "auth/device.h"
#include "http/request.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str rest = {(const char *)data, size};
    struct param headers[] = {{.name = STR("devicemodel")}, {.name = STR("DeviceType")}};
    struct request request = {.headers = {headers, 2}};
    (void)str_cut(&rest, '\n', &request.user_agent);
    (void)str_cut(&rest, '\n', &headers[0].value);
    (void)str_cut(&rest, '\n', &headers[1].value);
    const struct device device = device_of_request(&request);
    assert(str_is_utf8(device.type) && str_is_utf8(device.os));
    if (device.app_version.is == PRESENT) assert(device.app_version.v.n > 0);
    return 0;
}
