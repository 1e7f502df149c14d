# SPDX-License-Identifier: MIT
#
# URLs replaced in JSON, against jq. Read by run.sh.

rewrite_bytes=20000000

jq_local='def local: "https://dev.azure.com/contoso/" as $match
    | if startswith($match) then "https://pictures.example.org/azure/s80/" + .[($match | length):]
      else . end;'
jq_told="$jq_local"' .value |= map(.createdBy.imageUrl |= local
    | .reviewers |= map(.identity.imageUrl |= local) | .avatarUrl |= local)'
jq_looks="$jq_local"' walk(if type == "object" then
        (if has("imageUrl") then .imageUrl |= local else . end)
        | (if has("avatarUrl") then .avatarUrl |= local else . end)
    else . end)'

run_rewrite()   { rewrite_speed "$programs/bench-rewrite" edit "$work/rewrite.json"; }
run_jq_told()   { rewrite_speed jq -c "$jq_told" "$work/rewrite.json"; }
run_jq_looks()  { rewrite_speed jq -c "$jq_looks" "$work/rewrite.json"; }
run_json_edit() { "$programs/bench-rewrite" time "$work/rewrite.json" 20; }

# MB of the document for a second of the program's processor time.
rewrite_speed() # program [argument]...
{
    speed_cpu=$("$programs/bench-cpu" "$@" 2>/dev/null) || return 1
    echo "$speed_cpu" | awk -v bytes="$(wc -c <"$work/rewrite.json")" '{ print bytes / $1 }'
}

# Apart from the spelling, which jq does not keep.
rewrites_alike()
{
    "$programs/bench-rewrite" edit "$work/rewrite.json" | jq -c . >"$work/rewrite.ours" || return 1
    for alike_filter in "$jq_told" "$jq_looks"; do
        jq -c "$alike_filter" "$work/rewrite.json" | cmp - "$work/rewrite.ours" >&2 || return 1
    done
}

measure_rewrite()
{
    say 'JSON rewritten'
    "$programs/bench-rewrite" make $rewrite_bytes >"$work/rewrite.json" || return 1
    rewrites_alike || return 1
    : >"$samples"
    compare $rounds rewrite jq_told jq_looks json_edit || return 1
    row 'JSON rewritten, processor time; jq told where' rewrite jq_told 1 MB/s 1 '' ''
    row '— ; jq looking everywhere' rewrite jq_looks 1 MB/s 1 '' ''
    row '— in memory' json_edit '' 1 MB/s 1 '' ''
    rm -f "$work/rewrite.json" "$work/rewrite.ours"
}
