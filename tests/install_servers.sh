#!/bin/sh
# Installs what the tests start and this machine lacks, from Debian's packages. Does nothing when all is there.
set -eu

lacking=""
need() { # package, then paths or programs of which one must be there
    package=$1
    shift
    for candidate in "$@"; do
        if [ -x "$candidate" ] || command -v "$candidate" >/dev/null 2>&1; then return; fi
    done
    lacking="$lacking $package"
}

need postgresql /usr/lib/postgresql/*/bin/postgres postgres
need redis-server redis-server
need openjdk-17-jre-headless "${JAVA_HOME:-/nonexistent}/bin/java" java
need chromium chromium

[ -n "$lacking" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo"
else
    echo "The tests need programs that are not installed. As root: apt-get install --no-install-recommends$lacking" >&2
    exit 1
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "The tests need programs that are not installed (names of Debian's packages):$lacking" >&2
    exit 1
fi

$as_root apt-get update -qq
# The tests start servers of their own: the package must start none.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod +x "$policy"
    trap '$as_root rm -f "$policy"' EXIT
fi
# shellcheck disable=SC2086  # a list of packages
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $lacking
