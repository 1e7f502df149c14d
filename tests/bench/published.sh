# SPDX-License-Identifier: MIT
#
# Published pictures: the web server sends them by itself, with the rules of conf/.
# Compared with a file that it is simply told to send, with the same header fields, and with
# what nginx keeps in a proxy_cache. Read by run.sh.

published_conf=$source_dir/../../conf

run_published()        { load $connections "$linked$published"; }
run_published_file()   { load $connections "$linked$published_copy"; }
run_published_worker() { load $connections "$linked$published?x"; }
run_cached_published() { load $connections "$stat_cached$published"; }
run_cached_file()      { load $connections "$stat_cached$published_copy"; }
run_nginx_published()  { load $connections "$nginx_linked$published"; }
run_nginx_file()       { load $connections "$nginx_plain$published_copy"; }
run_nginx_cached()     { load $connections "$nginx_plain$published_cached"; }

# A snippet of conf/ with this installation's paths.
published_snippet() # name
{
    sed -e "s|/run/visage/visage.sock|$work/linked.sock-0|" \
        -e "s|/var/lib/visage/published|$work/linked.root|" \
        -e "s|/var/lib/visage|$work/linked|" "$published_conf/$1"
}

# The rules, and a plain file with the same fields.
published_lighttpd_rules()
{
    published_snippet lighttpd-bin-path.conf | sed -n '/^# --- Published/,/^# --- The rest/p'
    cat <<END
\$HTTP["url"] =^ "/file/" {
    fastcgi.server = ()
    expire.url = ("" => "access plus 365 days")
$(sed -n '/^ *setenv.set-response-header/,/^ *)/p' "$published_conf/lighttpd-bin-path.conf")
}
END
}

# Two of them: with the rules as they are, and with lighttpd's stat cache left on.
start_published_lighttpd()
{
    visage_conf linked '' 512M "$port_origin" "publish_root = \"$work/linked.root\""
    published_lighttpd_rules >"$work/linked.more"
    grep -v '^server.stat-cache-engine' "$work/linked.more" >"$work/stat_cached.more"
    start_lighttpd_with linked "$port_linked" <<END
$(lighttpd_visage / linked)
END
    start_lighttpd_with stat_cached "$port_stat_cached" </dev/null
    await "$linked/$hit" linked
}

start_published_nginx()
{
    mkdir "$work/nginxp"
    {
        [ "$(id -u)" -ne 0 ] || echo "user $user $group;"
        cat <<END
daemon off;
pid $work/nginxp/pid;
error_log stderr warn;
worker_processes 2;
events { worker_connections 512; }
http {
    access_log off;
    sendfile on;
    tcp_nopush on;
    client_body_temp_path $work/nginxp/body;
    proxy_temp_path $work/nginxp/proxy;
    fastcgi_temp_path $work/nginxp/fastcgi;
    uwsgi_temp_path $work/nginxp/uwsgi;
    scgi_temp_path $work/nginxp/scgi;
    proxy_cache_path $work/nginxp/cache keys_zone=pictures:1m;
    keepalive_requests 100000000;
    server {
        listen 127.0.0.1:$port_nginx_linked;
$(published_snippet nginx.conf)
    }
    server {
        listen 127.0.0.1:$port_nginx_plain;
        location /file/ {
            root $work/root;
            types { }
            default_type image/jpeg;
$(sed -n '/^location .* \/v\/ {/,/^}/s/^    add_header/            add_header/p' "$published_conf/nginx.conf")
        }
        location /kept/ {
            proxy_pass http://127.0.0.1:$port_nginx_plain/file/;
            proxy_cache pictures;
        }
    }
}
END
    } >"$work/nginxp/nginx.conf"
    if [ "$(id -u)" -eq 0 ]; then
        chown "$user:$group" "$work/nginxp"
    fi
    start nginxp nginx -p "$work/nginxp" -c "$work/nginxp/nginx.conf"
    await "$nginx_plain$published_copy" nginxp && await "$nginx_plain$published_cached" nginxp &&
        await "$nginx_linked$published" nginxp
}

# Names and values, without what differs from one answer to the next.
published_head() # url
{
    curl -s -D - -o /dev/null "$1" | tr -d '\r' | grep -v -i -E '^(Date|ETag|Last-Modified):' | sort
}

# Both sides must send as much, and the server itself.
check_published() # ours theirs
{
    published_head "$1" >"$work/ours.head"
    published_head "$2" >"$work/theirs.head"
    if ! diff "$work/ours.head" "$work/theirs.head" >&2 ||
        grep -q '^Cache-Status' "$work/ours.head"; then # a worker has answered
        echo "bench: $1 and $2 are not alike" >&2
        return 1
    fi
}

# The picture by its version, which a wrong one leads to, and a copy of it. The paths are
# of one length.
publish_picture()
{
    published=$(curl -s -o /dev/null -w '%{redirect_url}' "$linked/v/0000000000000000/$hit")
    published=${published#"$linked"}
    case $published in
    /v/????????????????/"$hit") ;;
    *) echo "bench: no version of /$hit" >&2; return 1 ;;
    esac
    published_copy=${published#/v/???}
    published_cached=/kept/$published_copy
    published_copy=/file/$published_copy
    mkdir -p "$(dirname "$work/root$published_copy")"
    curl -s -o "$work/root$published_copy" "$linked$published"
    published_kilobytes=$(wc -c <"$work/root$published_copy" | awk '{ printf "%.1f", $1 / 1024 }')
    check_published "$linked$published" "$linked$published_copy" &&
        check_published "$stat_cached$published" "$stat_cached$published_copy"
}

measure_published()
{
    say 'published pictures'
    linked=http://127.0.0.1:$port_linked stat_cached=http://127.0.0.1:$port_stat_cached
    nginx_linked=http://127.0.0.1:$port_nginx_linked nginx_plain=http://127.0.0.1:$port_nginx_plain
    start_origin
    start_published_lighttpd && publish_picture || return 1
    published_all='published published_file cached_published cached_file published_worker'
    if have nginx; then
        start_published_nginx &&
            check_published "$nginx_linked$published" "$nginx_plain$published_copy" &&
            check_published "$nginx_linked$published" "$nginx_plain$published_cached" || return 1
        published_all="$published_all nginx_published nginx_file nginx_cached"
    fi
    # Unquoted: names.
    compare 1 $published_all || return 1
    : >"$samples"
    compare $rounds $published_all || return 1
    row "published hit, $published_kilobytes KB, lighttpd; its own static file" published \
        published_file 1 /s 1 'at least' 0.97
    row '— the same with the stat cache on' cached_published cached_file 1 /s 1 '' ''
    row 'published hit, lighttpd; FastCGI hit' published published_worker 1 /s 1 '' ''
    if ! have nginx; then
        skipped 'published hit, nginx' 'no nginx'
        return 0
    fi
    row 'published hit, lighttpd; nginx proxy_cache hit' published nginx_cached 1 /s 1 '' ''
    row "published hit, $published_kilobytes KB, nginx; its own static file" nginx_published \
        nginx_file 1 /s 1 'at least' 0.97
    row '— ; nginx proxy_cache hit' nginx_published nginx_cached 1 /s 1 'at least' 1.2
}
