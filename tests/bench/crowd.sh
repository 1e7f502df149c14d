# SPDX-License-Identifier: MIT
#
# Many clients, and a bad day of an origin: one cold picture that everybody wants, and
# hits beside an origin that does not answer. Read by run.sh.

crowd_clients=500
crowd_workers=8
crowd_delay=300  # ms that the origin takes for the cold picture
stall_rate=20    # misses a second that the stalled origin is asked for
stall_seconds=12 # longer than fetch.timeout: some come to their end
calm_seconds=4

crowd_started=''

# Three pools of workers: with a socket each, as the quickstart has them; sharing one;
# and sharing one with the breaker at its default, where the others have none. As many
# responders, with a socket each. The prefixes are of one length.
start_crowd()
{
    [ -z "$crowd_started" ] || return 0
    crowd_started=yes
    crowd=http://127.0.0.1:$port_crowd
    start_faults
    visage_conf own /own 512M "$port_faults" 'fetch { breaker_failures = 0 }'
    visage_conf one /one 512M "$port_faults" 'fetch { breaker_failures = 0 }'
    visage_conf brk /brk 512M "$port_faults"
    start_lighttpd_with crowd "$port_crowd" <<END
$(lighttpd_visage /own own $crowd_workers)
$(lighttpd_shared /one one)
$(lighttpd_shared /brk brk)
$(lighttpd_responder /rsp rsp $crowd_workers '"LIBFCGI_OS_CLOSE_POLL_TIMEOUT" => "0"')
END
    await "$crowd/own/$(crowd_picture ok/warm)" crowd || return 1
    "$programs/bench-ask" "$work/own.sock-0" "/own/$(crowd_picture ok/warm)" >"$work/rsp.answer" ||
        return 1
    can_share || return 0
    start_workers one $crowd_workers
    start_workers brk $crowd_workers
    await "$crowd/one/$(crowd_picture ok/warm)" one.workers &&
        await "$crowd/brk/$(crowd_picture ok/warm)" brk.workers
}

can_share()
{
    have spawn-fcgi && have multiwatch
}

crowd_picture() # id
{
    echo "s$side/bench/$1.jpg"
}

# ---- one cold picture ----

# Microseconds from the first answer to the last, those to the first, and how often the
# origin was asked for it.
storm() # pool id
{
    "$programs/bench-storm" "$port_crowd" "/$1/$(crowd_picture "$2")" $crowd_clients \
        >"$work/storm.out" || return 1
    echo "$(cat "$work/storm.out")" \
        "$(curl -s "http://127.0.0.1:$port_faults/_count?path=/$2")"
}

run_own_cold()  { storm own "slow/$crowd_delay/$unique_first"; }
run_own_kept()  { storm own ok/warm; }
run_one_cold()  { storm one "slow/$crowd_delay/$unique_first"; }
run_one_kept()  { storm one ok/warm; }
run_responders() { storm rsp ok/warm; }

storm_rows() # pool how
{
    awk -v name="$1_cold" '$2 == name && $5 > most { most = $5 } END { print 1, "asked", most }' \
        "$samples" >>"$samples.asked" && cat "$samples.asked" >>"$samples"
    rm -f "$samples.asked"
    row "$crowd_clients clients, one cold picture, $crowd_workers workers $2: origin requests, worst round" \
        asked '' 1 '' 1 'at most' 1
    row '— first answer to last' "$1_cold" '' 1 ms 0.001 'at most' 20
    row '— the same for a picture that is kept; from responders' "$1_kept" responders 1 ms 0.001 '' ''
}

storm_pool() # pool how
{
    compare 2 "$1_cold" "$1_kept" responders || return 1
    : >"$samples" # that was to start the renderers
    compare $rounds "$1_cold" "$1_kept" responders || return 1
    storm_rows "$1" "$2"
}

measure_storm()
{
    say 'many clients, one cold picture'
    start_crowd || return 1
    storm_pool own 'with a socket each' || return 1
    if can_share; then
        storm_pool one 'on one socket' || return 1
    else
        skipped "$crowd_clients clients, one cold picture, one socket" 'no spawn-fcgi, or no multiwatch'
    fi
}

# ---- a stalled origin ----

# Hits a second; the latency that 1 % of them exceed, in milliseconds (wrk counts those in
# that it would have asked for while it waited); and how many took longer than eight
# seconds, which is no failure here but what is measured.
hits_beside() # pool seconds
{
    seconds=$2 load_failed='Non-2xx'
    hits_rate=$(load $connections --latency "$crowd/$1/$(crowd_picture ok/warm)") || return 1
    awk -v rate="$hits_rate" '$1 == "99%" {
            ms = $2 ~ /us$/ ? $2 / 1000 : $2 ~ /ms$/ ? $2 + 0 : $2 * 1000
        }
        /Socket errors/ { late = $NF }
        END { print rate, ms, late + 0 }' "$work/wrk.out"
}

run_own_calm() { hits_beside own $calm_seconds; }
run_one_calm() { hits_beside one $calm_seconds; }
run_brk_calm() { hits_beside brk $calm_seconds; }
run_own_stalled() { stalled own; }
run_one_stalled() { stalled one; }
run_brk_stalled() { stalled brk; }

# The misses begin when the hits do. When they end their clients leave; lighttpd does not
# notice that of all of them, so the workers are waited for.
stalled() # pool
{
    "$programs/bench-trickle" "$port_crowd" "/$1/s$side/bench/hang/" "$unique_first" .jpg \
        $stall_rate 60000 >"$work/trickle.out" &
    stalled_pid=$!
    stalled_value=$(hits_beside "$1" $stall_seconds)
    stalled_rc=$?
    kill $stalled_pid
    wait $stalled_pid && [ $stalled_rc -eq 0 ] || return 1
    say "misses asked, answered, with 200: $(cat "$work/trickle.out")"
    "$programs/bench-idle" "$work/$1.conf" 60 || return 1
    echo "$stalled_value"
}

stall_pool() # pool how
{
    compare 1 "$1_calm" || return 1
    : >"$samples"
    compare $fewer_rounds "$1_calm" "$1_stalled" || return 1
    row "hits beside $stall_rate misses/s of an origin that hangs, $crowd_workers workers $2; undisturbed" \
        "$1_stalled" "$1_calm" 1 /s 1 'at least' 0.80
    row '— latency that 1 % exceed; undisturbed' "$1_stalled" "$1_calm" 2 ms 1 '' ''
    row "— of $connections clients, those that waited for more than 8 s" "$1_stalled" '' 3 '' 1 'at most' 0
}

measure_stall()
{
    say 'hits beside a stalled origin'
    start_crowd || return 1
    stall_pool own 'with a socket each, no breaker' || return 1
    if can_share; then
        stall_pool one 'on one socket, no breaker' || return 1
        stall_pool brk 'on one socket' || return 1
    else
        skipped 'hits beside a stalled origin, one socket' 'no spawn-fcgi, or no multiwatch'
    fi
}
