#!/usr/bin/env bash
# Installs what Exeunt is built and tested with, and says what it does and why.
#
#   scripts/setup.sh          what `make run` needs: wasm target, cargo-leptos, wasm-bindgen, wasm-opt
#   scripts/setup.sh test     the same, and what `make test` needs besides: Chromium, nginx, PostgreSQL, Redis and the
#                             Playwright packages
#
# May be run again at any time: what is there already is kept. Each tool is made in a temporary folder and moved to its
# place in one step, so an interrupted run leaves nothing half-installed. Everything lands below $SETUP_TOOLS
# (default ~/.cache/exeunt), except the wasm target, which belongs to the Rust toolchain, and Debian packages.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
# shellcheck source=scripts/env.sh
. "$here/env.sh"

say() { printf 'setup: %s\n' "$*"; }
fail() {
  printf 'setup: %s\n' "$1" >&2
  printf 'setup: to mend it: %s\n' "$2" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

mkdir -p "$SETUP_TOOLS/bin"
scratch=$(mktemp -d "$SETUP_TOOLS/.new.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

# Debian's package manager, when we may use it. Empty elsewhere.
apt=()
if have apt-get; then
  if [ "$(id -u)" = 0 ]; then apt=(apt-get); elif sudo -n true 2>/dev/null; then apt=(sudo apt-get); fi
fi
apt_updated=
apt_install() {
  [ ${#apt[@]} -gt 0 ] || return 1
  if [ -z "$apt_updated" ]; then "${apt[@]}" update -qq >/dev/null || true; apt_updated=1; fi
  DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y -qq --no-install-recommends "$@" >"$scratch/apt.log" 2>&1 ||
    { tail -5 "$scratch/apt.log" >&2; return 1; }
}
# A package that would start a service: it is installed, and the service is not wanted.
apt_install_stopped() {
  local policy=/usr/sbin/policy-rc.d sudo=()
  [ "$(id -u)" = 0 ] || sudo=(sudo)
  if [ -e "$policy" ]; then apt_install "$@"; return; fi
  printf '#!/bin/sh\nexit 101\n' >"$scratch/policy-rc.d"
  "${sudo[@]}" install -m 755 "$scratch/policy-rc.d" "$policy" || return 1
  local status=0
  apt_install "$@" || status=1
  "${sudo[@]}" rm -f "$policy"
  if have systemctl; then "${sudo[@]}" systemctl disable --now "$@" >/dev/null 2>&1 || true; fi
  return "$status"
}

# ---- Rust and a C compiler (SQLite and the TLS library are built from C) -------------------------------------------
have cargo || fail "Rust is not installed" "install it from https://rustup.rs, open a new shell and run this again"
if ! have cc; then
  say "installing a C compiler (SQLite and the TLS library are C)"
  apt_install gcc libc6-dev || fail "no C compiler" "install gcc or clang (Debian: apt-get install build-essential)"
fi

# ---- the wasm target -----------------------------------------------------------------------------------------------
wasm_std() { [ -n "$(find "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib" -name 'libstd-*.rlib' -print -quit 2>/dev/null)" ]; }

# Where rustup's server cannot be reached, Debian's own compiler carries the sources to build the target from. That
# compiler then builds everything, so that there is only one: a standard library is tied to the compiler it was built by.
wasm_std_from_debian() {
  say "rustup cannot fetch the wasm target; building it from Debian's Rust sources (about 2 minutes, once)"
  apt_install rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web || return 1
  local llvm rust lib
  llvm=$(/usr/bin/rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
  apt_install "lld-$llvm" || return 1
  rust=$(/usr/bin/rustc --print sysroot)
  lib=$rust/lib/rustlib/wasm32-unknown-unknown/lib
  cat >"$scratch/toolchain.env" <<ENV
export RUSTUP_TOOLCHAIN=exeunt-web
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$(command -v "wasm-ld-$llvm")
ENV
  if have rustup; then rustup toolchain link exeunt-web /usr; else PATH=/usr/bin:$PATH; fi
  # shellcheck disable=SC1091
  . "$scratch/toolchain.env"
  if ! wasm_std; then
    mkdir -p "$scratch/empty/src"
    printf '[package]\nname = "empty"\nedition = "2021"\n' >"$scratch/empty/Cargo.toml"
    printf '#![no_std]\n' >"$scratch/empty/src/lib.rs"
    (cd "$scratch/empty" && RUSTC_BOOTSTRAP=1 cargo build -q -Z build-std=std,panic_abort \
      --target wasm32-unknown-unknown --release) || return 1
    mkdir -p "$scratch/std"
    cp "$scratch"/empty/target/wasm32-unknown-unknown/release/deps/*.rlib "$scratch/std/"
    rm -f "$scratch"/std/libempty*
    local sudo=(); [ "$(id -u)" = 0 ] || sudo=(sudo)
    "${sudo[@]}" mkdir -p "$(dirname "$lib")"
    "${sudo[@]}" rm -rf "$lib" "$lib.new"
    "${sudo[@]}" cp -r "$scratch/std" "$lib.new"
    "${sudo[@]}" mv "$lib.new" "$lib"
  fi
  mv "$scratch/toolchain.env" "$SETUP_TOOLS/toolchain.env"
}

if wasm_std; then
  say "wasm target: present"
else
  say "wasm target: asking rustup for it (the browser part is WebAssembly)"
  if ! { have rustup && timeout 300 rustup target add wasm32-unknown-unknown >"$scratch/rustup.log" 2>&1; }; then
    rm -f "$SETUP_TOOLS/toolchain.env"
    wasm_std_from_debian || fail "the wasm target could not be installed" \
      "run 'rustup target add wasm32-unknown-unknown' with access to the network, then run this again"
  fi
  wasm_std || fail "the wasm target is still missing" "run 'rustup target add wasm32-unknown-unknown' and look at its message"
fi

# ---- cargo tools ---------------------------------------------------------------------------------------------------
# First with the crate's own lock file; where that names something withdrawn (wasm-bindgen-cli 0.2.130), without it.
# Some locked dependencies of cargo-leptos ask for a newer compiler than they need, hence --ignore-rust-version.
cargo_install() {
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=64 CARGO_PROFILE_RELEASE_OPT_LEVEL=0 \
    CARGO_PROFILE_RELEASE_DEBUG=false CARGO_TARGET_DIR="$SETUP_TOOLS/build" \
    cargo install --quiet --ignore-rust-version "$@" 2>>"$scratch/cargo.log"
}
# crate version binary release-asset-url [cargo install flags]: a published build where the net allows, else from source.
# Their speed does not matter to us, so they are built without optimisation: a third of the time.
cargo_tool() {
  local crate=$1 version=$2 binary=$3 url=$4; shift 4
  local home=$SETUP_TOOLS/$crate-$version
  if [ -x "$home/bin/$binary" ]; then say "$crate $version: present"; return; fi
  mkdir -p "$scratch/$crate/bin"
  say "$crate $version: fetching a published build"
  if have curl && curl -fsSL --connect-timeout 10 --max-time 180 "$url" 2>/dev/null | tar -xz -C "$scratch/$crate" 2>/dev/null &&
    find "$scratch/$crate" -name "$binary" -type f -exec mv {} "$scratch/$crate/bin/$binary" \; 2>/dev/null &&
    "$scratch/$crate/bin/$binary" --version 2>/dev/null | grep -qF "$version"; then
    :
  else
    say "$crate $version: none to be had, building it (a few minutes, once)"
    rm -rf "${scratch:?}/$crate"
    cargo_install "$crate@$version" --root "$scratch/$crate" --locked "$@" ||
      cargo_install "$crate@$version" --root "$scratch/$crate" "$@" ||
      { tail -20 "$scratch/cargo.log" >&2; fail "$crate $version could not be installed" "run 'cargo install $* $crate@$version' and look at its message"; }
  fi
  mv "$scratch/$crate" "$home"
}

lock_version() { awk -v crate="\"$1\"" '$1=="name" && $3==crate {getline; gsub(/"/,"",$3); print $3; exit}' "$root/Cargo.lock"; }
platform() { # as the published builds name it
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) echo "x86_64-unknown-linux-$1" ;; Linux-aarch64) echo "aarch64-unknown-linux-$1" ;;
    Darwin-arm64) echo aarch64-apple-darwin ;; Darwin-x86_64) echo x86_64-apple-darwin ;; *) echo none ;;
  esac
}

# The command-line tool must be of exactly the version of the library in Cargo.lock.
bindgen=$(lock_version wasm-bindgen)
[ -n "$bindgen" ] || fail "Cargo.lock names no wasm-bindgen" "restore Cargo.lock from version control"
cargo_tool wasm-bindgen-cli "$bindgen" wasm-bindgen \
  "https://github.com/wasm-bindgen/wasm-bindgen/releases/download/$bindgen/wasm-bindgen-$bindgen-$(platform musl).tar.gz"
leptos=0.3.11
cargo_tool cargo-leptos "$leptos" cargo-leptos \
  "https://github.com/leptos-rs/cargo-leptos/releases/download/v$leptos/cargo-leptos-$(platform gnu).tar.gz" \
  --features no_downloads
rm -rf "$SETUP_TOOLS/build"

# ---- wasm-opt, from the npm package binaryen -----------------------------------------------------------------------
have npm || { say "installing Node.js (wasm-opt and the browser tests run on it)"; apt_install nodejs npm; } ||
  fail "Node.js is not installed" "install Node.js 20 or newer from https://nodejs.org"
# Debian 12 carries Node.js 18; the browser tests need 20. The npm package `node` is Node.js itself.
node_new=22
if [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
  if [ ! -x "$SETUP_TOOLS/node-$node_new/node_modules/.bin/node" ]; then
    say "Node.js is older than 20: installing $node_new beside it"
    mkdir "$scratch/node"
    npm install --silent --no-fund --no-audit --prefix "$scratch/node" "node@$node_new" >/dev/null ||
      fail "Node.js 20 or newer could not be installed" "install it from https://nodejs.org"
    mv "$scratch/node" "$SETUP_TOOLS/node-$node_new"
  fi
  ln -sfn "$SETUP_TOOLS/node-$node_new/node_modules/.bin/node" "$SETUP_TOOLS/bin/node"
fi
binaryen=132.0.0
if [ -f "$SETUP_TOOLS/binaryen-$binaryen/package.json" ]; then
  say "wasm-opt (binaryen $binaryen): present"
else
  say "wasm-opt (binaryen $binaryen): installing (it makes the wasm file a third smaller)"
  mkdir "$scratch/binaryen"
  npm install --silent --no-fund --no-audit --prefix "$scratch/binaryen" "binaryen@$binaryen" >/dev/null ||
    fail "wasm-opt could not be installed" "run 'npm install binaryen@$binaryen' and look at its message"
  [ -f "$scratch/binaryen/package.json" ] || printf '{}\n' >"$scratch/binaryen/package.json"
  mv "$scratch/binaryen" "$SETUP_TOOLS/binaryen-$binaryen"
fi

ln -sfn "$SETUP_TOOLS/wasm-bindgen-cli-$bindgen/bin/wasm-bindgen" "$SETUP_TOOLS/bin/wasm-bindgen"
ln -sfn "$SETUP_TOOLS/cargo-leptos-$leptos/bin/cargo-leptos" "$SETUP_TOOLS/bin/cargo-leptos"
ln -sfn "$SETUP_TOOLS/binaryen-$binaryen/node_modules/.bin/wasm-opt" "$SETUP_TOOLS/bin/wasm-opt"

# ---- for the tests: a browser, a proxy, a database and the Playwright packages -------------------------------------
if [ "${1:-}" = test ]; then
  if have chromium || have chromium-browser || have google-chrome; then
    say "Chromium: present"
  else
    say "Chromium: installing (the end-to-end tests drive a real browser)"
    apt_install chromium fonts-dejavu-core || fail "Chromium is not installed" "install Chromium or Chrome so that 'chromium' or 'google-chrome' is on PATH"
  fi
  if PATH=$PATH:/usr/sbin have nginx; then
    say "nginx: present"
  else
    say "nginx: installing (the end-to-end tests put a real proxy in front of the app)"
    apt_install nginx-light || fail "nginx is not installed" "install nginx so that 'nginx' is on PATH"
  fi
  # Its programs are seldom on PATH; the tests look for them in the same places.
  postgresql() {
    local bin
    for bin in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin "$(pg_config --bindir 2>/dev/null || true)"; do
      if [ -x "$bin/initdb" ] && [ -x "$bin/postgres" ]; then return 0; fi
    done
    return 1
  }
  if postgresql; then
    say "PostgreSQL: present"
  else
    say "PostgreSQL: installing (the tests of its store start a server of their own, in a temporary folder)"
    apt_install_stopped postgresql && postgresql || fail "PostgreSQL is not installed" "install the server of PostgreSQL 14 or newer, so that 'pg_config --bindir' names the folder of initdb and postgres"
  fi
  if have redis-server; then
    say "redis-server: present"
  else
    say "redis-server: installing (the tests of the Redis store start servers of their own)"
    apt_install_stopped redis-server || fail "redis-server is not installed" "install Redis 7 or newer so that 'redis-server' is on PATH"
  fi
  say "end2end packages: npm ci"
  (cd "$root/end2end" && npm ci --silent --no-fund --no-audit) ||
    fail "the packages of end2end could not be installed" "run 'npm ci' in end2end and look at its message"
fi
say "done"
