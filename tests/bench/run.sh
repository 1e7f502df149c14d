#!/bin/sh
# SPDX-License-Identifier: MIT
#
# usage: run.sh [--quick] [GROUP...]
#
# Compares Visage with what sets its bounds, and with what else does its work, on
# this machine; prints a table in Markdown. README.md beside this file tells how it
# measures. Wants $VISAGE_BUILD_DIR with everything built, as `make bench` does.
# About twenty-five minutes; --quick takes about six. With the names of groups, only these.

set -u

groups='hits published fcgid misses renderer start storm stall entries inserts transactions rewrite uploads import'
quick='' rounds=15 seconds=2 starts=21 fewer_rounds=3 warm_up=25
if [ "${1:-}" = --quick ]; then
    quick=yes rounds=3 seconds=1 starts=9 fewer_rounds=1 warm_up=25
    shift
fi
for name in "$@"; do
    case " $groups " in
    *" $name "*) ;;
    *)
        printf 'usage: run.sh [--quick] [GROUP...]\ngroups: %s\n' "$groups" >&2
        exit 2
        ;;
    esac
done
wanted=" ${*:-$groups} "

build=${VISAGE_BUILD_DIR:?is not set: run "make bench"}
source_dir=${VISAGE_SOURCE_DIR:-$(dirname "$0")/../..}/tests/bench
work=$(mktemp -d "${TMPDIR:-/tmp}/visage-bench.XXXXXX") || exit 1
programs=$work/bin

. "$source_dir/servers.sh"
. "$source_dir/measure.sh"
. "$source_dir/crowd.sh"
. "$source_dir/bounds.sh"
. "$source_dir/published.sh"
. "$source_dir/rewrite.sh"
. "$source_dir/uploads.sh"
. "$source_dir/import.sh"

