#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Installs the packages of npm that the tests of clients want, exactly those of the
# lock files. Asks the registry only if they are not there yet.
#
#   sh tests/clients/install.sh DIRECTORY
#
# A personal data server of atproto is the last of them, and large: it is put into
# DIRECTORY/atproto, and its database may have to be compiled, which takes minutes.
set -eu

from=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)

# Into the directory; the packages are built that need it and are named.
install_packages() # lock file's directory, directory, package...
{
    mkdir -p "$2"
    cp "$1"/package.json "$1"/package-lock.json "$2"
    (
        cd "$2"
        shift 2
        cmp -s package-lock.json node_modules/installed.json && exit 0
        npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1
        [ $# -eq 0 ] || npm rebuild "$@"
        cp package-lock.json node_modules/installed.json
    )
}

install_packages "$from" "$1"
install_packages "$from/atproto" "$1/atproto" better-sqlite3
