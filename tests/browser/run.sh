#!/bin/sh
# Runs the browser tests against built programs: run.sh BIN_FOLDER WORK_FOLDER. Screenshots go to WORK_FOLDER/pictures.
# Needs Debian's chromium; LADESTROM_CHROMIUM names another one. No browser is ever downloaded.
set -eu

bin=$(CDPATH='' cd -- "$1" && pwd)
mkdir -p "$2"
work=$(CDPATH='' cd -- "$2" && pwd)
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
web_folder=$here/../../web
. "$web_folder/node.sh"

chromium=${LADESTROM_CHROMIUM:-/usr/bin/chromium}
[ -x "$chromium" ] || fail "$chromium is missing; install it (Debian: apt-get install chromium)"
for program in ladestrom-csms ladestrom-station; do
    [ -x "$bin/$program" ] || fail "$bin/$program is missing; build it first"
done
find_node "$work"
mkdir -p "$work/tests"
cp "$here"/*.mjs "$here"/package.json "$here"/package-lock.json "$here"/.npmrc "$work/tests/"
install "$work/tests" "playwright-core" npm_of_node
cd "$work/tests"
LADESTROM_BIN=$bin LADESTROM_PICTURES=$work/pictures LADESTROM_CHROMIUM=$chromium \
    "$node" --test --test-concurrency=1 --test-reporter=spec dashboard.test.mjs injection.test.mjs