clean_up()
{
    trap '' INT TERM HUP
    stop_servers
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

have()
{
    command -v "$1" >/dev/null 2>&1
}

# ---- what is measured ----

side=128              # gives pictures of 3 to 4 KB
hit=s$side/bench/1.jpg
connections=16        # enough to keep two workers and the server busy
connections_fcgid=2   # one for each process: where all are busy, mod_fcgid sleeps a second

run_hit()         { load $connections "$lighttpd/visage/$hit"; }
run_responder()   { load $connections "$lighttpd/answer/$hit"; }
run_brisk()       { load $connections "$lighttpd/brisk1/$hit"; }
run_304()         { load $connections -H "If-None-Match: $etag" "$lighttpd/visage/$hit"; }
run_responder304() { load $connections -H "If-None-Match: $etag" "$lighttpd/not304/$hit"; }
run_sendfile()    { load $connections "$lighttpd/sender/$hit"; }
run_static()      { load $connections "$lighttpd/static/$hit"; }
run_fcgid()       { load $connections_fcgid "$apache/visage/$hit"; }
run_fcgid_responder() { load $connections_fcgid "$apache/answer/$hit"; }
run_miss()        { load_unique $connections "$lighttpd/visage/s$side/bench/" .jpg; }
run_image_filter() { load_unique $connections "$nginx/unique/" ''; }
run_large()       { bench_render confined "$work/12mp.jpg" 10; }
run_vips()        { vips_batch 10; }
run_confined()    { bench_render confined "$work/512.jpg" 200; }
run_free()        { bench_render free "$work/512.jpg" 200; }
run_in_process()  { "$programs/bench-inprocess" "$work/512.jpg" $side 200; }

bench_render() # confined|free picture count
{
    "$programs/bench-render" "$programs/visage-render" "$1" "$2" $side "$3"
}

# Files of different names, or libvips would remember the first. One process for
# all of them, so that its start counts as little as the renderer's does.
vips_batch() # count
{
    rm -rf "$work/vips"
    mkdir "$work/vips"
    vips_i=0
    while [ "$vips_i" -lt "$1" ]; do
        ln "$work/12mp.jpg" "$work/vips/$vips_i.jpg"
        vips_i=$((vips_i + 1))
    done
    VIPS_CONCURRENCY=1 "$programs/bench-cpu" vipsthumbnail --size ${side}x$side \
        -o "$work/vips/%s.out.jpg" "$work"/vips/[0-9].jpg |
        awk -v n="$1" '{ print $1 / n, $2 / n }'
}

# ---- groups ----

measure_lighttpd()
{
    say 'hits under lighttpd'
    capture || return 1
    await "$lighttpd/sender/$hit" lighttpd || return 1
    compare 1 hit responder brisk 304 responder304 sendfile static || return 1
    : >"$samples" # that was to warm up
    compare $rounds hit responder brisk 304 responder304 sendfile static || return 1
    row "FastCGI hit, $kilobytes KB; libfcgi responder" hit responder 1 /s 1 'at least' 0.90
    row '— ; the responder without its wait for the close' hit brisk 1 /s 1 '' ''
    row '304 to If-None-Match; libfcgi responder' 304 responder304 1 /s 1 'at least' 0.90
    row 'X-Sendfile hit; FastCGI hit' sendfile hit 1 /s 1 '' ''
    row "X-Sendfile hit; lighttpd's static file" sendfile static 1 /s 1 '' ''
}

measure_apache()
{
    say 'hits under Apache mod_fcgid'
    capture || return 1
    start_apache || return 1
    connections_fcgid=4 # so that Apache starts the second process of each
    compare 1 fcgid fcgid_responder || return 1
    : >"$samples"
    connections_fcgid=2
    compare $rounds fcgid fcgid_responder || return 1
    row "FastCGI hit, $kilobytes KB, mod_fcgid; libfcgi responder" fcgid fcgid_responder 1 /s 1 \
        'at least' 0.95
}

measure_misses()
{
    say 'misses'
    start_lighttpd
    await "$lighttpd/visage/$hit" lighttpd || return 1
    start_nginx || return 1
    compare 1 miss image_filter || return 1
    : >"$samples"
    misses_cpu=$(cpu_ms "$pid_origin")
    compare $rounds miss image_filter || return 1
    misses_cpu=$(($(cpu_ms "$pid_origin") - misses_cpu))
    row "unique misses, 512 to $side px; nginx image_filter" miss image_filter 1 /s 1 \
        'at least' 2.0
    origin_us=$(awk -v cpu="$misses_cpu" -v s="$seconds" '{ n += $3 * s }
        END { printf "%.0f", cpu * 1000 / n }' "$samples")
}

measure_renderer()
{
    say 'renderer'
    : >"$samples"
    if have vipsthumbnail; then
        compare $rounds large vips || return 1
        row "12-megapixel JPEG to $side px, processor time; vipsthumbnail" large vips 1 ms \
            0.001 'at most' 1.1
    else
        compare $rounds large || return 1
        skipped "12-megapixel JPEG to $side px; vipsthumbnail" 'no vipsthumbnail'
    fi
    row "its peak memory" large '' 3 MB 0.0009765625 'at most' 64
    compare $rounds confined free in_process || return 1
    row "512 px JPEG in the sandbox, time; in process" confined in_process 2 ms 0.001 'at most' 1.2
    row "512 px JPEG in the sandbox, time; without sandbox" confined free 2 ms 0.001 '' ''
}

measure_start()
{
    say 'start'
    start_origin
    : >"$samples"
    [ -e "$work/visage.conf" ] || visage_conf visage /visage 512M "$port_origin"
    VISAGE_CONF=$work/visage.conf "$programs/bench-startup" "$programs/visage.fcgi" $starts \
        "$work" >"$work/starts" || return 1
    awk '{ print NR, "start", $0 }' "$work/starts" >"$samples"
    row 'start to first answer' start '' 1 ms 0.001 'at most' 10
    row 'private dirty memory of an idle worker' start '' 2 MB 0.0009765625 'at most' 3
}

# A group that fails leaves a row that says so, and the others run.
group() # name title function
{
    case $wanted in
    *" $1 "*) "$3" || printf '| %s | failed, see above | | | |\n' "$2" >>"$rows" ;;
    esac
}

measure_apache_if_there()
{
    if have apache2 && [ -e $apache_modules/mod_fcgid.so ]; then
        measure_apache
    else
        skipped 'hits under mod_fcgid' 'no apache2 with mod_fcgid'
    fi
}

measure_misses_if_nginx()
{
    if have nginx && [ -e $image_filter ]; then
        measure_misses
    else
        skipped 'misses' 'no nginx with image_filter'
    fi
}

measure_rewrite_if_jq()
{
    if have jq; then
        measure_rewrite
    else
        skipped 'JSON rewritten' 'no jq'
    fi
}

measure_uploads_if_multiwatch()
{
    if have spawn-fcgi && have multiwatch; then
        measure_uploads
    else
        skipped 'uploads' 'no spawn-fcgi and multiwatch'
    fi
}

# ---- all of it ----

for tool in lighttpd wrk curl awk; do
    have $tool || {
        echo "bench: $tool is missing" >&2
        exit 1
    }
done
mkdir "$programs"
for program in visage visage.fcgi visage-keeper visage-render tests/bench/bench-ask \
    tests/bench/bench-cpu tests/bench/bench-draw tests/bench/bench-fill \
    tests/bench/bench-idle tests/bench/bench-import tests/bench/bench-inprocess tests/bench/bench-insert tests/bench/bench-origin \
    tests/bench/bench-ports tests/bench/bench-render tests/bench/bench-responder \
    tests/bench/bench-rewrite tests/bench/bench-startup tests/bench/bench-storm tests/bench/bench-transactions \
    tests/bench/bench-trickle tests/bench/bench-upload-memory tests/origin/fault-origin; do
    cp "$build/$program" "$programs/" || {
        echo 'bench: not built; "make bench" builds it, and needs libmicrohttpd-dev for that' >&2
        exit 1
    }
done
choose_user
"$programs/bench-draw" $side $side >"$work/small.jpg" || exit 1
"$programs/bench-draw" 512 512 >"$work/512.jpg" || exit 1
"$programs/bench-draw" 4000 3000 >"$work/12mp.jpg" || exit 1
"$programs/bench-ports" 12 >"$work/ports" || exit 1
{
    read -r port_lighttpd && read -r port_apache && read -r port_nginx && read -r port_crowd &&
        read -r port_entries && read -r port_bound && read -r port_linked &&
        read -r port_stat_cached && read -r port_nginx_linked && read -r port_nginx_plain &&
        read -r port_uploads && read -r port_rewrite
} <"$work/ports" || exit 1
lighttpd=http://127.0.0.1:$port_lighttpd
apache=http://127.0.0.1:$port_apache
nginx=http://127.0.0.1:$port_nginx
: >"$rows"
: >"$details"
origin_us=''

group hits 'hits under lighttpd' measure_lighttpd
group published 'published pictures' measure_published
group fcgid 'hits under mod_fcgid' measure_apache_if_there
group misses 'misses' measure_misses_if_nginx
group renderer 'renderer' measure_renderer
group start 'start' measure_start
group storm 'many clients, one cold picture' measure_storm
group stall 'hits beside a stalled origin' measure_stall
group entries 'hits with many entries' measure_entries
group inserts 'storing at the bound' measure_inserts
group transactions 'write transactions' measure_transactions
group rewrite 'JSON rewritten' measure_rewrite_if_jq
group uploads 'uploads' measure_uploads_if_multiwatch
group import 'import' measure_import

sed -n 's/^model name[^:]*: */Processor: /p' /proc/cpuinfo | head -n 1
echo "Cores: $(getconf _NPROCESSORS_ONLN); memory:" \
    "$(awk '/^MemTotal/ { printf "%.0f GB", $2 / 1048576 }' /proc/meminfo);" \
    "state directory on $(df -P -T "$work" | awk 'NR == 2 { print $2 }')."
echo "Medians of $rounds rounds ($fewer_rounds beside a stalled origin); ratio with the least and the greatest of a round."
[ -z "$origin_us" ] || echo "The origin took $origin_us microseconds of processor time a picture."
echo
echo '| what; compared with | Visage | the other | ratio | goal |'
echo '|---|---|---|---|---|'
cat "$rows"
[ ! -s "$details" ] || {
    echo
    cat "$details"
}
