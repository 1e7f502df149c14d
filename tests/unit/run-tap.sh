#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Runs one test program for the test driver, with TAP on standard output and
# everything else in the log. Asked for TAP on standard output by the usual ways,
# the library silences what tests and sanitizers print; asked by CRITERION_OUTPUTS
# it leaks, which a sanitizer counts as failure. So it gets a descriptor of its own.
#
# A leak is found only when a test's process ends, after its result was taken. The
# sanitizer's reports are therefore collected, and one about a leak fails the program.

reports=$(mktemp -d "${TMPDIR:-/tmp}/visage-tests.XXXXXX") || exit 99
trap 'rm -rf "$reports"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}log_path=$reports/report"
export ASAN_OPTIONS

"$@" --tap=/dev/fd/3 3>&1 1>&2
status=$?

for report in "$reports"/report.*; do
    [ -f "$report" ] || continue
    cat "$report" >&2
    if grep -q 'ERROR: LeakSanitizer' "$report"; then
        echo "leaked memory: $1" >&2
        [ "$status" -ne 0 ] || status=1
    fi
done
exit "$status"
