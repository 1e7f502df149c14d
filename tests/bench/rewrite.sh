# SPDX-License-Identifier: MIT
#
# URLs replaced in JSON: by /_visage/rewrite behind lighttpd, and by its parser alone, against
# jq. Read by run.sh.

rewrite_parser_bytes=20000000
rewrite_posted_bytes=4150000 # max_bytes is 4 MB by default
rewrite_posts=25             # of a sample
rewrite_token=0123456789abcdef-bench
rewrite_source='_api/_common/identityImage?size=2&id='
rewrite_elsewhere=https://elsewhere.example/contoso/

jq_local='def local: $match as $m | if startswith($m) then $local + .[($m | length):] else . end;'
jq_told="$jq_local"' .value |= map(.createdBy.imageUrl |= local
    | .reviewers |= map(.identity.imageUrl |= local) | .avatarUrl |= local)'
jq_looks="$jq_local"' walk(if type == "object" then
        (if has("imageUrl") then .imageUrl |= local else . end)
        | (if has("avatarUrl") then .avatarUrl |= local else . end)
    else . end)'
jq_pictures='.. | objects | .imageUrl, .avatarUrl | strings'

run_parser()    { rewrite_speed parser "$programs/bench-rewrite" edit "$work/parser.json"; }
run_jq_told()   { run_jq parser "$jq_told" "$rewrite_parser_match" "$rewrite_parser_local"; }
run_jq_looks()  { run_jq parser "$jq_looks" "$rewrite_parser_match" "$rewrite_parser_local"; }
run_json_edit() { "$programs/bench-rewrite" time "$work/parser.json" 20; }

run_post()       { rewrite_post plain posted; }
run_post_none()  { rewrite_post plain elsewhere; }
run_post_signed() { rewrite_post signd posted; }
run_jq_post()    { run_jq posted "$jq_told" "$rewrite_match" /plain/thumb/azure/; }
run_jq_post_looks() { run_jq posted "$jq_looks" "$rewrite_match" /plain/thumb/azure/; }
run_jq_none()    { run_jq elsewhere "$jq_told" "$rewrite_match" /plain/thumb/azure/; }

run_jq() # document program match local
{
    rewrite_speed "$1" jq -c --arg match "$3" --arg local "$4" "$2" "$work/$1.json"
}

# MB of the document for a second of the program's processor time, and milliseconds that passed.
rewrite_speed() # document program [argument]...
{
    speed_bytes=$(wc -c <"$work/$1.json")
    shift
    speed_cpu=$("$programs/bench-cpu" "$@" 2>/dev/null) || return 1
    echo "$speed_cpu" | awk -v bytes="$speed_bytes" '{ print bytes / $1, $2 / 1000 }'
}

# ---- the endpoint ----

# Of lighttpd and the workers that it has started.
rewrite_cpu_ms()
{
    rewrite_sum=0
    for rewrite_pid in $pid_lighttpd $(cat "/proc/$pid_lighttpd/task/$pid_lighttpd/children"); do
        rewrite_sum=$((rewrite_sum + $(cpu_ms "$rewrite_pid")))
    done
    echo $rewrite_sum
}

rewrite_curl() # prefix document [argument]...
{
    curl_document=$work/$2.json
    curl_url=http://127.0.0.1:$port_rewrite/$1/_visage/rewrite
    shift 2
    curl -s -H "Authorization: Bearer $rewrite_token" -H 'Content-Type: application/json' \
        -H 'Expect:' --data-binary "@$curl_document" "$@" "$curl_url${curl_more:-}"
}

# The same two numbers: the first from the processor time of web server and worker, the second
# what the client has waited.
rewrite_post() # prefix document
{
    curl_before=$(rewrite_cpu_ms)
    curl_more="?[1-$rewrite_posts]" rewrite_curl "$1" "$2" -o /dev/null \
        -w '%{http_code} %{time_total}\n' >"$work/rewrite.times" || return 1
    awk -v bytes="$(wc -c <"$work/$2.json")" -v cpu="$(($(rewrite_cpu_ms) - curl_before))" '
        $1 != 200 { failed = 1 }
        { waited += $2 }
        END {
            if (failed || cpu == 0)
                exit 1
            print bytes * NR / cpu / 1000, waited * 1000 / NR
        }' "$work/rewrite.times"
}

rewrite_conf() # name sign
{
    visage_conf "$1" "/$1" 512M "$port_origin" 'preset thumb { width = 80 height = 80 }' \
        "admin { addresses = {\"127.0.0.1\"} token_file = \"$work/rewrite.token\" }" \
        "source azure { url = \"$rewrite_match{id}\" allow_addresses = {\"127.0.0.0/8\"}" \
        "    sign_key_file = \"$work/rewrite.token\" sign = $2 ttl = \"1d\" }" \
        'rewrite { fields = {"avatarUrl", "imageUrl"} source = azure preset = thumb' \
        "    match = \"$rewrite_match\" }"
}

