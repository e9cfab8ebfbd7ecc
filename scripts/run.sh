#!/usr/bin/env bash
# Starts the release build as an operator would: with its own settings and nothing else from this shell. In particular
# no LEPTOS_OUTPUT_NAME or the like, which the program must do without.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

settings=()
while IFS= read -r -d '' pair; do
  case $pair in
    EXEUNT_* | LEPTOS_SITE_* | KAMIWAZA_* | RUST_LOG=*) settings+=("$pair") ;;
  esac
done < <(env -0)
exec env -i PATH="$PATH" HOME="${HOME:-/}" ${settings[@]+"${settings[@]}"} target/release/server "$@"
