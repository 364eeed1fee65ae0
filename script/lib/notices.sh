# shellcheck shell=bash
# Notices of third-party software, made from what is installed. Sourced by script/setup.

# notices_write SET: $deps/notices/THIRD-PARTY, the license texts of all that Tintype links with, runs or is tested by.
notices_write() {
    mkdir -p "$deps/notices"
    {
        echo "Tintype is made with the software below. Each part stays under its own license."
        notices_tarballs
        notices_packages "$1"
    } >"$deps/notices/THIRD-PARTY.new"
    mv "$deps/notices/THIRD-PARTY.new" "$deps/notices/THIRD-PARTY"
}

notice() { # TITLE FILE
    [ -f "$2" ] || return 0
    printf '\n%s\n%s\n\n' "$(printf '=%.0s' {1..100})" "$1"
    cat "$2"
}

notices_tarballs() {
    [ "$debian" != 12 ] || notice "yyjson $yyjson_version" "$deps/yyjson/LICENSE"
    notice "pgvector $pgvector_version" "$deps/pgvector/LICENSE"
    notice "ExifTool $exiftool_version" "$deps/exiftool/LICENSE"
    notice "Node $node_version" "$(find "$deps/node" -maxdepth 2 -iname 'LICENSE*' -print -quit)"
}

notices_packages() {
    local package version
    packages_of "$1" | sort | while read -r package; do
        version=$(dpkg-query -W -f '${Version}' "$package")
        notice "$package $version (Debian)" "/usr/share/doc/$package/copyright"
    done
}
