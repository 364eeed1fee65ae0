# shellcheck shell=bash
# What every script of this folder needs: places, messages, the lock, rights. Sourced, never run.

set -euo pipefail

# Debian's programs only, whatever else this machine has: another Node, Python or PostgreSQL must not matter.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$*"; exit 1; }

# Third-party software of this checkout. Started as root the default lies outside of it: the embedded
# database and the decoders run without root's rights then, and could not enter a checkout below /root.
deps_folder() {
    if [ "${TINTYPE_DEPS_DIR-}" ]; then
        realpath -m "$TINTYPE_DEPS_DIR"
    elif [ "$(id -u)" = 0 ]; then
        echo /var/lib/tintype/deps
    else
        echo "$root/var/deps"
    fi
}
deps=$(deps_folder)

# debian_release: 12 or 13; anything else is refused, because package names would be guesses.
debian_release() {
    # shellcheck source=/dev/null
    (. /etc/os-release && echo "${ID-}-${VERSION_ID-}") 2>/dev/null
}
case $(debian_release) in
debian-12) debian=12 postgresql=15 ;;
debian-13) debian=13 postgresql=17 ;;
*) die "this script knows Debian 12 and 13 only" ;;
esac
postgresql_bin=/usr/lib/postgresql/$postgresql/bin

# as_root COMMAND…: directly or through sudo.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "must install packages: run me as root, or install sudo"
    fi
}

# checked SHA256 FILE: is FILE there, and what we expect?
checked() {
    [ -f "$2" ] && echo "$1  $2" | sha256sum --status --check -
}

# step TEXT: what is being done, with the seconds since the script began.
step() { printf '[%4d s] %s\n' "$SECONDS" "$*" >&2; }
