# SPDX-License-Identifier: MIT
#
# `visage import`: rows a second, beside the same pictures committed one by one. Read by run.sh.

import_rows=5000
import_single=500 # one by one, which takes its time

run_import()
{
    rm -rf "$work/import"
    mkdir "$work/import" && chown "$user" "$work/import" || return 1
    import_cpu=$("$programs/bench-cpu" "$programs/visage" -c "$work/import.conf" import users \
        --csv "$work/import.csv" --quiet) || return 1
    echo "$import_cpu" | awk -v n=$import_rows '{ print n * 1000000 / $2 }'
}

run_commits_single()   { import_commits $import_single 1; }
run_commits_together() { import_commits $import_rows 128; }

import_commits() # count together
{
    rm -rf "$work/import.store"
    "$programs/bench-import" commit "$work/import.store" "$1" "$2"
}

measure_import()
{
    say 'import'
    "$programs/bench-import" rows $import_rows >"$work/import.csv" || return 1
    chmod 644 "$work/import.csv"
    visage_conf import '' 512M 1 'source users { type = store }'
    : >"$samples"
    compare $rounds import commits_single commits_together || return 1
    row '`visage import`: rows, each a tiny PNG of its own; as many files committed to the store one by one' \
        import commits_single 1 /s 1 '' ''
    row '— ; the same 128 at a time, nothing judged' import commits_together 1 /s 1 '' ''
    rm -rf "$work/import" "$work/import.store" "$work/import.csv"
}
