#!/usr/bin/env bash
# unpack-debian.sh DEST SUITE PROGRAM PACKAGE...
# A program of another Debian suite, for tests: the packages and all they need are unpacked below DEST, and the
# program is pointed at that suite's own loader and libraries. Nothing is installed, and root is not needed.
# It needs apt, dpkg and patchelf (from the environment that PATCHELF names a program of, or the PATH).
set -euo pipefail
dest=$1 suite=$2 program=$3
shift 3
test -x "$dest/$program" && exit 0

mkdir -p "$dest"/{lists/partial,cache/archives/partial,parts,root}
dest=$(cd "$dest" && pwd)
: >"$dest/status" # as if no package were installed: everything is unpacked
mirror=$(cat /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null |
  grep -oE 'https?://[^ ]+/debian/?( |$)' | head -1 | tr -d ' ' || true)
if [ -z "$mirror" ]; then
  echo "this machine's apt names no mirror of Debian"
  exit 1
fi
keys=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keys] $mirror $suite main" >"$dest/sources.list"
apt=(apt-get -qq -y
  -o "Dir::State::Lists=$dest/lists" -o "Dir::State::status=$dest/status" -o "Dir::State::extended_states=$dest/states"
  -o "Dir::Etc::SourceList=$dest/sources.list" -o "Dir::Etc::SourceParts=$dest/parts" -o "Dir::Cache=$dest/cache"
  -o Acquire::Languages=none -o Acquire::Retries=2 -o Acquire::http::Timeout=20 -o Debug::NoLocking=1
  -o "APT::Sandbox::User=$(id -un)" -o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false)
"${apt[@]}" update
"${apt[@]}" --no-install-recommends --download-only install "$@"
for package in "$dest"/cache/archives/*.deb; do dpkg-deb --extract "$package" "$dest/root"; done

# A wrapper that calls the loader would not do: Neovim starts itself again, by the name of its own executable.
binary=$dest/root/usr/bin/$program
interpreter=$("${PATCHELF:-patchelf}" --print-interpreter "$binary")
libraries=$dest/root/usr/lib/$(dpkg --print-architecture | sed 's/amd64/x86_64/;s/arm64/aarch64/')-linux-gnu
loader=$libraries/$(basename "$interpreter")
"${PATCHELF:-patchelf}" --set-interpreter "$loader" --force-rpath --set-rpath "$libraries" "$binary"
rm -rf "$dest"/{lists,cache} "$dest"/root/usr/{include,lib/gcc,share/doc,share/icons,share/locale,share/man}
ln -s "root/usr/bin/$program" "$dest/$program"
