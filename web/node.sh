# Sourced, with $web_folder set, by the scripts that need Node. find_node WORK_FOLDER sets $node to one new enough
# for Vite 8 and defines npm_of_node, its npm. The system's own is taken when it will do, else Node 22 from npm goes
# into the work folder (Debian 12 has 18).
node_sources=$web_folder/node
least_major=22
least_minor=12

say() { printf 'web: %s\n' "$*"; }
fail() { say "$*" >&2; exit 1; }

new_enough() {
    version=$("$1" --version 2>/dev/null) || return 1
    version=${version#v}
    major=${version%%.*}
    rest=${version#*.}
    minor=${rest%%.*}
    [ "$major" -gt "$least_major" ] || { [ "$major" -eq "$least_major" ] && [ "$minor" -ge "$least_minor" ]; }
}

# install FOLDER WHAT NPM...: npm ci, once per lock file.
install() {
    folder=$1
    what=$2
    shift 2
    sum=$(sha256sum "$folder/package-lock.json" | cut -d' ' -f1)
    if [ "$(cat "$folder/node_modules/.installed" 2>/dev/null)" != "$sum" ]; then
        say "installing $what with npm"
        (cd "$folder" && "$@" ci --no-audit --no-fund --loglevel=error) || fail "npm could not install $what"
        printf '%s\n' "$sum" >"$folder/node_modules/.installed"
    fi
}

# An npm must run on the Node it installs for: it leaves out native packages that its own Node is too old for.
find_node() {
    command -v npm >/dev/null ||
        fail "npm is missing; install it (Debian: apt-get install npm) or configure with -DLADESTROM_WEB=OFF"
    if new_enough node; then
        node=$(command -v node)
        npm_of_node() { npm "$@"; }
        return
    fi
    own=$1/node
    mkdir -p "$own"
    cp "$node_sources/package.json" "$node_sources/package-lock.json" "$node_sources/.npmrc" "$own/"
    install "$own" "Node 22" npm
    node=
    for found in "$own"/node_modules/node-linux-*/bin/node; do
        new_enough "$found" && node=$found
    done
    [ -n "$node" ] || fail "Node $least_major.$least_minor or newer is needed and npm has none for $(uname -m); configure with -DLADESTROM_WEB=OFF"
    npm_of_node() { "$node" "$own/node_modules/npm/bin/npm-cli.js" "$@"; }
}
