#!/bin/sh
# Builds or tests the dashboard outside the source tree: build.sh build|test WORK_FOLDER [DIST_FOLDER]
set -eu

job=$1
work=$2
dist=${3:-$work/dist}
web_folder=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$web_folder/node.sh"

mkdir -p "$work"
find_node "$work"

# A copy of the sources: two build folders never meet, and the source tree stays clean.
app=$work/app
mkdir -p "$app"
rm -rf "$app/src" "$app/public" "$app/scripts"
(cd "$web_folder/csms" && tar -cf - --exclude=node_modules --exclude=dist --exclude=src/generated .) |
    (cd "$app" && tar -xf -)
install "$app" "the dashboard's packages" npm_of_node
cd "$app"
LADESTROM_SOURCE=$(dirname "$web_folder")
export LADESTROM_SOURCE
"$node" scripts/generate.mjs

case $job in
build)
    "$node" node_modules/typescript/bin/tsc --noEmit
    "$node" node_modules/vite/bin/vite.js build --logLevel warn --emptyOutDir --outDir "$dist"
    "$node" scripts/sizes.mjs "$dist"
    ;;
test)
    "$node" node_modules/vitest/vitest.mjs run
    ;;
*)
    fail "unknown job $job: build or test"
    ;;
esac
