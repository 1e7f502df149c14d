#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Builds Visage with warnings as errors and runs every test, and where clang is
# installed each fuzzing harness for $FUZZ_SECONDS (1).
#
#   sh contrib/check.sh [--no-install] [--sanitize]
#
# --no-install  never installs a package; says what is missing and ends
# --sanitize    builds with AddressSanitizer and UndefinedBehaviorSanitizer, in a
#               build directory of its own
#
# $VISAGE_CHECK_DIR names the build directory (by default build-check in the
# checkout, build-check-sanitize with --sanitize), $VISAGE_CHECK_TIMEOUT the
# seconds after which the tests are ended (1800). Needs no network once the
# packages are there, those of npm for tests of clients among them. The last line
# is always
#   N passed, N failed, N skipped
# and the exit status is 0 only when something passed and nothing failed.

me=check
source_dir=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P) || exit 1
. "$source_dir/contrib/packages.sh"
. "$source_dir/contrib/build.sh"

install=yes
sanitize=no
passed=0
failed=0
skipped=0

for option; do
    case $option in
    --no-install) install=no ;;
    --sanitize) sanitize=yes ;;
    *)
        echo 'usage: sh contrib/check.sh [--no-install] [--sanitize]' >&2
        exit 2
        ;;
    esac
done

finish()
{
    trap '' INT TERM HUP
    group_stop "$step_group" 5
    printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

packages_need "$install" "$packages_build" "$packages_check"

build_options='--enable-werror'
check_dir=${VISAGE_CHECK_DIR:-$source_dir/build-check}
if [ "$sanitize" = yes ]; then
    build_options="$build_options --enable-sanitizers"
    check_dir=${VISAGE_CHECK_DIR:-$source_dir/build-check-sanitize}
fi
mkdir -p "$check_dir" || die "cannot create $check_dir"
check_dir=$(CDPATH='' cd -- "$check_dir" && pwd -P) || exit 1
log=$check_dir/check.log

# With no TESTS, `check` builds all that the tests need and runs none of them.
build "$check_dir" "$log" "$build_options" 'all' || exit 1
step_logged "$log" 'building the tests' \
    make -C "$check_dir" -j "$(nproc 2>/dev/null || echo 1)" check TESTS= || exit 1

# Clients that others wrote come from the registry of npm, once. Without them, or Node, their
# tests are skipped, and say so.
if [ "$install" = yes ] && command -v npm >/dev/null 2>&1; then
    say 'the packages of npm that tests of clients want'
    step_run timeout -k 10 180 sh "$source_dir/tests/clients/install.sh" "$check_dir/npm" \
        >>"$log" 2>&1 || say 'they cannot be installed; the log says why'
fi

# Results of tests that are gone by now must not count.
find "$check_dir/tests" \( -name '*.trs' -o -name '*.log' \) -exec rm -f {} + 2>/dev/null
say "running the tests in $check_dir"
test_status=0
step_run timeout -k 10 "${VISAGE_CHECK_TIMEOUT:-1800}" \
    make -C "$check_dir" -j "$(nproc 2>/dev/null || echo 1)" -k check >>"$log" 2>&1 || test_status=$?
[ "$test_status" -ne 124 ] || say 'the tests took too long and were ended'

# One line a result. A program with a failed test ends with a failing status, too,
# for which the driver adds an ERROR: that is the same failure told twice.
results=$(find "$check_dir/tests" -name '*.trs' | while read -r results_file; do
    told_twice=no
    grep -q '^:test-result: *FAIL' "$results_file" &&
        grep -Eq '^ERROR: .* - exited with status [0-9]+' "${results_file%.trs}.log" &&
        told_twice=yes
    awk -v told_twice="$told_twice" '
        $1 != ":test-result:" { next }
        $2 == "ERROR" && told_twice == "yes" { told_twice = "no"; next }
        { print $2 }' "$results_file"
done)
count() # extended expression
{
    printf '%s\n' "$results" | grep -Ecx "$1"
}
passed=$(count 'PASS|XFAIL')
failed=$(count 'FAIL|XPASS|ERROR')
skipped=$(count SKIP)

# Each test program's whole log where something failed, and why others were skipped.
find "$check_dir/tests" -name '*.trs' | sort | while read -r results_file; do
    test_log=${results_file%.trs}.log
    if grep -Eq '^:test-result: *(FAIL|XPASS|ERROR)' "$results_file"; then
        printf '\n==== %s\n' "${test_log#"$check_dir"/}"
        tail -n 200 "$test_log"
    fi
done
find "$check_dir/tests" -name '*.trs' | sort | while read -r results_file; do
    sed -n 's/^SKIP: */skipped: /p' "${results_file%.trs}.log"
done

# The harnesses bring sanitizers of their own, so --sanitize would only run them twice.
fuzz()
{
    fuzz_dir=$check_dir/fuzz
    [ "$sanitize" = no ] || return 0
    if ! printf 'int LLVMFuzzerTestOneInput(void);int LLVMFuzzerTestOneInput(void){return 0;}' |
        clang -fsanitize=fuzzer,address,undefined -x c -o /dev/null - 2>/dev/null; then
        say 'skipped: fuzzing: there is no clang with libFuzzer'
        skipped=$((skipped + 1))
        return 0
    fi
    build "$fuzz_dir" "$fuzz_dir.log" '--enable-fuzzers CC=clang CFLAGS=-O1' 'fuzz-build' || {
        failed=$((failed + 1))
        return 0
    }
    say "fuzzing in $fuzz_dir"
    step_run env FUZZ_SECONDS="${FUZZ_SECONDS:-1}" make -s -C "$fuzz_dir" fuzz \
        >"$fuzz_dir/results" 2>&1 || cat "$fuzz_dir/results"
    passed=$((passed + $(grep -c '^ok ' "$fuzz_dir/results")))
    failed=$((failed + $(grep -c '^not ok ' "$fuzz_dir/results")))
    grep -q '^ok ' "$fuzz_dir/results" || failed=$((failed + 1))
}
fuzz

if [ "$failed" -eq 0 ] && [ "$test_status" -ne 0 ]; then
    tail -n 40 "$log"
    say "make check ended with status $test_status; all of it is in $log"
    failed=1
fi
if [ "$passed" -eq 0 ]; then
    say 'no test passed'
    exit 1
fi
[ "$failed" -eq 0 ]
