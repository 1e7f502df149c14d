# SPDX-License-Identifier: MIT
#
# Measuring side by side: in every round each of the compared runs once, the second
# round in the reverse order of the first and so on, so that whatever else the
# machine does meets all of them alike. A ratio is taken within each round; the
# median of the rounds' ratios is what counts. Read by run.sh.

samples=$work/samples
rows=$work/rows
details=$work/details
unique_first=0

# What wrk says of a run that does not count.
load_failed='Non-2xx|Socket errors'

# Requests a second; nothing if any request failed.
load() # connections [wrk's arguments]... url
{
    load_connections=$1
    shift
    wrk --timeout 8s -t1 -c"$load_connections" -d"${seconds}s" "$@" >"$work/wrk.out" 2>&1
    if grep -q -E "$load_failed" "$work/wrk.out"; then
        cat "$work/wrk.out" >&2
        return 1
    fi
    sed -n 's/^Requests\/sec: *//p' "$work/wrk.out"
}

# Pictures that nobody has asked for before.
load_unique() # connections url suffix
{
    load "$1" -s "$source_dir/unique.lua" "$2" -- $unique_first "$3"
}

# Rounds of the functions run_NAME, which print a number, or several.
compare() # rounds name...
{
    compare_rounds=$1
    shift
    compare_order=$*
    compare_round=1
    while [ "$compare_round" -le "$compare_rounds" ]; do
        compare_next=''
        for compare_name in $compare_order; do
            unique_first=$((unique_first + 1000000))
            compare_value=$("run_$compare_name") || return 1
            echo "$compare_round $compare_name $compare_value" >>"$samples"
            compare_next="$compare_name $compare_next"
        done
        compare_order=$compare_next
        compare_round=$((compare_round + 1))
    done
}

# A row of the table from the samples of two names; column 1 is the first number
# they printed. The ratio is ours to theirs. Without a second name there is none,
# and the goal holds for the number itself.
row() # title ours theirs column unit scale "at least"|"at most" goal
{
    awk -v title="$1" -v ours="$2" -v theirs="$3" -v column="$4" -v unit="$5" -v scale="$6" \
        -v sense="$7" -v goal="$8" -f "$source_dir/row.awk" "$samples" >>"$rows"
}

skipped() # title why
{
    echo "bench: $1: skipped: $2" >&2
    printf '| %s | skipped: %s | | | |\n' "$1" "$2" >>"$rows"
}

say()
{
    echo "bench: $*" >&2
}

# Milliseconds of processor time that a process has taken so far.
cpu_ms() # pid
{
    awk -v ticks="$(getconf CLK_TCK)" '{ sub(/^.*\) /, ""); printf "%d\n", ($12 + $13) * 1000 / ticks }' \
        "/proc/$1/stat"
}
