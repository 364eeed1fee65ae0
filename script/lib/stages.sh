# shellcheck shell=bash
# Stages of script/test: each is timed and counted, and the last lines say how it went. Sourced after common.sh.

stage_rows=() passed_total=0 failed_total=0 skipped_total=0

# stage NAME FUNCTION: runs FUNCTION in a subshell of its own. What it reports with `count` is added up;
# one that ends in failure without having counted any has failed as one test.
stage() {
    local name=$1 start=$SECONDS status=0 passed=0 failed=0 skipped=0 a b c
    printf '\n=== %s ===\n' "$name"
    counts=$(mktemp "$work/counts.XXXXXX")
    set +e # a subshell in a condition would go on after errors
    (
        set -e
        "$2"
    )
    status=$?
    set -e
    while read -r a b c; do
        passed=$((passed + a)) failed=$((failed + b)) skipped=$((skipped + c))
    done <"$counts"
    [ "$status" = 0 ] || [ "$failed" -gt 0 ] || failed=1
    passed_total=$((passed_total + passed)) failed_total=$((failed_total + failed))
    skipped_total=$((skipped_total + skipped))
    stage_rows+=("$(printf '%-16s %6.1f %8d %7d %8d' "$name" "$(minutes $((SECONDS - start)))" \
        "$passed" "$failed" "$skipped")")
}

minutes() { awk -v seconds="$1" 'BEGIN { printf "%.1f", seconds / 60 }'; }

# count PASSED FAILED SKIPPED: called within a stage.
count() { echo "$1 $2 $3" >>"$counts"; }

# check NAME COMMAND…: COMMAND is one test.
check() {
    local name=$1
    shift
    if "$@"; then
        count 1 0 0
    else
        echo "failed: $name"
        count 0 1 0
    fi
}

# skip WHY: called within a stage.
skip() {
    echo "skipped: $1"
    count 0 0 1
}

# The closing lines. The status is 1 when a test failed or none ran.
stages_end() {
    printf '\n%-16s %6s %8s %7s %8s\n' stage minutes passed failed skipped
    printf '%s\n' "${stage_rows[@]}"
    printf '%-16s %6.1f\n\n' total "$(minutes $SECONDS)"
    echo "$passed_total passed, $failed_total failed, $skipped_total skipped"
    [ "$failed_total" = 0 ] && [ "$passed_total" -gt 0 ]
}
