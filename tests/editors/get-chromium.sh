#!/bin/sh
# Install Chromium, in which the tests of the page and of VS Code run. Where that cannot be done, say so and fail: the
# tests that need it are skipped.
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null && exit 0
done
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo 'No Chromium: tests in a browser will be skipped. Install it (apt install chromium) and run make test again.' >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
lock='-o DPkg::Lock::Timeout=300'  # others may be installing at this moment
apt-get $lock --quiet=2 update >/dev/null
apt-get $lock --quiet=2 install --yes --no-install-recommends chromium >/dev/null ||
  { echo 'Chromium could not be installed: tests in a browser will be skipped.' >&2 && exit 1; }
