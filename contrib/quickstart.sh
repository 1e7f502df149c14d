#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Builds Visage and shows it at work: lighttpd on 127.0.0.1 in front of a pool of
# workers, which fetch from a demo origin that draws its own portraits.
#
#   sh contrib/quickstart.sh [--port 8080] [--workers 4] [--dir DIR]
#                            [--pictures DIR] [--no-install]
#
# --port N        where the page is to be
# --workers N     how many workers answer
# --dir DIR       what this run writes: configuration, cache, logs
#                 (build-quickstart/PORT in the checkout)
# --pictures DIR  serves the picture files below DIR in place of the portraits
# --no-install    never installs a package; says what is missing and ends
#
# Prints "ready http://127.0.0.1:PORT/" when a picture has come all the way, and
# stays. Ctrl-C or SIGTERM ends everything it started. DIR/visage.conf is written
# once and then yours: edit it and start again.

me=quickstart
source_dir=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P) || exit 1
. "$source_dir/contrib/packages.sh"
. "$source_dir/contrib/build.sh"
. "$source_dir/contrib/keepers.sh"

port=8080
workers=4
dir=''
pictures=''
install=yes
origin_group=''
server_group=''
watch_pid=''
socket_dir=''
socket_dir_made=no

usage()
{
    echo 'usage: sh contrib/quickstart.sh [--port N] [--workers N] [--dir DIR] [--pictures DIR] [--no-install]'
}

number() # name value least most
{
    case $2 in
    '' | *[!0-9]* | 0?* | ??????*) die "--$1 takes a number from $3 to $4" ;;
    esac
    [ "$2" -ge "$3" ] && [ "$2" -le "$4" ] || die "--$1 takes a number from $3 to $4"
}

while [ $# -gt 0 ]; do
    case $1 in
    --port=* | --workers=* | --dir=* | --pictures=*)
        option=${1%%=*}
        value=${1#*=}
        shift
        ;;
    --port | --workers | --dir | --pictures)
        option=$1
        [ $# -ge 2 ] || { usage >&2; exit 2; }
        value=$2
        shift 2
        ;;
    --no-install) install=no; shift; continue ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
    [ -n "$value" ] || { usage >&2; exit 2; }
    case $option in
    --port) number port "$value" 1 65535; port=$value ;;
    --workers) number workers "$value" 1 256; workers=$value ;;
    --dir) dir=$value ;;
    --pictures) pictures=$value ;;
    esac
done

finish()
{
    finish_status=$?
    trap '' INT TERM HUP
    [ -z "$watch_pid" ] || kill "$watch_pid" 2>/dev/null
    group_stop "$step_group" 5
    # The server first: its workers then finish what they are fetching.
    group_stop "$server_group" 15
    keepers_stop "$build_dir/visage" "$dir/visage.conf"
    group_stop "$origin_group" 5
    [ "$socket_dir_made" = no ] || rm -rf "$socket_dir"
    exit "$finish_status"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Does anything listen on the port, on loopback or on every address?
port_taken() # port
{
    taken_hex=$(printf '%04X' "$1")
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v port="$taken_hex" '
        $4 == "0A" {
            split($2, at, ":")
            if (at[2] == port && at[1] ~ /^(0100007F|0+|0+FFFF00000100007F)$/)
                found = 1
        }
        END { exit !found }'
}

# --- Before anything is installed or built: what the user may have got wrong.

port_taken "$port" && die "port $port is in use; choose another with --port"
if [ -n "$pictures" ]; then
    [ -d "$pictures" ] || die "--pictures: $pictures is not a directory"
    pictures=$(CDPATH='' cd -- "$pictures" && pwd -P) || die '--pictures: cannot enter it'
fi

build_top=$source_dir/build-quickstart
build_dir=$build_top/build
dir=${dir:-$build_top/$port}
mkdir -p "$dir" 2>/dev/null || die "cannot create $dir"
dir=$(CDPATH='' cd -- "$dir" && pwd -P) || die 'cannot enter --dir'
case $dir in
*[!A-Za-z0-9_./+@%,:=-]*) die "--dir: blanks and special characters do not work here: $dir" ;;
esac
mkdir -p "$dir/log" "$dir/www" "$dir/run" "$dir/state" || die "cannot write to $dir"
chmod 700 "$dir/state" "$dir/run" || die "$dir belongs to someone else"

# One run at a time in one directory; the lock ends with this shell.
exec 8<"$dir/run" || die "cannot read $dir/run"
flock -n 8 || die "another quickstart is at work in $dir; choose another with --dir"

# --- Packages and programs.

packages_need "$install" "$packages_build" "$packages_quickstart"
build "$build_dir" "$dir/log/build.log" '' \
    'visage.fcgi visage-render visage-keeper visage visage-demo-origin' || exit 1

# --- The demo origin. It keeps its port from run to run where it can, for tidiness
# only: the configuration below follows it.

