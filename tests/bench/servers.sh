# SPDX-License-Identifier: MIT
#
# The servers under load: their configurations, their start, their end. Everything
# is below $work, on free ports of 127.0.0.1. Read by run.sh.

pids='' port_origin='' port_faults='' lighttpd_started='' kilobytes=''

# Apache and nginx, started by root, run their workers as somebody else, who must
# reach the programs and own the state directory.
choose_user()
{
    user=$(id -un) group=$(id -gn)
    [ "$(id -u)" -eq 0 ] || return 0
    user=nobody group=$(id -gn nobody)
    chmod 755 "$work"
}

# Starts a program in the background; stop_servers ends it.
start() # name command...
{
    start_name=$1
    shift
    "$@" >"$work/$start_name.log" 2>&1 </dev/null &
    pids="$pids $!"
}

stop_servers()
{
    for stop_pid in $pids; do
        kill "$stop_pid" 2>/dev/null
    done
    for stop_pid in $pids; do
        wait "$stop_pid" 2>/dev/null
    done
    pids=''
    stop_keepers
}

# The keepers that workers have started, which are nobody's children: known by their
# program, which is below $work.
keepers()
{
    for keepers_exe in /proc/[0-9]*/exe; do
        [ "$(readlink "$keepers_exe" 2>/dev/null)" = "$programs/visage-keeper" ] || continue
        keepers_pid=${keepers_exe%/exe}
        echo "${keepers_pid#/proc/}"
    done
}

stop_keepers()
{
    for stop_pid in $(keepers); do
        kill "$stop_pid" 2>/dev/null
    done
    stop_tries=0
    while [ -n "$(keepers)" ] && [ "$stop_tries" -lt 50 ]; do
        stop_tries=$((stop_tries + 1))
        sleep 0.1
    done
}

# Ends one that was started, and what it has started.
stop() # pid
{
    kill "$1" 2>/dev/null
    wait "$1" 2>/dev/null
    stop_left=''
    for stop_pid in $pids; do
        [ "$stop_pid" = "$1" ] || stop_left="$stop_left $stop_pid"
    done
    pids=$stop_left
}

# Waits until the URL answers with 200.
await() # url log
{
    await_tries=0
    until [ "$(curl -s -o /dev/null -w '%{http_code}' --max-time 10 "$1")" = 200 ]; do
        await_tries=$((await_tries + 1))
        if [ "$await_tries" -gt 50 ]; then
            echo "bench: $1 does not answer" >&2
            tail -n 20 "$work/$2.log" >&2
            return 1
        fi
        sleep 0.1
    done
}

