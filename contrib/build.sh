# SPDX-License-Identifier: MIT
#
# What quickstart.sh and check.sh share: messages, running a step so that a
# signal ends all of it, and building out of tree. The caller has set `me`, and
# `source_dir` to the checkout's absolute path.

# Server programs live where an ordinary user's PATH does not reach.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH

step_group=''

say()
{
    printf '%s: %s\n' "$me" "$*"
}

die()
{
    printf '%s: %s\n' "$me" "$*" >&2
    exit 1
}

# Is anything of the process group left? What is dead and only waits to be collected
# does not count: its parent may be slow, and is not ours when it was orphaned.
group_alive() # group
{
    kill -s 0 -- "-$1" 2>/dev/null || return 1
    cat /proc/[0-9]*/stat 2>/dev/null | awk -v group="$1" '
        { sub(/^.*\) /, "") }
        $3 == group && $1 != "Z" && $1 != "X" { found = 1 }
        END { exit !found }'
}

# SIGTERM to all of a group; SIGKILL to what is left of it after a while.
group_stop() # group seconds
{
    [ -n "$1" ] || return 0
    kill -s TERM -- "-$1" 2>/dev/null || return 0
    stop_left=$(($2 * 10))
    while group_alive "$1" && [ "$stop_left" -gt 0 ]; do
        sleep 0.1
        stop_left=$((stop_left - 1))
    done
    kill -s KILL -- "-$1" 2>/dev/null || true
}

# Runs a command to its end as a process group of its own, in the background: the
# shell then acts on a signal at once, and everything the command started can be
# ended with it. Returns the command's status.
step_run() # command...
{
    # The end of this shell, even by SIGKILL, is the command's end too.
    setsid setpriv --pdeathsig TERM -- "$@" 9>&- &
    step_group=$!
    step_status=0
    wait "$step_group" || step_status=$?
    step_group=''
    return "$step_status"
}

# The same with all output in a log, whose end is shown when it fails.
step_logged() # log what command...
{
    logged_log=$1
    logged_what=$2
    shift 2
    step_run "$@" >>"$logged_log" 2>&1 && return 0
    printf '\n' >&2
    tail -n 40 "$logged_log" >&2
    printf '%s: %s failed; all of it is in %s\n' "$me" "$logged_what" "$logged_log" >&2
    return 1
}

# Opens the lock on descriptor 9 and waits for it. A directory will do as a lock.
lock_wait() # path what
{
    exec 9<"$1" || die "cannot read $1"
    if ! flock -n 9; then
        say "waiting for $2"
        # In the background, so that a signal is acted on; the lock stays with 9.
        setsid setpriv --pdeathsig TERM -- flock 9 &
        step_group=$!
        wait "$step_group" || die "cannot lock $1"
        step_group=''
    fi
}

lock_release()
{
    exec 9<&-
}

# `configure` is made anew when it is missing or older than what it is made from.
configure_stale()
{
    [ -x "$source_dir/configure" ] && [ -e "$source_dir/Makefile.in" ] || return 0
    [ -n "$(find "$source_dir/configure.ac" "$source_dir/Makefile.am" "$source_dir/src" \
        "$source_dir/conf" "$source_dir/contrib" "$source_dir/tests" \
        \( -name configure.ac -o -name Makefile.am -o -name module.mk \) \
        -newer "$source_dir/Makefile.in" -print 2>/dev/null)" ]
}

# Builds the targets in a directory of their own. Several scripts may want that at
# once, and autoreconf writes to the checkout: so one at a time.
build() # directory log configure-options targets
{
    build_dir=$1
    build_log=$2
    build_options=$3
    build_targets=$4
    build_jobs=$(nproc 2>/dev/null || echo 1)

    case $source_dir$build_dir in
    *[!A-Za-z0-9_./+@%,:=-]*)
        die "autoconf cannot work in paths with blanks or special characters: $build_dir" ;;
    esac
    mkdir -p "$build_dir" || die "cannot create $build_dir"
    : >"$build_log" || die "cannot write $build_log"
    lock_wait "$source_dir" "another build in $source_dir"
    if configure_stale; then
        [ -w "$source_dir" ] || die "$source_dir is not writable, and configure must be made there"
        say 'making configure'
        step_logged "$build_log" autoreconf autoreconf -fi "$source_dir" || return 1
    fi
    if [ ! -e "$build_dir/Makefile" ] || [ ! -e "$build_dir/config.h" ] ||
        [ -n "$(find "$source_dir/configure" -newer "$build_dir/config.status" 2>&1)" ] ||
        [ "$(cat "$build_dir/configured-with" 2>/dev/null)" != "$source_dir $build_options" ]; then
        say "configuring in $build_dir"
        rm -f "$build_dir/configured-with"
        # shellcheck disable=SC2086
        step_logged "$build_log" configure \
            env -C "$build_dir" "$source_dir/configure" -q $build_options || return 1
        printf '%s %s\n' "$source_dir" "$build_options" >"$build_dir/configured-with"
    fi
    say 'building'
    # shellcheck disable=SC2086
    step_logged "$build_log" make make -C "$build_dir" -j "$build_jobs" $build_targets || return 1
    lock_release
}