origin_start() # port
{
    : >"$dir/run/origin.out"
    if [ -n "$pictures" ]; then
        set -- "$1" --pictures "$pictures"
    fi
    setsid setpriv --pdeathsig TERM -- "$build_dir/visage-demo-origin" --port "$@" \
        >"$dir/run/origin.out" 2>>"$dir/log/demo-origin.log" 8>&- &
    origin_group=$!
    origin_left=100
    while [ "$origin_left" -gt 0 ]; do
        origin_port=$(sed -n 's/^ready \([0-9]*\)$/\1/p' "$dir/run/origin.out")
        [ -z "$origin_port" ] || return 0
        kill -0 "$origin_group" 2>/dev/null || break
        sleep 0.1
        origin_left=$((origin_left - 1))
    done
    group_stop "$origin_group" 1
    origin_group=''
    return 1
}

: >"$dir/log/demo-origin.log"
last_port=$(cat "$dir/run/origin.port" 2>/dev/null)
if [ -n "$last_port" ] && ! port_taken "$last_port"; then
    origin_start "$last_port"
fi
if [ -z "$origin_group" ] && ! origin_start 0; then
    cat "$dir/log/demo-origin.log" >&2
    die 'the demo origin does not start'
fi
printf '%s\n' "$origin_port" >"$dir/run/origin.port"

# What another directory's pictures left in the cache would be shown in place of
# pictures with the same name.
if [ "$(cat "$dir/run/pictures" 2>/dev/null)" != "$pictures" ]; then
    for old in state published; do
        [ ! -e "$dir/$old" ] || find "$dir/$old" -mindepth 1 -delete || die "cannot empty $dir/$old"
    done
    printf '%s\n' "$pictures" >"$dir/run/pictures"
fi

# --- Configuration.

if [ ! -e "$dir/camo.key" ]; then
    (umask 077 && od -An -N 16 -t x1 /dev/urandom | tr -d ' \n' >"$dir/camo.key") ||
        die "cannot write $dir/camo.key"
fi

if [ ! -e "$dir/uploads.key" ]; then
    (umask 077 && od -An -N 16 -t x1 /dev/urandom | tr -d ' \n' >"$dir/uploads.key") ||
        die "cannot write $dir/uploads.key"
fi

if [ ! -e "$dir/imgproxy.keys" ]; then
    (umask 077 && printf '%s %s\n' "$(openssl rand -hex 32)" "$(openssl rand -hex 32)" \
        >"$dir/imgproxy.keys") || die "cannot write $dir/imgproxy.keys"
fi
if [ ! -e "$dir/visage.conf" ]; then
    sed "s|@DIR@|$dir|g" "$source_dir/contrib/demo/visage.conf" >"$dir/visage.conf.new" &&
        mv "$dir/visage.conf.new" "$dir/visage.conf" || die "cannot write $dir/visage.conf"
fi
grep -q '^ *keeper *=' "$dir/visage.conf" ||
    printf '\nkeeper = "visage-keeper"  # set at each start\n' >>"$dir/visage.conf" ||
    die "cannot write $dir/visage.conf"
# Only the lines that say so are kept up to date; the rest is the user's.
sed -e "/# set at each start/ {
        s|^\\( *keeper *= *\\)\"[^\"]*\"|\\1\"$build_dir/visage-keeper\"|
        s|^\\( *state_dir *= *\\)\"[^\"]*\"|\\1\"$dir/state\"|
        s|^\\( *publish_root *= *\\)\"[^\"]*\"|\\1\"$dir/published\"|
        s|^\\( *program *= *\\)\"[^\"]*\"|\\1\"$build_dir/visage-render\"|
        s|^\\( *url *= *\\)\"[^\"]*\"|\\1\"http://127.0.0.1:$origin_port/{id}\"|
    }" "$dir/visage.conf" >"$dir/visage.conf.new" || die "cannot write $dir/visage.conf"
if cmp -s "$dir/visage.conf.new" "$dir/visage.conf"; then
    rm -f "$dir/visage.conf.new"
else
    mv "$dir/visage.conf.new" "$dir/visage.conf" || die "cannot write $dir/visage.conf"
fi
# Where nothing is published any more, nobody takes back what was.
grep -q '^ *publish_root *=' "$dir/visage.conf" || rm -rf "$dir/published"
"$build_dir/visage" check -c "$dir/visage.conf" >"$dir/log/check.log" 2>&1 || {
    cat "$dir/log/check.log" >&2
    die "visage check finds fault with $dir/visage.conf"
}

