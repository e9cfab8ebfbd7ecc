# Sourced by the recipes: puts the tools that scripts/setup.sh installed on PATH and, where the wasm target had to be
# built from Debian's sources, selects that compiler. Changes nothing else.
export EXEUNT_TOOLS="${EXEUNT_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/exeunt}"
export PATH="$EXEUNT_TOOLS/bin:$HOME/.cargo/bin:$PATH"
if [ -f "$EXEUNT_TOOLS/toolchain.env" ]; then
  # shellcheck disable=SC1091
  . "$EXEUNT_TOOLS/toolchain.env"
fi
