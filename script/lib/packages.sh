# shellcheck shell=bash
# Debian packages. The names are in packages.txt. Sourced by script/setup.

# packages_of SET: the names for this release, one a line; the set test contains the set run.
packages_of() {
    awk -v set="$1" -v debian="$debian" '
        $1 !~ /^(run|test)$/ { next }
        $1 == "test" && set == "run" { next }
        $2 == "any" || $2 == debian { print $3 }' "$root/script/lib/packages.txt"
}

packages_missing() {
    local names
    mapfile -t names < <(packages_of "$1")
    comm -23 <(printf '%s\n' "${names[@]}" | sort) \
        <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${names[@]}" 2>/dev/null |
            sed -n 's/^installed //p' | sort)
}

packages_present() { [ ! "$(packages_missing "$1")" ]; }

# An interrupted dpkg is finished first; apt itself resumes its downloads. Another apt or dpkg is waited for: Debian
# installs updates by itself.
packages_install() {
    local missing
    mapfile -t missing < <(packages_missing "$1")
    [ ${#missing[@]} -gt 0 ] || return 0
    step "installing ${#missing[@]} Debian packages: ${missing[*]}"
    no_main_cluster
    dpkg_finish
    as_root apt-get update --quiet -o DPkg::Lock::Timeout="$lock_seconds"
    apt_install "${missing[@]}" || { tail -n 30 "$deps/apt.log" >&2; die "apt-get failed, see $deps/apt.log"; }
    main_cluster_as_before
}

dpkg_finish() {
    local end=$((SECONDS + lock_seconds))
    while [ "$(as_root dpkg --audit)" ] || [ "$(ls /var/lib/dpkg/updates)" ]; do
        ! as_root env DEBIAN_FRONTEND=noninteractive dpkg --configure -a >>"$deps/apt.log" || return 0
        [ $SECONDS -lt $end ] || die "dpkg is in disorder: try 'dpkg --configure -a'"
        sleep 3
    done
}

# Packages' output goes to $deps/apt.log. apt's status lines have a descriptor of their own: apt makes it non-blocking,
# and packages' scripts that write to the same pipe would fail.
apt_install() {
    : >"$deps/apt.log"
    # shellcheck disable=SC2016 # for the inner shell
    as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l LOG="$deps/apt.log" LOCK=$lock_seconds bash -c '
        exec 3>&1 >>"$LOG" 2>&1 </dev/null
        exec apt-get install --yes --quiet -o APT::Status-Fd=3 -o Dpkg::Use-Pty=false \
            -o DPkg::Lock::Timeout="$LOCK" --no-install-recommends "$@"
    ' apt-install "$@" | apt_progress
}

# A status line is what:which:percent:text; every 10 % become a line.
apt_progress() {
    local what which percent text last=''
    while IFS=: read -r what which percent text; do
        case $what in
        dlstatus) what=downloaded ;;
        pmstatus) what=installed ;;
        pmerror) step "$which: $text" && continue ;;
        *) continue ;;
        esac
        percent=${percent%%.*}
        [ "$what ${percent%?}" != "$last" ] || continue
        last="$what ${percent%?}"
        step "$what $percent %"
    done
}

# PostgreSQL's package would make and start a cluster "main" for everybody; ours is private. The setting counts
# only while we install: whoever installs PostgreSQL later, or has a cluster already, is not touched.
no_main_cluster() {
    as_root install -d -m 755 /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' | as_root tee "$no_cluster_file" >/dev/null
    trap main_cluster_as_before EXIT
    trap 'exit 143' TERM # once apt is done: a trap lets it finish
}

main_cluster_as_before() {
    as_root rm -f "$no_cluster_file"
    trap - EXIT TERM
}

lock_seconds=600
no_cluster_file=/etc/postgresql-common/createcluster.d/tintype.conf
