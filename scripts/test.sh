#!/bin/sh
# Every test that `make check` has left out, in rows side by side: most of them wait more than they compute. The rows beside the
# first are printed when they are over. Give it the marks of the quick tests, which have been run.
set -eu
cd "$(dirname "$0")/.."

quick=$1
pytest=.venv/bin/pytest
browsers_log=.venv/browsers.log hostile_log=.venv/hostile.log
for_everybody='tests/e2e/test_accessible_calls.py tests/e2e/test_accessible_pages.py' # of the browsers', in the shortest row

# shellcheck disable=SC2086 # the names of several files
$pytest --durations=5 $(printf -- '--ignore=%s ' $for_everybody) tests/e2e >"$browsers_log" 2>&1 &
browsers=$!
# shellcheck disable=SC2086
$pytest --durations=5 tests/hostile $for_everybody >"$hostile_log" 2>&1 &
hostile=$!
trap 'kill "$browsers" "$hostile" 2>/dev/null || :' EXIT
trap 'exit 130' INT TERM

printf '%s\n' 'test 1/4  the slow ones of unit and protocol (beside it: browsers, and the hostile coordinator)'
failed=0
$pytest -m "not ($quick)" tests/unit tests/protocol || failed=1
printf '%s\n' 'test 2/4  contract, integration, policy and simulation'
$pytest --durations=10 --ignore=tests/unit --ignore=tests/protocol --ignore=tests/e2e --ignore=tests/hostile || failed=1
printf '%s\n' 'test 3/4  the hostile coordinator, and pages for everybody'
wait "$hostile" || failed=1
cat "$hostile_log"
printf '%s\n' 'test 4/4  browsers'
wait "$browsers" || failed=1
trap - EXIT
cat "$browsers_log"
exit "$failed"
