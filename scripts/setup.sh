#!/bin/sh
# Makes .venv from the locked versions and installs the project in it, editable. Does nothing when nothing changed.
# PYTHON=... chooses the interpreter. Needs Python 3.11 or later with venv, and pip's ordinary way to packages.
set -eu
cd "$(dirname "$0")/.."

venv=.venv
lock=requirements-dev.lock
stamp=$venv/.narvaro-setup
log=$venv/setup.log

say() { printf '%s\n' "$*"; }
fail() { printf 'set-up: %s\n' "$*" >&2; exit 1; }

# What the environment was made from: this place, the locked versions, and how the project is packaged.
fingerprint() { { pwd; cat "$lock" pyproject.toml scripts/setup.sh; } | sha256sum | cut -d' ' -f1; }

usable() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3}; do
        if command -v "$candidate" >/dev/null 2>&1 && usable "$candidate"; then
            say "$candidate"
            return
        fi
    done
    fail "Python 3.11 or later with venv is needed. On Debian: apt-get install python3 python3-venv"
}

want=$(fingerprint)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && "$venv/bin/python" -c '' 2>/dev/null; then
    exit 0
fi

python=$(find_python)
say "set-up 1/4  $("$python" --version)"

if [ -d "$venv" ] && [ "$(cat "$venv/.narvaro-place" 2>/dev/null || pwd)" = "$(pwd)" ] && usable "$venv/bin/python"; then
    say "set-up 2/4  $venv is there"
else
    say "set-up 2/4  making $venv"
    rm -rf "$venv"
    "$python" -m venv "$venv"
fi
pwd >"$venv/.narvaro-place"

# Quietly, into a log; the log is shown when a step fails.
quietly() {
    if ! "$@" >"$log" 2>&1; then
        cat "$log" >&2
        fail "that step failed; what it said stands above"
    fi
}

say "set-up 3/4  installing $(grep -c '==' "$lock") locked packages (about half a minute when cached)"
quietly "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"

say "set-up 4/4  installing narvaro, editable"
quietly "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .

say "$want" >"$stamp"