visage_conf() # name prefix cache_size origin-port [line]...
{
    cat >"$work/$1.conf" <<END
state_dir  = "$work/$1"
cache_size = "$3"
prefix     = "$2"
log_level  = "warn"
keeper     = "$programs/visage-keeper"
render { program = "$programs/visage-render" }
source bench {
    url             = "http://127.0.0.1:$4/{id}"
    allow_addresses = {"127.0.0.0/8"}
}
END
    conf_name=$1
    shift 4
    [ $# -eq 0 ] || printf '%s\n' "$@" >>"$work/$conf_name.conf"
}

# ---- origin ----

start_origin()
{
    [ -z "$port_origin" ] || return 0
    mkfifo "$work/origin.port"
    "$programs/bench-origin" "$work/512.jpg" >"$work/origin.port" 2>"$work/origin.log" \
        </dev/null &
    pid_origin=$!
    pids="$pids $pid_origin"
    read -r port_origin <"$work/origin.port"
}

# The one that misbehaves on demand.
start_faults()
{
    [ -z "$port_faults" ] || return 0
    mkfifo "$work/faults.port"
    "$programs/fault-origin" --picture "$work/512.jpg" >"$work/faults.port" \
        2>"$work/faults.log" </dev/null &
    pids="$pids $!"
    read -r port_faults <"$work/faults.port"
}

# ---- lighttpd ----

# Workers with a socket each, which lighttpd starts.
lighttpd_visage() # prefix name [workers]
{
    cat <<END
    "$1" => ((
        "bin-path"           => "$programs/visage.fcgi",
        "socket"             => "$work/$2.sock",
        "bin-environment"    => ("VISAGE_CONF" => "$work/$2.conf", "VISAGE_OWN_SOCKET" => "1"),
        "max-procs" => ${3:-2}, "min-procs" => ${3:-2}, "check-local" => "disable",
        "x-sendfile"         => "enable",
        "x-sendfile-docroot" => ("$work/$2/blobs/")
    )),
END
}

# Workers that share a socket; start_workers starts them.
lighttpd_shared() # prefix name
{
    cat <<END
    "$1" => (("socket" => "$work/$2.sock", "check-local" => "disable")),
END
}

start_workers() # name workers
{
    start "$1.workers" spawn-fcgi -n -s "$work/$1.sock" -- "$(command -v multiwatch)" -f "$2" -- \
        "$programs/visage.fcgi" -c "$work/$1.conf"
}

# Processes that do the least a FastCGI program can.
lighttpd_responder() # prefix name processes [further environment]
{
    cat <<END
    "$1" => ((
        "bin-path"        => "$programs/bench-responder",
        "socket"          => "$work/$2.sock",
        "bin-environment" => ("RESPONDER_FILE" => "$work/$2.answer"${4:+, $4}),
        "max-procs" => $3, "min-procs" => $3, "check-local" => "disable"
    )),
END
}

# Takes what stands in fastcgi.server from standard input, and further lines from $work/NAME.more.
start_lighttpd_with() # name port
{
    mkdir -p "$work/root/static"
    {
        cat <<END
server.modules = ("mod_fastcgi")
server.bind = "127.0.0.1"
server.port = $2
server.document-root = "$work/root"
server.upload-dirs = ("$work")
server.max-keep-alive-requests = 100000000
server.max-fds = 4096
server.max-connections = 2000
server.listen-backlog = 1024
mimetype.assign = (".jpg" => "image/jpeg")
fastcgi.server = (
END
        cat
        echo ')'
        [ ! -e "$work/$1.more" ] || cat "$work/$1.more"
    } >"$work/$1.lighttpd.conf"
    start "$1" lighttpd -D -f "$work/$1.lighttpd.conf"
    pid_lighttpd=$!
}

# The prefixes are of one length, so that all programs get as many bytes of parameters.
start_lighttpd()
{
    [ -z "$lighttpd_started" ] || return 0
    lighttpd_started=yes
    start_origin
    visage_conf visage /visage 512M "$port_origin"
    visage_conf sender /sender 512M "$port_origin" 'sendfile = "x-sendfile"'
    start_lighttpd_with lighttpd "$port_lighttpd" <<END
$(lighttpd_visage /visage visage)
$(lighttpd_visage /sender sender)
$(lighttpd_responder /answer answer 2)
$(lighttpd_responder /not304 not304 2)
$(lighttpd_responder /brisk1 brisk1 2 '"LIBFCGI_OS_CLOSE_POLL_TIMEOUT" => "0"')
END
}

# What a worker has written goes to the responders.
capture()
{
    [ -z "$kilobytes" ] || return 0
    start_lighttpd
    await "$lighttpd/visage/$hit" lighttpd || return 1
    "$programs/bench-ask" "$work/visage.sock-0" "/visage/$hit" >"$work/answer.answer" || return 1
    cp "$work/answer.answer" "$work/brisk1.answer" || return 1
    etag=$(sed -n 's/^ETag: \("[0-9a-f]*"\).*/\1/p' "$work/answer.answer" | head -n 1)
    "$programs/bench-ask" "$work/visage.sock-0" "/visage/$hit" "HTTP_IF_NONE_MATCH=$etag" \
        >"$work/not304.answer" || return 1
    grep -a -q '^Status: 304' "$work/not304.answer" || return 1
    mkdir -p "$work/root/static/$(dirname "$hit")"
    curl -s -o "$work/root/static/$hit" "$lighttpd/visage/$hit" || return 1
    kilobytes=$(wc -c <"$work/root/static/$hit" | awk '{ printf "%.1f", $1 / 1024 }')
}

# ---- Apache ----

apache_modules=/usr/lib/apache2/modules

start_apache()
{
    mkdir "$work/apache" "$work/apache/run" "$work/apaches"
    visage_conf apaches /visage 512M "$port_origin"
    cat >"$work/apache/httpd.conf" <<END
ServerRoot "$work/apache"
ServerName 127.0.0.1
Listen 127.0.0.1:$port_apache
LoadModule mpm_event_module $apache_modules/mod_mpm_event.so
LoadModule authz_core_module $apache_modules/mod_authz_core.so
LoadModule alias_module $apache_modules/mod_alias.so
LoadModule fcgid_module $apache_modules/mod_fcgid.so
DefaultRuntimeDir "$work/apache/run"
PidFile "$work/apache/run/pid"
Mutex file:$work/apache/run default
ErrorLog /dev/stderr
StartServers 1
ServerLimit 1
ThreadsPerChild 16
MaxRequestWorkers 16
KeepAlive On
MaxKeepAliveRequests 0
FcgidIPCDir "$work/apache/run"
FcgidProcessTableFile "$work/apache/run/processes"
FcgidMaxProcesses 8
FcgidMaxProcessesPerClass 2
FcgidMinProcessesPerClass 2
FcgidInitialEnv VISAGE_CONF $work/apaches.conf
FcgidInitialEnv RESPONDER_FILE $work/answer.answer
Alias "/visage" "$programs/visage.fcgi"
Alias "/answer" "$programs/bench-responder"
<Directory "$programs">
    SetHandler fcgid-script
    Options +ExecCGI
    Require all granted
</Directory>
END
    if [ "$(id -u)" -eq 0 ]; then
        printf 'User %s\nGroup %s\n' "$user" "$group" >>"$work/apache/httpd.conf"
        chown "$user:$group" "$work/apaches" "$work/apache/run"
        chmod 644 "$work/apaches.conf" "$work/answer.answer"
    fi
    start apache apache2 -D FOREGROUND -f "$work/apache/httpd.conf"
    await "$apache/visage/$hit" apache && await "$apache/answer/$hit" apache
}

# ---- nginx ----

image_filter=/usr/lib/nginx/modules/ngx_http_image_filter_module.so

start_nginx()
{
    mkdir "$work/nginx"
    cat >"$work/nginx/nginx.conf" <<END
load_module $image_filter;
daemon off;
pid $work/nginx/pid;
error_log stderr warn;
worker_processes 2;
events { worker_connections 512; }
http {
    access_log off;
    client_body_temp_path $work/nginx/body;
    proxy_temp_path $work/nginx/proxy;
    fastcgi_temp_path $work/nginx/fastcgi;
    uwsgi_temp_path $work/nginx/uwsgi;
    scgi_temp_path $work/nginx/scgi;
    upstream origin {
        server 127.0.0.1:$port_origin;
        keepalive 16;
    }
    server {
        listen 127.0.0.1:$port_nginx;
        keepalive_requests 100000000;
        location /unique/ {
            proxy_pass http://origin/;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            image_filter resize $side $side;
            image_filter_buffer 4M;
            image_filter_jpeg_quality 82;
        }
    }
}
END
    if [ "$(id -u)" -eq 0 ]; then
        # The first line of all: load_module may not come before it is known.
        sed -i "1i user $user $group;" "$work/nginx/nginx.conf"
    fi
    start nginx nginx -p "$work/nginx" -c "$work/nginx/nginx.conf"
    await "$nginx/unique/1" nginx
}
