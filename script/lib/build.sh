# shellcheck shell=bash
# Build folders; tools/build configures one where needed. Sourced after common.sh.

build=$root/build
export IMMICH_BUILD_DATA=$build # where the web app is built to

# The one that script/server starts and most tests run, with the web app beside it.
build_release() {
    "$root/tools/build" "$build"
    "$root/tools/build-web" "$build"
}

# Where set-up has put ExifTool and the rest, for the programs that we start.
use_deps() {
    set -a
    # shellcheck source=/dev/null
    . "$root/var/deps/env"
    set +a
}