# Everything that the document names is made before it is measured.
rewrite_warm() # name
{
    jq -r "$jq_pictures" "$work/posted.json" | sort -u |
        awk -v match_="$rewrite_match" -v path="/$1/thumb/azure/" \
            'index($0, match_) == 1 { print path substr($0, length(match_) + 1) }' >"$work/$1.urls"
    "$programs/visage" warm -c "$work/$1.conf" -j 2 "$work/$1.urls" >&2
}

start_rewrite()
{
    start_origin
    rewrite_match=http://127.0.0.1:$port_origin/contoso/$rewrite_source
    printf '%s\n' $rewrite_token >"$work/rewrite.token"
    chmod 600 "$work/rewrite.token"
    "$programs/bench-rewrite" make $rewrite_posted_bytes \
        "http://127.0.0.1:$port_origin/contoso/" >"$work/posted.json" || return 1
    "$programs/bench-rewrite" make $rewrite_posted_bytes $rewrite_elsewhere \
        >"$work/elsewhere.json" || return 1
    rewrite_conf plain off
    rewrite_conf signd required
    start_lighttpd_with rewrite "$port_rewrite" <<END
$(lighttpd_visage /plain plain 1)
$(lighttpd_visage /signd signd 1)
END
    # The state directory is the workers' to make.
    await "http://127.0.0.1:$port_rewrite/plain/thumb/azure/0" rewrite &&
        await "http://127.0.0.1:$port_rewrite/signd/_visage/health" rewrite || return 1
    rewrite_warm plain && rewrite_warm signd
}

# Apart from the spelling, which jq does not keep, and the signatures, which it does not make.
rewrites_alike()
{
    "$programs/bench-rewrite" edit "$work/parser.json" | jq -c . >"$work/rewrite.ours" || return 1
    for alike_filter in "$jq_told" "$jq_looks"; do
        jq -c --arg match "$rewrite_parser_match" --arg local "$rewrite_parser_local" \
            "$alike_filter" "$work/parser.json" | cmp - "$work/rewrite.ours" >&2 || return 1
    done
}

# And that the keeper is told of nothing: it is all in the cache.
posts_alike()
{
    stop_keepers
    for alike_filter in "$jq_told" "$jq_looks"; do
        jq -c --arg match "$rewrite_match" --arg local /plain/thumb/azure/ "$alike_filter" \
            "$work/posted.json" >"$work/rewrite.theirs" || return 1
        rewrite_curl plain posted | jq -c . | cmp - "$work/rewrite.theirs" >&2 || return 1
        rewrite_curl signd posted | jq -c . | grep -q '?sig=' || return 1
        rewrite_curl signd posted | sed 's/?sig=[A-Za-z0-9_-]*"/"/g; s#/signd/#/plain/#g' |
            jq -c . | cmp - "$work/rewrite.theirs" >&2 || return 1
    done
    rewrite_curl plain elsewhere | cmp - "$work/elsewhere.json" >&2 || return 1
    [ -z "$(keepers)" ] || {
        echo 'bench: pictures were missing in the cache' >&2
        return 1
    }
}

# ---- the rows ----

measure_rewrite()
{
    say 'JSON rewritten'
    rewrite_parser_match=https://dev.azure.com/contoso/
    rewrite_parser_local=https://pictures.example.org/azure/s80/
    "$programs/bench-rewrite" make $rewrite_parser_bytes >"$work/parser.json" || return 1
    rewrites_alike || return 1
    start_rewrite || return 1
    posts_alike || return 1
    : >"$samples"
    compare $rounds post post_none post_signed jq_post jq_post_looks jq_none || return 1
    compare $rounds parser jq_told jq_looks json_edit || return 1
    row '/_visage/rewrite behind lighttpd, 4 MB, all pictures in the cache, processor time; jq told where' \
        post jq_post 1 MB/s 1 '' ''
    row '— ; jq looking everywhere' post jq_post_looks 1 MB/s 1 '' ''
    row '— from request to answer; from start to end of jq, told where' post jq_post 2 ms 1 '' ''
    row '— no URL matches, processor time; jq told where' post_none jq_none 1 MB/s 1 '' ''
    row '— URLs signed, processor time; jq told where, which does not sign' post_signed jq_post 1 \
        MB/s 1 '' ''
    row 'the parser and its callback alone (no server, no cache), 20 MB, processor time; jq told where' \
        parser jq_told 1 MB/s 1 '' ''
    row '— ; jq looking everywhere' parser jq_looks 1 MB/s 1 '' ''
    row '— in memory' json_edit '' 1 MB/s 1 '' ''
    stop "$pid_lighttpd"
    rm -f "$work/parser.json" "$work/posted.json" "$work/elsewhere.json" "$work/rewrite.ours" \
        "$work/rewrite.theirs"
}
