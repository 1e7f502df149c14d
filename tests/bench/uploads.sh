# SPDX-License-Identifier: MIT
#
# Uploads: how many a second, each on disk before it is acknowledged, and what a large one
# adds to a worker's memory while it comes in. Read by run.sh.

uploads_key=0123456789abcdef-bench

uploads_large=10485760

# Every upload is of other bytes, and somebody else's.
run_upload()
{
    load 4 -s "$source_dir/upload.lua" "http://127.0.0.1:$port_uploads/avatars/" -- \
        "$work/upload.jpg" $uploads_key $unique_first
}

uploads_send() # file id
{
    uploads_status=$(curl -s -o /dev/null -w '%{http_code}' -T "$1" \
        -H "Authorization: Bearer $uploads_key" "http://127.0.0.1:$port_uploads/avatars/$2")
    [ "$uploads_status" = 200 ] || {
        echo "bench: an upload was answered $uploads_status" >&2
        return 1
    }
}

# What it adds to a worker that has taken smaller ones already: when all but the end has come,
# afterwards, and at the worst moment. Asked without lighttpd, which would collect it first.
run_upload_memory()
{
    memory_worker=$(cat "/proc/$uploads_pool/task/$uploads_pool/children")
    memory_worker=${memory_worker%% *}
    for memory_i in 1 2 3; do
        uploads_send "$work/upload.jpg" "warm$memory_i" || return 1
    done
    "$programs/bench-upload-memory" "$work/uploads.sock" "$memory_worker" \
        "/avatars/large$unique_first" $uploads_key "$work/upload.large"
}

start_uploads() # workers
{
    start_workers uploads "$1"
    uploads_pool=${pids##* }
    start_lighttpd_with uploads "$port_uploads" <<END
$(lighttpd_shared / uploads)
END
    # Answered with 200 whether there is one or not.
    await "http://127.0.0.1:$port_uploads/there/nobody" uploads
}

measure_uploads()
{
    say 'uploads'
    printf '%s\n' $uploads_key >"$work/upload.keys"
    chmod 600 "$work/upload.keys"
    "$programs/bench-draw" 396 396 >"$work/upload.jpg" || return 1
    { cat "$work/upload.jpg" && head -c $uploads_large /dev/zero; } |
        head -c $uploads_large >"$work/upload.large" || return 1
    visage_conf uploads '' 512M 1 'preset avatar { width = 256 height = 256 }' \
        "source users { type = store writers = {api-key} api_key_file = \"$work/upload.keys\" }" \
        'rest avatars { path = "/avatars/{id}" source = users preset = avatar methods = {GET, PUT} }' \
        "rest there { path = \"/there/{id}\" source = users answers = exists exists_body = '{exists}' }"
    : >"$samples"
    start_uploads 1 || return 1
    uploads_lighttpd=$pid_lighttpd
    compare $fewer_rounds upload_memory || return 1
    stop "$uploads_lighttpd"
    stop "$uploads_pool"
    start_uploads 2 || return 1
    compare $rounds upload || return 1
    row "uploads of $(wc -c <"$work/upload.jpg" | awk '{ printf "%.0f", $1 / 1024 }') KB, each synced" \
        upload '' 1 /s 1 '' ''
    row 'private memory that a 10 MiB upload adds to a worker, at 99 % of it' upload_memory '' 1 KB 1 \
        'at most' 256
    row '— once it is answered' upload_memory '' 2 KB 1 'at most' 256
    row '— resident, the most at any moment' upload_memory '' 3 KB 1 'at most' 256
    stop "$pid_lighttpd"
    stop "$uploads_pool"
    rm -f "$work/upload.large"
}
