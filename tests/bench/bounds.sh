# SPDX-License-Identifier: MIT
#
# What must not get slower as the cache gets full: hits with many entries, storing at
# the bound, and how long anybody holds the index's lock. Read by run.sh.

# ---- hits with many entries ----

# By their names, which are the prefixes of their URLs.
entries_of() # 001k|001m|010m
{
    case $1 in
    001k) echo 1000 ;;
    001m) echo 1000000 ;;
    010m) echo 10000000 ;;
    esac
}

# What filling leaves to be written goes to the disk before anything is measured: a write
# that meets too much of it has to wait.
settle()
{
    sync -f "$work"
}

# Bytes of disk for an entry, about, with the pages that a transaction copies.
entries_cost=600

# Whether there is room for so many: on the disk, and in memory for the index to stay
# there, as the others' does.
entries_fit() # count
{
    fit_wanted=$(($1 * entries_cost / 1024 + 1048576)) # KB
    fit_disk=$(df -P -k "$work" | awk 'NR == 2 { print $4 }')
    fit_memory=$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)
    [ "$fit_disk" -ge "$fit_wanted" ] || {
        echo "$((fit_wanted / 1024)) MB of disk wanted, $((fit_disk / 1024)) free"
        return 1
    }
    [ "$fit_memory" -ge "$fit_wanted" ] || {
        echo "$((fit_wanted / 1024)) MB of memory wanted, $((fit_memory / 1024)) available"
        return 1
    }
}

fill_entries() # name
{
    fill_count=$(entries_of "$1")
    visage_conf "$1" "/$1" 1T 1
    "$programs/bench-fill" "$work/$1.conf" "$fill_count" "$work/small.jpg" >"$work/$1.filled" ||
        return 1
    say "$fill_count entries, bytes of index each and in all: $(cat "$work/$1.filled")"
}

run_001k() { load_random 001k; }
run_001m() { load_random 001m; }
run_010m() { load_random 010m; }

load_random() # name
{
    load $connections -s "$source_dir/random.lua" "$entries/$1/s$side/bench/" -- \
        "$(entries_of "$1")" .jpg
}

entries_rows() # name title
{
    row "hits on $2 entries; on 1 k" "$1" 001k 1 /s 1 'at least' 0.90
    echo "1 $1_bytes $(cat "$work/$1.filled")" >>"$samples"
    row '— index for an entry; what cache_size counts is 640 bytes' "$1_bytes" '' 1 bytes 1 \
        'at most' 640
}

measure_entries()
{
    say 'hits with many entries'
    entries=http://127.0.0.1:$port_entries
    entries_names='001k 001m'
    if [ -n "$quick" ]; then
        skipped 'hits on 10 M entries' '--quick'
    elif entries_why=$(entries_fit 10000000); then
        entries_names='001k 001m 010m'
    else
        skipped 'hits on 10 M entries' "$entries_why"
    fi
    for entries_name in $entries_names; do
        fill_entries "$entries_name" || return 1
    done
    settle
    start_lighttpd_with entries "$port_entries" <<END
$(for entries_name in $entries_names; do
        lighttpd_visage "/$entries_name" "$entries_name"
    done)
END
    await "$entries/001k/s$side/bench/00000000.jpg" entries || return 1
    # Every worker has to meet every page of the index once: its page table is its own.
    for entries_name in $entries_names; do
        (seconds=$(($(entries_of "$entries_name") * warm_up / 10000000 + 1)) &&
            compare 1 "$entries_name") || return 1
    done
    : >"$samples"
    compare $rounds $entries_names || return 1
    entries_rows 001m '1 M'
    case $entries_names in
    *010m) entries_rows 010m '10 M' ;;
    esac
    stop "$pid_lighttpd"
    for entries_name in $entries_names; do
        rm -rf "${work:?}/$entries_name"
    done
}

# ---- storing at the bound ----

inserts_size=256M    # of the cache that is at its bound
inserts_before=80000 # pictures stored before any is counted: more than it holds
inserts_count=10000  # in a round
misses_size=32M      # the same for whole misses, which are slower

run_bounded()   { insert bounded; }
run_unbounded() { insert unbounded; }

# Pictures stored in a second, microseconds of processor time for one, others evicted.
# Each cache has its own numbers.
insert() # bounded|unbounded [count]
{
    read -r insert_first <"$work/$1.next" || return 1
    echo $((insert_first + ${2:-$inserts_count})) >"$work/$1.next"
    "$programs/bench-insert" "$work/$1.conf" "$insert_first" "${2:-$inserts_count}"
}

inserts_rows() # title
{
    row "$1" bounded unbounded 1 /s 1 'at least' 0.80
    row '— processor time of one' bounded unbounded 2 us 1 '' ''
}

