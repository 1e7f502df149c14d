#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Runs each harness that is named for $FUZZ_SECONDS (10), with what it found
# interesting before and with its seeds, and says in TAP what came of it. Inputs that
# break a promise stay in $VISAGE_BUILD_DIR/fuzz/NAME/findings; run the harness with
# such a file as its argument to see it again.
#
# A file of seeds has one on each line, with the escapes of printf(1)'s %b.

seeds=$VISAGE_SOURCE_DIR/tests/fuzz/seeds
work=$VISAGE_BUILD_DIR/fuzz
seconds=${FUZZ_SECONDS:-10}
failed=0
number=0

# A sanitizer's own limits apply, and a leak is a finding, too.
ASAN_OPTIONS="detect_leaks=1:allocator_may_return_null=1${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
UBSAN_OPTIONS="print_stacktrace=1${UBSAN_OPTIONS:+:$UBSAN_OPTIONS}"
export ASAN_OPTIONS UBSAN_OPTIONS

sow() # name corpus
{
    sow_number=0
    [ -e "$seeds/$1" ] || return 0
    while IFS= read -r sow_line; do
        sow_number=$((sow_number + 1))
        printf '%b' "$sow_line" >"$2/seed-$sow_number" || return 1
    done <"$seeds/$1"
}

printf '1..%d\n' "$#"
for harness; do
    number=$((number + 1))
    name=${harness##*/fuzz_}
    corpus=$work/$name/corpus
    mkdir -p "$corpus" "$work/$name/findings" && sow "$name" "$corpus" || exit 1
    set -- -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=4096 \
        -print_final_stats=1 -artifact_prefix="$work/$name/findings/"
    [ ! -e "$seeds/$name.dict" ] || set -- "$@" -dict="$seeds/$name.dict"
    if "$harness" "$@" "$corpus" >"$work/$name/log" 2>&1; then
        executed=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$name/log")
        printf 'ok %d - %s: %s inputs without a finding\n' "$number" "$name" "$executed"
    else
        failed=1
        printf 'not ok %d - %s\n' "$number" "$name"
        tail -n 60 "$work/$name/log" | sed 's/^/# /'
    fi
done
exit "$failed"
