# SPDX-License-Identifier: MIT
#
# For quickstart.sh: keepers live in sessions of their own and would stay for another
# minute when all else has ended.

keepers_list() # program configuration
{
    "$1" stats -c "$2" 2>/dev/null | sed -n 's/^keeper  *slot=[0-9]* pid=\([0-9]*\) .*/\1/p'
}

# SIGTERM to all keepers. They have two seconds to leave; then SIGKILL, which harms no
# cache. One that is only just starting is not listed yet: so none counts as none when
# that is seen twice.
keepers_stop() # program configuration
{
    [ -x "$1" ] && [ -e "$2" ] || return 0
    keepers_left=20
    keepers_none=0
    while [ "$keepers_none" -lt 2 ]; do
        keepers_signal=TERM
        [ "$keepers_left" -gt 0 ] || keepers_signal=KILL
        keepers_none=$((keepers_none + 1))
        for keepers_pid in $(keepers_list "$1" "$2"); do
            keepers_none=0
            kill -s "$keepers_signal" "$keepers_pid" 2>/dev/null
        done
        [ "$keepers_signal" = TERM ] || return 0
        keepers_left=$((keepers_left - 1))
        sleep 0.1
    done
}