# A keeper leaves after a minute without work, so it is looked after in every round.
run_kept_bounded()   { keep bounded && insert bounded; }
run_kept_unbounded() { keep unbounded && insert unbounded; }

# Its standard output must not be the one that is read here to its end.
keep() # bounded|unbounded
{
    "$programs/visage-keeper" -c "$work/$1.conf" >>"$work/$1.keeper.log" 2>&1
}

run_miss_bounded()   { load_unique $connections "$bound/bounded/s$side/bench/" .jpg; }
run_miss_unbounded() { load_unique $connections "$bound/endless/s$side/bench/" .jpg; }

measure_inserts()
{
    say 'storing at the bound'
    start_origin
    visage_conf bounded /bounded $inserts_size "$port_origin"
    visage_conf unbounded /unbounded 1T "$port_origin"
    for inserts_name in bounded unbounded; do
        echo 0 >"$work/$inserts_name.next"
        insert $inserts_name $inserts_before >"$work/insert.out" || return 1
        settle
        say "$inserts_name: pictures stored a second, microseconds each, evicted: $(cat "$work/insert.out")"
    done
    : >"$samples"
    compare $rounds bounded unbounded || return 1
    inserts_rows '4 KiB pictures stored in a full cache; in one that is not'
    : >"$samples"
    compare $rounds kept_bounded kept_unbounded || return 1
    stop_keepers
    sed 's/kept_//' "$samples" >"$samples.kept" && mv "$samples.kept" "$samples"
    inserts_rows '— with a keeper beside each'
    rm -rf "${work:?}/bounded" "${work:?}/unbounded"
    measure_misses_at_the_bound
}

# Whole misses, fetched and drawn; the keeper is there as workers start it.
measure_misses_at_the_bound()
{
    say 'misses at the bound'
    bound=http://127.0.0.1:$port_bound
    visage_conf bounded /bounded $misses_size "$port_origin"
    visage_conf endless /endless 1T "$port_origin"
    start_lighttpd_with bound "$port_bound" <<END
$(lighttpd_visage /bounded bounded)
$(lighttpd_visage /endless endless)
END
    await "$bound/bounded/s$side/bench/1.jpg" bound || return 1
    await "$bound/endless/s$side/bench/1.jpg" bound || return 1
    compare 2 miss_bounded miss_unbounded || return 1 # fills the one
    : >"$samples"
    compare $rounds miss_bounded miss_unbounded || return 1
    row 'unique misses with a full cache; with one that is not' miss_bounded miss_unbounded 1 /s 1 \
        'at least' 0.80
    stop "$pid_lighttpd"
    stop_keepers
    rm -rf "${work:?}/bounded" "${work:?}/endless"
}

# ---- write transactions ----

transactions_entries=1000000

measure_transactions()
{
    say 'write transactions'
    # As many entries as fit the bound, which is a 64th below cache_size.
    visage_conf txn /txn $((transactions_entries * 640 / 63 * 64)) 1
    visage_conf txn.small /txn 16M 1 # the same cache, lowered
    sed -i "s|$work/txn.small\"|$work/txn\"|" "$work/txn.small.conf"
    "$programs/bench-fill" "$work/txn.conf" $transactions_entries "$work/small.jpg" \
        >"$work/txn.filled" || return 1
    settle
    "$programs/bench-transactions" "$work/txn.conf" "$work/txn.small.conf" $transactions_entries \
        >"$work/transactions" || return 1
    rm -rf "${work:?}/txn"
    awk '/for comparison/ { print 1, "page", $4; next }
        { if ($4 > longest) longest = $4 }
        /keeper evicts/ { print 1, "evicting", $4, $3 }
        END { print 1, "any", longest }' "$work/transactions" >"$samples"
    row 'longest write transaction, 1 M entries' any '' 1 ms 0.001 'at most' 20
    row "— of the keeper's evicting" evicting '' 1 ms 0.001 'at most' 5
    row '— all but one in a thousand of these' evicting '' 2 ms 0.001 '' ''
    row '— longest write of one page to a file, for comparison' page '' 1 ms 0.001 '' ''
    transactions_table >>"$details"
}

transactions_table()
{
    echo 'Write transactions, with 1 M entries, in ms:'
    echo
    echo '| what | how many | median | 99.9 % | longest | most processor time |'
    echo '|---|---|---|---|---|---|'
    awk '{
        label = $6
        for (i = 7; i <= NF; i++)
            label = label " " $i
        printf "| %s | %d | %.3f | %.2f | %.2f | %.2f |\n", label, $1, $2 / 1000, $3 / 1000,
            $4 / 1000, $5 / 1000
    }' "$work/transactions"
}
