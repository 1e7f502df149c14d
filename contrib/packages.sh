# SPDX-License-Identifier: MIT
#
# What the scripts beside this file need, and how each thing is recognised: one
# Debian package a line, with a command, a header, a pkg-config module or a file
# that tells that it is there already, wherever it came from.

packages_build='
gcc                     command gcc
libc6-dev               header  stdio.h
make                    command make
autoconf                command autoconf
automake                command automake
pkg-config              command pkg-config
libfcgi-dev             header  fcgiapp.h
liblmdb-dev             module  lmdb
libcurl4-openssl-dev    module  libcurl
libc-ares-dev           module  libcares
libssl-dev              module  libcrypto
libconfuse-dev          module  libconfuse
libjansson-dev          module  jansson
libexpat1-dev           module  expat
libgraphicsmagick1-dev  module  GraphicsMagick
libwebp-dev             module  libwebpdemux
libexif-dev             module  libexif
liblcms2-dev            module  lcms2
libunistring-dev        header  unigbrk.h
libfreetype-dev         module  freetype2
libharfbuzz-dev         module  harfbuzz
libseccomp-dev          module  libseccomp
libmicrohttpd-dev       module  libmicrohttpd
'

packages_quickstart='
lighttpd                command lighttpd
curl                    command curl
ca-certificates         file    /etc/ssl/certs/ca-certificates.crt
fonts-dejavu-core       file    /usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf
'

packages_check='
libcriterion-dev        module  criterion
lighttpd                command lighttpd
apache2                 command apache2
libapache2-mod-fcgid    file    /usr/lib/apache2/modules/mod_fcgid.so
nginx                   command nginx
spawn-fcgi              command spawn-fcgi
multiwatch              command multiwatch
prometheus              command promtool
varnish                 command varnishtest
postgresql              command pg_createcluster
curl                    command curl
radosgw                 command radosgw
ceph-mon                command ceph-mon
ceph-osd                command ceph-osd
ceph-common             command ceph
fonts-dejavu-core       file    /usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf
fonts-noto-core         file    /usr/share/fonts/truetype/noto/NotoSans-Bold.ttf
fonts-noto-cjk          file    /usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc
fonts-noto-color-emoji  file    /usr/share/fonts/truetype/noto/NotoColorEmoji.ttf
'

# Never installed by a script: what needs one of these says that it was skipped.
packages_optional='
clang                   command clang
'

package_present() # kind name
{
    case $1 in
    command) command -v "$2" >/dev/null 2>&1 ;;
    header)
        for present_dir in /usr/include /usr/include/* /usr/local/include; do
            [ -e "$present_dir/$2" ] && return 0
        done
        return 1
        ;;
    module) pkg-config --exists "$2" >/dev/null 2>&1 ;;
    file) [ -e "$2" ] ;;
    *) return 1 ;;
    esac
}

# Prints the packages that are missing, separated by blanks.
packages_missing() # list...
{
    printf '%s\n' "$@" | while read -r missing_name missing_kind missing_what; do
        [ -n "$missing_name" ] || continue
        package_present "$missing_kind" "$missing_what" </dev/null || printf '%s ' "$missing_name"
    done
}

# The servers are wanted as programs only. Debian starts and enables what it
# installs, so the start is held back while apt-get runs, and the units of those
# that were not here before are disabled afterwards.
packages_install() # package...
{
    as_root=''
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 ||
            die "these packages are missing, and there is neither root nor sudo to install them: $*"
        as_root='sudo'
    fi
    command -v apt-get >/dev/null 2>&1 ||
        die "these packages are missing, and there is no apt-get here: $*"
    say "installing $*"
    # shellcheck disable=SC2016
    $as_root env DEBIAN_FRONTEND=noninteractive sh -c '
        policy=/usr/sbin/policy-rc.d
        made=no
        # apt-get finishes what it has begun; a signal only ends what follows it.
        trap "" INT TERM HUP
        if [ ! -e "$policy" ]; then
            printf "%s\n" "#!/bin/sh" "exit 101" >"$policy" && chmod 755 "$policy" && made=yes
        fi
        apt-get -q update || echo "apt-get update failed; trying with what is known"
        apt-get -q -y --no-install-recommends install "$@"
        status=$?
        if [ "$made" = yes ]; then
            rm -f "$policy"
            if command -v systemctl >/dev/null 2>&1; then
                for package; do
                    case $package in
                    lighttpd|apache2|nginx|prometheus|varnish|postgresql)
                        systemctl disable "$package" >/dev/null 2>&1
                        ;;
                    ceph-mon|ceph-osd|radosgw)
                        systemctl disable ceph.target ceph-crash.service >/dev/null 2>&1
                        ;;
                    esac
                done
            fi
        fi
        exit "$status"
    ' packages "$@" || die "apt-get could not install: $*"
}

# Installs what is missing of the lists, or says what is and ends.
packages_need() # yes|no (may install) list...
{
    need_install=$1
    shift
    # shellcheck disable=SC2046
    set -- $(packages_missing "$@")
    [ $# -gt 0 ] || return 0
    [ "$need_install" = yes ] ||
        die "missing, and --no-install was given: $*
  as root: apt-get install --no-install-recommends $*"
    packages_install "$@"
}
