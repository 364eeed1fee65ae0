# shellcheck shell=bash
# A server for tests: its own folders and port, gone afterwards. Sourced after common.sh and build.sh.

# with_server COMMAND…: runs COMMAND with TINTYPE_TEST_URL set while a fresh server answers there.
# Fails when COMMAND fails, when the server does not come up, or when it does not end cleanly.
with_server() {
    local folder port pid status=0 ended=0
    folder=$(mktemp -d "$work/server.XXXXXX")
    chmod 755 "$folder" # the database's user passes through
    port=$(free_port)
    env IMMICH_HOST=127.0.0.1 IMMICH_PORT="$port" IMMICH_MEDIA_LOCATION="$folder/media" \
        TINTYPE_STATE_DIR="$folder/state" "$build/tintype" >"$folder/log" 2>&1 &
    pid=$!
    if wait_for_pong "$port" "$pid"; then
        TINTYPE_TEST_URL=http://127.0.0.1:$port "$@" || status=$?
    else
        say "the server did not answer within 60 s"
        status=1
    fi
    kill -TERM "$pid" 2>/dev/null || :
    wait "$pid" || ended=$?
    if [ "$ended" != 0 ]; then say "the server ended with status $ended"; fi
    if [ "$status" != 0 ] || [ "$ended" != 0 ]; then tail -n 40 "$folder/log"; fi
    rm -rf "$folder"
    [ "$status" = 0 ] && [ "$ended" = 0 ]
}

free_port() {
    /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

wait_for_pong() {
    local _
    for _ in {1..600}; do
        kill -0 "$2" 2>/dev/null || return 1
        [ "$(http_get "http://127.0.0.1:$1/api/server/ping")" != '{"res":"pong"}' ] || return 0
        sleep 0.1
    done
    return 1
}

http_get() {
    /usr/bin/python3 - "$1" <<'END' 2>/dev/null || :
import sys, urllib.request
print(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sys.argv[1], timeout=2).read().decode())
END
}
