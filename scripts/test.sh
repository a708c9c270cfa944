#!/bin/sh
# Every test that `make check` has left out, in two rows side by side: most of them wait more than they compute. The browsers'
# row is printed when it is over. Give it the marks of the quick tests, which have been run.
set -eu
cd "$(dirname "$0")/.."

quick=$1
pytest=.venv/bin/pytest
log=.venv/browsers.log

$pytest --durations=5 tests/e2e >"$log" 2>&1 &
browsers=$!
trap 'kill "$browsers" 2>/dev/null || :' EXIT
trap 'exit 130' INT TERM

printf '%s\n' 'test 1/3  the slow ones of unit and protocol (beside it: browsers)'
failed=0
$pytest -m "not ($quick)" tests/unit tests/protocol || failed=1
printf '%s\n' 'test 2/3  contract, hostile, integration, policy and simulation'
$pytest --durations=10 --ignore=tests/unit --ignore=tests/protocol --ignore=tests/e2e || failed=1
printf '%s\n' 'test 3/3  browsers'
wait "$browsers" || failed=1
trap - EXIT
cat "$log"
exit "$failed"
