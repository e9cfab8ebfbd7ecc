#!/usr/bin/env bash
# Checks the dependencies against deny.toml. Known vulnerabilities come from a database that has to be fetched; where it
# cannot be reached, that part is skipped and said to be.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/env.sh
. scripts/env.sh

if ! command -v cargo-deny >/dev/null; then
  echo "audit: installing cargo-deny (a few minutes, once)"
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=64 CARGO_PROFILE_RELEASE_OPT_LEVEL=0 \
    CARGO_TARGET_DIR="$SETUP_TOOLS/build-deny" cargo install --quiet --locked --root "$SETUP_TOOLS" cargo-deny
  rm -rf "$SETUP_TOOLS/build-deny"
fi

# Warnings too: an exception that is no longer needed is to go.
cargo deny check -D warnings bans licenses sources
if cargo deny fetch db >/dev/null 2>&1; then
  cargo deny check -D warnings --disable-fetch advisories
else
  echo "audit: the database of advisories cannot be reached; known vulnerabilities were NOT checked"
fi
