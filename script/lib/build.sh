# shellcheck shell=bash
# Build folders. Sourced after common.sh.

build=$root/build

# build_folder FOLDER OPTION…: configures it once; later runs keep it, and Ninja does what is left to do.
build_folder() {
    local folder=$1
    shift
    if [ ! -f "$folder/build.ninja" ]; then
        rm -rf "$folder"
        meson setup "$folder" "$root" -Ddeps="$(realpath -m "$root/var/deps")" "$@"
    fi
    ninja -C "$folder"
}

# The one that script/server starts and most tests run.
build_release() { build_folder "$build"; }
