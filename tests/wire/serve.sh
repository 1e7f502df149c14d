#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Starts lighttpd with one worker behind it, from the shipped snippet, for run.sh:
#
#   sh serve.sh [--clients] [--workers N] TEXT
#
# TEXT is added to visage.conf. With --clients lighttpd takes the clients' addresses
# from the PROXY protocol. Needs VISAGE_BUILD_DIR, VISAGE_SOURCE_DIR and, for all that
# it writes, VISAGE_WIRE_DIR; there, "group" names the process group to be ended.

dir=$VISAGE_WIRE_DIR
build=$VISAGE_BUILD_DIR
extra=''
workers=1
if [ "$1" = --clients ]; then
    shift
    extra='server.modules += ("mod_extforward")
extforward.forwarder = ("all" => "trust")
extforward.hap-PROXY = "enable"'
fi
if [ "$1" = --workers ]; then
    workers=$2
    shift 2
fi

mkdir "$dir/www" "$dir/state" || exit 1

# What a keeper does is not what these tests are about, and it would outlive them.
cat >"$dir/visage.conf" <<END || exit 1
state_dir = "$dir/state"
keeper = "/bin/true"
min_free = 0
fetch { connect_timeout = "500ms" timeout = "2s" retries = 0 breaker_failures = 0 }
render { program = "$build/visage-render" }
$1
END

cat >"$dir/lighttpd.conf" <<END || exit 1
server.bind = "$dir/front"
server.document-root = "$dir/www"
server.upload-dirs = ("$dir")
server.errorlog = "$dir/log"
server.modules = ()
$extra
$(sed -e "s|/usr/local/libexec/visage/visage.fcgi|$build/visage.fcgi|" \
    -e "s|/etc/visage/visage.conf|$dir/visage.conf|" \
    -e "s|/run/visage/visage.sock|$dir/socket|" \
    -e "s|/var/lib/visage|$dir/state|" \
    -e "s|=> 4,|=> $workers,|" "$VISAGE_SOURCE_DIR/conf/lighttpd-bin-path.conf")
END

setsid lighttpd -D -f "$dir/lighttpd.conf" </dev/null >>"$dir/log" 2>&1 &
echo $! >"$dir/group"

left=200
until grep -q 'server started' "$dir/log" 2>/dev/null; do
    left=$((left - 1))
    if [ "$left" -eq 0 ] || ! kill -s 0 $! 2>/dev/null; then
        cat "$dir/log"
        exit 1
    fi
    sleep 0.05
done
