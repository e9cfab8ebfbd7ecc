#!/usr/bin/env bash
# Runs everything that is checked, goes on after a failure, and ends with one line: how much passed and failed. Every test
# counts as one; so does each step that is no test (format, lints, documentation, …). Logs stay in target/test-logs.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
# shellcheck source=scripts/env.sh
. scripts/env.sh
export CARGO_TERM_COLOR=never CARGO_TERM_PROGRESS_WHEN=never
# The release build is looked for in target; see the Makefile.
unset CARGO_TARGET_DIR

logs=target/test-logs
rm -rf "$logs"
mkdir -p "$logs"
passed=0 failed=0 tests=0 steps=0
failures=()

heading() {
  steps=$((steps + 1)) log=$logs/$(printf '%02d' "$steps").log
  printf '\n==== %s (after %d s)\n' "$1" "$SECONDS"
}
fails() { failed=$((failed + $1)); failures+=("$2 (see $log)"); }

# A step that is no test.
step() {
  local name=$1; shift
  heading "$name"
  if "$@" 2>&1 | tee "$log"; then passed=$((passed + 1)); else fails 1 "$name"; fi
}

# The release build uses one core much of the time, so it goes on beside what only compiles. No test runs beside it.
start_release_build() {
  release_build_log=$logs/release-build.log
  # In a process group of its own, so that all of it can be ended.
  set -m
  make --no-print-directory build >"$release_build_log" 2>&1 </dev/null &
  release_build=$!
  set +m
  trap 'kill -TERM -- "-$release_build" 2>/dev/null; wait "$release_build" 2>/dev/null' EXIT
  trap 'exit 130' INT TERM
}
# A step of its own would wait in a pipe, where nobody's children are known.
release_build_step() {
  local status=0
  wait "$release_build" || status=$?
  trap - EXIT INT TERM
  step 'release build' tell_release_build "$status"
}
tell_release_build() { cat "$release_build_log"; return "$1"; }

# A run of Rust tests: counts what its `test result:` lines say. Returns 1 if it could not even be built.
rust_tests() {
  local name=$1 status=0 good bad; shift
  heading "$name"
  "$@" 2>&1 | tee "$log" || status=1
  read -r good bad < <(awk '/^test result: / { good += $4; bad += $6 } END { print good + 0, bad + 0 }' "$log")
  passed=$((passed + good)) tests=$((tests + good + bad))
  if [ "$bad" -gt 0 ]; then
    fails "$bad" "$name: $bad of $((good + bad)) tests"
  elif [ "$status" != 0 ]; then
    [ $((good + bad)) -gt 0 ] || return 1
    # A test program that crashed reports no test.
    fails 1 "$name: ended before its time"
  fi
}

# Asking for all packages at once gives every dependency one set of features, so it is built once.
packages=(-p server -p exeunt -p exeunt-dev-provider -p app -p exeunt-leptos)
features=(--features exeunt-dev-provider/script,app/ssr,exeunt-leptos/exeunt)

lock_file() {
  cargo metadata --locked --format-version 1 >"$logs/metadata.json" && echo 'the lock file is that of the manifests'
}

# What must never reach the browser, by the names of the crates.
wasm_guard() {
  local tree
  tree=$(cargo tree --locked -p frontend --features split --target wasm32-unknown-unknown -e normal --prefix none) || return 1
  if printf '%s\n' "$tree" | grep -E '^(tokio|mio|reqwest|openidconnect|redis|rusqlite|sqlx|tokio-postgres|axum|tower-sessions)(-[a-z-]+)? v'; then
    echo "the browser part must not depend on these"
    return 1
  fi
  echo "nothing of the server is in the browser part"
}

# The scripted provider misbehaves on demand.
script_guard() {
  local tree
  tree=$(cargo tree --locked -p server -e normal,features --prefix none) || return 1
  if printf '%s\n' "$tree" | grep -F 'exeunt-dev-provider feature "script"'; then
    echo "the server must not contain the scripted provider"
    return 1
  fi
  echo "the server does not contain the scripted provider"
}

browser_tests() {
  local name='browser tests' report=$PWD/$logs/browser.json status=0 good bad
  heading "$name"
  (cd end2end && PLAYWRIGHT_JSON_OUTPUT_NAME=$report npx --no-install playwright test --reporter=list,json) 2>&1 |
    tee "$log" || status=1
  # A test that passed only at a second try is a failed one.
  read -r good bad < <(node -e '
    const { stats, errors } = JSON.parse(require("fs").readFileSync(process.argv[1]));
    console.log(stats.expected, stats.unexpected + stats.flaky + errors.length);
  ' "$report" 2>/dev/null || echo '0 0')
  passed=$((passed + good)) tests=$((tests + good + bad))
  if [ "$bad" -gt 0 ]; then
    fails "$bad" "$name: $bad of $((good + bad))"
  elif [ "$status" != 0 ] || [ "$good" = 0 ]; then
    fails 1 "$name: could not run"
  fi
}

step 'set-up' scripts/setup.sh test
# It may have installed what these lines look for.
. scripts/env.sh
# Before anything could write it anew.
step 'lock file' lock_file
start_release_build
step 'format' cargo fmt --all --check
# The bench is checked here and run by `make bench` alone.
step 'lints' cargo clippy --locked "${packages[@]}" -p exeunt-bench --all-targets "${features[@]}" -- -D warnings
step 'lints, browser part' cargo clippy --locked -p frontend --target wasm32-unknown-unknown -- -D warnings
step 'lints, browser part divided' \
  cargo clippy --locked -p frontend --features split --target wasm32-unknown-unknown -- -D warnings
# A workspace of its own, which nothing above looks at. Running it needs a nightly compiler; building it does not.
step 'fuzz target' cargo check --locked --manifest-path server/auth/fuzz/Cargo.toml --target-dir target/fuzz
step 'browser part: dependencies' wasm_guard
step 'server: dependencies' script_guard
RUSTDOCFLAGS='-D warnings' step 'documentation' cargo doc --locked --no-deps "${packages[@]}" "${features[@]}"
# What does not compile is told by the tests themselves.
heading 'building the tests'
cargo test --locked --no-run "${packages[@]}" "${features[@]}" 2>&1 | tee "$log"
release_build_step
if ! rust_tests 'tests' cargo test --locked --no-fail-fast "${packages[@]}" "${features[@]}"; then
  # Something does not compile. One package at a time, the others can still be tested.
  rust_tests 'tests: server' cargo test --locked --no-fail-fast -p server || fails 1 'tests: server do not build'
  rust_tests 'tests: exeunt' cargo test --locked --no-fail-fast -p exeunt || fails 1 'tests: exeunt do not build'
  for package in exeunt-dev-provider:script app:ssr exeunt-leptos:exeunt; do
    rust_tests "tests: ${package%:*}" cargo test --locked --no-fail-fast -p "${package%:*}" --features "${package#*:}" ||
      fails 1 "tests: ${package%:*} do not build"
  done
fi
step 'size of the browser part' node scripts/bundle-size.mjs
browser_tests

if [ "$tests" = 0 ]; then fails 1 'no test ran at all'; fi
if [ "${#failures[@]}" -gt 0 ]; then
  printf '\n==== failed\n'
  printf '  %s\n' "${failures[@]}"
fi
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
