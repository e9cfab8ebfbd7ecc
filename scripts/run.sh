#!/usr/bin/env bash
# Starts the release build as an operator would: with its own settings and nothing else from this shell. In particular
# no LEPTOS_OUTPUT_NAME or the like, which the program must do without.
#
# With PLATFORM=1 a stand-in for a platform is started too, and the app runs behind its gateway.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
program=target/release/server

settings=()
while IFS= read -r -d '' pair; do
  case $pair in
    EXEUNT_* | FORWARDAUTH_* | LEPTOS_SITE_* | KAMIWAZA_* | RUST_LOG=*) settings+=("$pair") ;;
  esac
done < <(env -0)
bare=(env -i PATH="$PATH" HOME="${HOME:-/}")

if [ -z "${PLATFORM:-}" ] || [ "$PLATFORM" = 0 ]; then
  exec "${bare[@]}" ${settings[@]+"${settings[@]}"} "$program" "$@"
fi

# What a platform would tell its extension; what this shell says comes after it, and wins.
path=/runtime/apps/exeunt
told=(
  LEPTOS_SITE_ADDR=127.0.0.1:3002
  KAMIWAZA_API_URL=http://127.0.0.1:3000/api
  KAMIWAZA_PUBLIC_API_URL=http://localhost:3000/api
  KAMIWAZA_APP_PATH="$path"
  FORWARDAUTH_SIGNATURE_SECRET="$("$program" keygen)"
)
settings=("${told[@]}" ${settings[@]+"${settings[@]}"})
upstream=
for pair in "${settings[@]}"; do
  case $pair in LEPTOS_SITE_ADDR=*) upstream=${pair#*=} ;; esac
done
# Whichever ends takes the other with it.
started=()
trap 'kill "${started[@]}" 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM
"${bare[@]}" "${settings[@]}" "$program" stand-in --extension "$path=http://$upstream" &
started+=($!)
"${bare[@]}" "${settings[@]}" "$program" "$@" &
started+=($!)
wait -n
