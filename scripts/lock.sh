#!/bin/sh
# Writes the locked versions, with hashes: requirements.lock runs the programs, requirements-dev.lock also tests and
# develops them, at the same versions. Takes seconds when little changed, minutes from nothing.
# UPGRADE=1 takes the newest versions that pyproject.toml allows; without it only what must change does.
set -eu
cd "$(dirname "$0")/.."

compile() {
    .venv/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header --no-annotate \
        --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options "$@" pyproject.toml
}

# No line of a lock may tell where it was made or where packages came from.
check() {
    sed -i '/^#/d; /^$/d' "$1"
    if grep -nE '^-|[/@]' "$1" | grep -v -- '--hash=sha256:[0-9a-f]*'; then
        printf '%s: the lines above name a place; a lock names only versions and hashes\n' "$1" >&2
        exit 1
    fi
}

echo "lock 1/2  requirements-dev.lock"
compile --extra test --extra dev ${UPGRADE:+--upgrade} --output-file requirements-dev.lock
check requirements-dev.lock
echo "lock 2/2  requirements.lock"
compile --constraint requirements-dev.lock --output-file requirements.lock
check requirements.lock
