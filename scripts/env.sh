# Sourced by the recipes: puts the tools that scripts/setup.sh installed on PATH and, where the wasm target had to be
# built from Debian's sources, selects that compiler. Changes nothing else.
# (Not named EXEUNT_…: those are the settings of the server, which refuses one that it does not know.)
export SETUP_TOOLS="${SETUP_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/exeunt}"
export PATH="$SETUP_TOOLS/bin:$HOME/.cargo/bin:$PATH"
if [ -f "$SETUP_TOOLS/toolchain.env" ]; then
  # shellcheck disable=SC1091
  . "$SETUP_TOOLS/toolchain.env"
fi
