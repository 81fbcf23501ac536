#!/bin/sh
# Builds or tests the dashboard outside the source tree: build.sh build|test WORK_FOLDER [DIST_FOLDER]
# Takes Node 22 from npm when the system's Node is older (Debian 12 has 18, on which Vite 8 does not run).
set -eu

job=$1
work=$2
dist=${3:-$work/dist}
web=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
least_major=22
least_minor=12

say() { printf 'dashboard: %s\n' "$*"; }
fail() { say "$*" >&2; exit 1; }

command -v npm >/dev/null || fail "npm is missing; install it (Debian: apt-get install npm) or configure with -DLADESTROM_WEB=OFF"
mkdir -p "$work"

new_enough() {
    version=$("$1" --version 2>/dev/null) || return 1
    version=${version#v}
    major=${version%%.*}
    rest=${version#*.}
    minor=${rest%%.*}
    [ "$major" -gt "$least_major" ] || { [ "$major" -eq "$least_major" ] && [ "$minor" -ge "$least_minor" ]; }
}

# install FOLDER NAME NPM...: npm ci, once per lock file.
install() {
    stamp=$1/node_modules/.installed
    sum=$(sha256sum "$1/package-lock.json" | cut -d' ' -f1)
    if [ "$(cat "$stamp" 2>/dev/null)" != "$sum" ]; then
        folder=$1
        what=$2
        shift 2
        say "installing $what with npm"
        (cd "$folder" && "$@" ci --no-audit --no-fund --loglevel=error) || fail "npm could not install $what"
        printf '%s\n' "$sum" >"$stamp"
    fi
}

# The npm that comes with a Node must run on it: npm leaves out native packages that its own Node is too old for.
if new_enough node; then
    node=$(command -v node)
    npm_of_node() { npm "$@"; }
else
    mkdir -p "$work/node"
    cp "$web/node/package.json" "$web/node/package-lock.json" "$web/node/.npmrc" "$work/node/"
    install "$work/node" "Node 22" npm
    node=
    for found in "$work"/node/node_modules/node-linux-*/bin/node; do
        new_enough "$found" && node=$found
    done
    [ -n "$node" ] || fail "Node $least_major.$least_minor or newer is needed and npm has none for $(uname -m); configure with -DLADESTROM_WEB=OFF"
    npm_of_node() { "$node" "$work/node/node_modules/npm/bin/npm-cli.js" "$@"; }
fi

# A copy of the sources: two build folders never meet, and the source tree stays clean.
app=$work/app
mkdir -p "$app"
rm -rf "$app/src" "$app/public" "$app/scripts"
(cd "$web/csms" && tar -cf - --exclude=node_modules --exclude=dist --exclude=src/generated .) | (cd "$app" && tar -xf -)
install "$app" "the dashboard's packages" npm_of_node
cd "$app"
LADESTROM_SOURCE=$(dirname "$web")
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
