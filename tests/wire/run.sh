#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Runs one varnishtest script for the test driver, with TAP on standard output. Of
# varnishtest only its HTTP client and its HTTP server are used: the script plays both
# the browser and the origin, and Visage stands between them behind lighttpd.
#
# A script finds these macros:
#   ${serve}     starts Visage with a configuration (serve.sh), once
#   ${visage}    where clients connect
#   ${photo}     a file with a picture, ${other} with another, ${clear} with a
#                transparent one; GIF of one pixel, 35 bytes, but the clear one of 43
#   ${head}, ${tail}   the first 16 and the other 19 bytes of the photo, in hexadecimal
#   ${etag}, ${length} of the answer to /s64/o/photo.jpg, where o has the photo. They
#                depend on the machine's libraries, so learn.vtc finds them out first.
#
# Lines of the script such as
#   #c1 | HTTP/1.1 304 Not Modified
# tell what client c1 (or server s1) must have received: all of its header sections,
# byte for byte (wire.awk).

script=$1
name=$(basename "$script" .vtc)
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P) || exit 99
me=wire
. "$VISAGE_SOURCE_DIR/contrib/build.sh"

echo 1..1
for program in varnishtest lighttpd; do
    if ! command -v "$program" >/dev/null 2>&1; then
        echo "ok 1 - $name # SKIP $program is not installed"
        exit 0
    fi
done

VISAGE_WIRE_DIR=''
stop()
{
    [ -n "$VISAGE_WIRE_DIR" ] || return 0
    group_stop "$(cat "$VISAGE_WIRE_DIR/group" 2>/dev/null)" 10
    [ -n "$VISAGE_KEEP" ] || rm -rf "$VISAGE_WIRE_DIR"
    VISAGE_WIRE_DIR=''
}
trap stop EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# GIF89a, one pixel, two colours; the first is drawn.
gif() # colour extension
{
    printf 'GIF89a\001\000\001\000\200\000\000%b\377\377\377' "$1"
    printf '%b,\000\000\000\000\001\000\001\000\000\002\002\104\001\000;' "$2"
}

hex() # from to
{
    od -An -v -tx1 "$VISAGE_WIRE_DIR/photo" | tr -d ' \n' | cut -c"$1-$2"
}

# Runs it in an installation of its own, whose directory stays for a look.
run() # script -D name=value...
{
    run_script=$1
    shift
    stop
    VISAGE_WIRE_DIR=$(mktemp -d "${TMPDIR:-/tmp}/visage-wire.XXXXXX") || exit 99
    export VISAGE_WIRE_DIR
    gif '\001\002\003' '' >"$VISAGE_WIRE_DIR/photo"
    gif '\377\000\000' '' >"$VISAGE_WIRE_DIR/other"
    gif '\377\000\000' '!\371\004\001\000\000\000\000' >"$VISAGE_WIRE_DIR/clear"
    TMPDIR=$VISAGE_WIRE_DIR varnishtest -v "$@" \
        -D serve="sh $here/serve.sh" -D visage="$VISAGE_WIRE_DIR/front" \
        -D photo="$VISAGE_WIRE_DIR/photo" -D other="$VISAGE_WIRE_DIR/other" \
        -D clear="$VISAGE_WIRE_DIR/clear" -D head="$(hex 1 32)" -D tail="$(hex 33 70)" \
        "$run_script" >"$VISAGE_WIRE_DIR/wire" 2>&1
}

# What went wrong is told on standard error.
compare()
{
    awk -v etag="$etag" -v length_of_it="$length" -f "$here/wire.awk" \
        "$script" "$VISAGE_WIRE_DIR/wire" >&2
}

etag=''
length=''
status=0
if grep -Eq '\$\{(etag|length)\}' "$script"; then
    run "$here/learn.vtc" || status=1
    etag=$(sed -n 's/.*c1 *rxhdr|ETag: "\(.*\)"\\r$/\1/p' "$VISAGE_WIRE_DIR/wire")
    length=$(sed -n 's/.*c1 *rxhdr|Content-Length: \(.*\)\\r$/\1/p' "$VISAGE_WIRE_DIR/wire")
fi
if [ "$status" -eq 0 ]; then
    run "$script" -D etag="$etag" -D length="$length" || status=1
fi
if [ "$status" -ne 0 ]; then
    cat "$VISAGE_WIRE_DIR/wire" >&2
else
    compare || status=1
fi
group_stop "$(cat "$VISAGE_WIRE_DIR/group" 2>/dev/null)" 10
if grep -Eq 'Sanitizer|runtime error' "$VISAGE_WIRE_DIR/log"; then
    status=1
fi
[ "$status" -eq 0 ] || cat "$VISAGE_WIRE_DIR/log" >&2

[ "$status" -eq 0 ] || printf 'not '
echo "ok 1 - $name"
