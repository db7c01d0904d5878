#!/usr/bin/env bash
# The web app's part of `make lint`, `make test` and `make bench`. Everything is run also where something before it failed. What cannot
# be run here is told to the file NOT_RUN_LIST, else printed, and is a failure with CI=true.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

failed=0

not_run() {
    echo "NOT RUN: $1 ($2)" >>"${NOT_RUN_LIST:-/dev/stdout}"
    [ "${CI:-}" != true ] || failed=1
}

has_chromium() {
    local install="apt-get -q -o DPkg::Lock::Timeout=120 install -y --no-install-recommends chromium"
    [ -x "${CHROME_PATH:-/usr/bin/chromium}" ] && return
    [ "$(id -u)" = 0 ] && command -v apt-get || return
    export DEBIAN_FRONTEND=noninteractive
    $install || { apt-get -q update && $install; } # the lists of a fresh machine are empty or old
} >/dev/null

in_browser() {
    if has_chromium; then
        "$@" || failed=1
    else
        not_run "the web app in a browser" "Chromium is missing: apt-get install chromium, or name it in CHROME_PATH"
    fi
}

if ! scripts/has-node.sh; then
    not_run "the web app" "it needs Node.js 20.19 or newer"
    exit $failed
fi
make -s -C .. frontend/node_modules/.package-lock.json || exit
case $1 in
    lint)
        npm run -s lint || failed=1
        node scripts/audit.mjs || failed=1
        ;;
    test)
        npm run -s lint || failed=1
        npm test -s || failed=1
        in_browser npm run -s e2e
        ;;
    bench) in_browser npm run -s bench ;;
esac
exit $failed
