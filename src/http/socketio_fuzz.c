/* A frame's text is understood or invalid; a namespace that is answered is a part of it. */
#include "http/socketio.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const str text = {(const char *)data, size};
    const struct sio_packet packet = sio_parse(text);
    if (packet.kind == SIO_CONNECT_UNKNOWN) {
        assert(packet.space.n >= 2 && packet.space.p[0] == '/');
        assert(str_find(text, packet.space) == 2);
    }
    return 0;
}
