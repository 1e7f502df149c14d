#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A small Ceph: one monitor, one OSD that keeps everything in memory, and one RADOS
# gateway, on 127.0.0.1, with everything else in a directory.
#
#   sh ceph.sh DIRECTORY MONITOR-PORT GATEWAY-PORT
#
# DIRECTORY is made. DIRECTORY/ready appears once the gateway knows a user (access key
# "visage", secret key "visage/test+secret") and that one's bucket "pictures";
# DIRECTORY/log says what went wrong, DIRECTORY/gateway.pid is a process. It runs until
# it is told to end, and then ends what it has started. Needs no root, and no systemd.

mon_port=$2
gateway_port=$3
patience=120 # seconds for each step: the machine may be busy

umask 077
mkdir "$1" || exit 1
directory=$(CDPATH='' cd -- "$1" && pwd -P) || exit 1
exec >>"$directory/log" 2>&1
cd "$directory" || exit 1

pids=''
finish()
{
    trap '' INT TERM HUP
    for pid in $pids; do
        kill -KILL "$pid" 2>/dev/null
    done
    wait
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

give_up()
{
    echo "ceph.sh: $*"
    exit 1
}

# Repeats a command until it succeeds, as long as everything that was started is alive.
until_it_works() # command...
{
    until_tries=$((patience * 5))
    until "$@"; do
        until_tries=$((until_tries - 1))
        [ "$until_tries" -gt 0 ] || give_up "takes too long: $*"
        # shellcheck disable=SC2086
        kill -0 $pids || give_up "ended: one of $pids"
        sleep 0.2
    done
}

start() # command...
{
    "$@" &
    pids="$pids $!"
}

# Its own files alone: neither /etc/ceph nor what the environment says.
unset CEPH_ARGS CEPH_CONF CEPH_KEYRING
CEPH_CONF=$directory/ceph.conf
export CEPH_CONF

cat >ceph.conf <<END
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon initial members = a
mon host = [v2:127.0.0.1:$mon_port]
public addr = 127.0.0.1
ms bind ipv6 = false
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = $directory/keyring
run dir = $directory
admin socket =
pid file =
crash dir = $directory
log file = $directory/\$name.log
mon cluster log file = $directory/cluster.log
mon data = $directory/mon
mon allow pool size one = true
mon data avail crit = 0
mon data avail warn = 0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd data = $directory/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd class load list = *
osd class default list = *
rgw data = $directory/rgw
rgw frontends = beast endpoint=127.0.0.1:$gateway_port
rgw thread pool size = 16
rgw enable usage log = false
rgw enable gc threads = false
rgw enable lc threads = false
rgw dynamic resharding = false
END

mkdir osd rgw || exit 1
ceph-authtool --create-keyring keyring --gen-key -n mon. --cap mon 'allow *' &&
    ceph-authtool keyring --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' &&
    ceph-authtool keyring --gen-key -n client.rgw.a --cap mon 'allow *' --cap osd 'allow *' &&
    monmaptool --create --fsid "$(ceph-conf -s global --lookup fsid)" \
        --addv a "[v2:127.0.0.1:$mon_port]" monmap &&
    ceph-mon --mkfs -i a --monmap monmap --keyring keyring || give_up 'no monitor'
start ceph-mon -f -i a
until_it_works timeout 10 ceph auth get client.admin

osd_uuid=$(cat /proc/sys/kernel/random/uuid)
osd_key=$(ceph-authtool --gen-print-key)
printf '{"cephx_secret": "%s"}' "$osd_key" >osd.json
ceph osd new "$osd_uuid" -i osd.json &&
    ceph-authtool --create-keyring osd/keyring -n osd.0 -a "$osd_key" &&
    ceph-osd -i 0 --mkfs --osd-uuid "$osd_uuid" --keyring osd/keyring || give_up 'no OSD'
start ceph-osd -f -i 0 --keyring osd/keyring
osd_is_up()
{
    ceph osd stat | grep -q ' 1 up'
}
until_it_works osd_is_up

start radosgw -f -n client.rgw.a
echo "$!" >gateway.pid
gateway_answers()
{
    curl -sf -o /dev/null "http://127.0.0.1:$gateway_port/"
}
until_it_works gateway_answers
until_it_works radosgw-admin user create --uid=visage --display-name=visage \
    --access-key=visage --secret-key=visage/test+secret
until_it_works curl -sf -o /dev/null -X PUT -u visage:visage/test+secret \
    -H "x-amz-content-sha256: UNSIGNED-PAYLOAD" --aws-sigv4 aws:amz:us-east-1:s3 \
    "http://127.0.0.1:$gateway_port/pictures"
echo 'up'
: >ready
wait
