#!/bin/sh
# Installs what building and testing need, and says so: npm packages, then Debian packages that are missing.
# Quick when nothing is missing. Needs root or sudo only when a Debian package has to be installed.
set -eu
cd "$(dirname "$0")/.."

# What is installed is known by the lock file's checksum. A linked node_modules belongs to another checkout and is left alone.
installed=node_modules/.wasmaot-lock
wanted=$(cksum <package-lock.json)
if [ ! -L node_modules ] && [ "$(cat $installed 2>/dev/null)" != "$wanted" ]; then
  echo "setup: installing npm packages"
  npm ci --no-audit --no-fund --loglevel=error
  echo "$wanted" >$installed
fi

packages="clang-19 lld-19 wasi-libc libclang-rt-14-dev-wasm32 libc++-14-dev-wasm32 libc++abi-14-dev-wasm32 rustc
  libstd-rust-dev-wasm32 lld gcc-aarch64-linux-gnu gcc-riscv64-linux-gnu libc6-dev-arm64-cross libc6-dev-riscv64-cross
  qemu-user gcc g++ libc6-dev wabt binaryen gdb-multiarch"
missing=""
for p in $packages; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing="$missing $p"
done
if [ -n "$missing" ]; then
  echo "setup: installing Debian packages:$missing"
  as_root=""
  [ "$(id -u)" = 0 ] || as_root=sudo
  $as_root apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
