#!/usr/bin/env bash
# Runs the tests of packages under the race detector. In a bubble of testing/synctest
# the detector now and then ends the process by a check of its own
# (https://go.dev/issue/78156). Packages that ended so, and failed in nothing else,
# run once more; whatever else fails, fails.
set -uo pipefail

output=$(mktemp)
trap 'rm -f "$output"' EXIT

run() {
  "${GO:-go}" test -race -shuffle=on -timeout 14m -p 2 "$@" 2>&1 | tee "$output"
}

run "$@" && exit
again=$(awk -F '\t' '
  /^ThreadSanitizer: CHECK failed/ { detector = 1 }
  /^ *--- FAIL|^panic: |^fatal error: |^WARNING: DATA RACE/ { own = 1 }
  /^(ok  |\?   |FAIL)\t/ {
    if ($1 == "FAIL" && detector && !own) print $2
    else if ($1 == "FAIL") failed = 1
    detector = own = 0
  }
  END { exit failed }
' "$output") || exit 1
[ -n "$again" ] || exit 1
echo "The race detector itself failed; once more:"
run $again
