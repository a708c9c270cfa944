#!/bin/sh
# Installs the Debian packages that the tests use: a browser, a TURN server, network namespaces and their firewall.
# As root or with sudo it installs what is lacking; otherwise it says what is lacking, and those tests are skipped.
set -eu
cd "$(dirname "$0")/.."

wanted="chromium coturn haproxy iproute2 nftables libnss3-tools postgresql"

if ! command -v dpkg-query >/dev/null 2>&1; then
    printf 'tests: this is not Debian; for the whole suite install by your own means: %s\n' "$wanted"
    exit 0
fi

lacking=""
for package in $wanted; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || lacking="$lacking $package"
done
[ -n "$lacking" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo"
else
    printf 'tests: lacking%s; tests that need them are skipped. To have them: sudo apt-get install%s\n' "$lacking" "$lacking"
    exit 0
fi

printf 'tests: installing%s (a browser is among them: a minute or so)\n' "$lacking"
mkdir -p .cache
log=.cache/debian.log
# Nothing installed here should start as a service: each test starts its own, on its own ports.
if ! { $as_root apt-get -q update &&
    $as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
        apt-get -q -y --no-install-recommends install $lacking; } >"$log" 2>&1 </dev/null; then
    tail -n 30 "$log" >&2
    printf 'tests: apt-get failed; what it said stands above\n' >&2
    exit 1
fi