# A UNIX socket's name holds 107 bytes.
socket_dir=$dir/run
if [ ${#socket_dir} -gt 85 ]; then
    socket_dir=$(mktemp -d "${TMPDIR:-/tmp}/visage-quickstart.XXXXXX") || die 'cannot create a directory'
    socket_dir_made=yes
fi

cp "$source_dir/contrib/demo/index.html" "$dir/www/index.html" || die "cannot write $dir/www"
curl -sf -o "$dir/www/ids.txt" "http://127.0.0.1:$origin_port/" || die 'the demo origin does not answer'
first_id=$(head -n 1 "$dir/www/ids.txt")

cat >"$dir/lighttpd.conf" <<END || die "cannot write $dir/lighttpd.conf"
# Written by quickstart.sh at each start.
server.modules       = ("mod_fastcgi", "mod_expire", "mod_rewrite", "mod_setenv")
server.bind          = "127.0.0.1"
server.port          = $port
server.document-root = "$dir/www"
server.errorlog      = "$dir/log/lighttpd.log"
server.breakagelog   = "$dir/log/worker.log"
server.upload-dirs   = ("$dir/run")
index-file.names     = ("index.html")
mimetype.assign      = (".html" => "text/html; charset=utf-8", ".txt" => "text/plain; charset=utf-8")

# All but the page itself is the workers'.
\$HTTP["url"] !~ "^/(index\\.html|ids\\.txt)?\$" {
    fastcgi.server = ("/" => ((
        "socket"          => "$socket_dir/worker",
        "bin-path"        => "$build_dir/visage.fcgi",
        "bin-environment" => ("VISAGE_CONF" => "$dir/visage.conf", "VISAGE_OWN_SOCKET" => "1"),
        "min-procs"       => $workers,
        "max-procs"       => $workers,
        "check-local"     => "disable",
        "read-timeout"    => 40
    )))
}

# Published pictures are sent by lighttpd itself; conf/lighttpd-bin-path.conf explains this.
server.stat-cache-engine = "disable"
\$HTTP["url"] =~ "^/(v/[0-9a-f]{16}|img/[^/]+/plain)/" {
    \$HTTP["query-string"] == "" {
        \$HTTP["request-method"] =~ "^(GET|HEAD)\$" {
            server.document-root    = "$dir/published"
            fastcgi.server          = ()
            url.rewrite-if-not-file = ("^(.*)\$" => "\$1?-")
            mimetype.assign = (
                ".webp" => "image/webp",
                "@webp" => "image/webp",
                ".png"  => "image/png",
                "@png"  => "image/png",
                ""      => "image/jpeg"
            )
            expire.url = ("" => "access plus 365 days")
            setenv.set-response-header = (
                "X-Content-Type-Options"       => "nosniff",
                "Content-Security-Policy"      => "default-src 'none'; sandbox",
                "Cross-Origin-Resource-Policy" => "cross-origin",
                "Access-Control-Allow-Origin"  => "*",
                "Access-Control-Expose-Headers" => "Date, ETag, Age, Cache-Status, Retry-After, Visage-Fallback"
            )
        }
    }
}
END

# --- Go.

for log in lighttpd worker; do
    : >"$dir/log/$log.log"
done
lighttpd -tt -f "$dir/lighttpd.conf" >"$dir/log/lighttpd.log" 2>&1 || {
    cat "$dir/log/lighttpd.log" >&2
    die 'lighttpd does not take its configuration'
}
setsid setpriv --pdeathsig TERM -- lighttpd -D -f "$dir/lighttpd.conf" \
    >>"$dir/log/lighttpd.log" 2>&1 8>&- &
server_group=$!

# Ends the script when something it started has ended by itself.
children_watch()
{
    if ! kill -0 "$server_group" 2>/dev/null; then
        tail -n 20 "$dir/log/lighttpd.log" "$dir/log/worker.log" >&2
        if port_taken "$port"; then
            die "port $port is in use; choose another with --port"
        fi
        die 'lighttpd has ended'
    fi
    if ! kill -0 "$origin_group" 2>/dev/null; then
        tail -n 20 "$dir/log/demo-origin.log" >&2
        die 'the demo origin has ended'
    fi
}

pause() # seconds
{
    sleep "$1" 8>&- &
    watch_pid=$!
    wait "$watch_pid"
    watch_pid=''
}

# A picture, all the way: page, worker, origin, renderer.
try()
{
    curl -s -o /dev/null --max-time 15 -w '%{http_code} %{content_type}' \
        "http://127.0.0.1:$port/s64/demo/$first_id.jpg" 2>/dev/null
}

left=100
until answer=$(try) && [ "$answer" = '200 image/jpeg' ]; do
    children_watch
    left=$((left - 1))
    if [ "$left" -eq 0 ]; then
        tail -n 20 "$dir/log/lighttpd.log" "$dir/log/worker.log" >&2
        die "no picture came: the last answer was $answer"
    fi
    pause 0.2
done

# A path as imgproxy's clients sign it.
sign() # path
{
    read -r key salt <"$dir/imgproxy.keys"
    signature=$({
        printf %s "$salt" | tr a-f A-F | basenc --base16 -d
        printf %s "$1"
    } | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary |
        basenc --base64url | tr -d '=')
    printf '/%s%s' "$signature" "$1"
}

if grep -q '^imgproxy' "$dir/visage.conf"; then
    say "signed for imgproxy: http://127.0.0.1:$port/imgproxy$(
        sign "/rs:fill:200:120/g:no/plain/http://127.0.0.1:$origin_port/$first_id@png")"
fi
say "configuration $dir/visage.conf, logs in $dir/log; Ctrl-C ends it"
printf 'ready http://127.0.0.1:%s/\n' "$port"
while :; do
    children_watch
    pause 1
done
