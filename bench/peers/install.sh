#!/bin/sh
# Installs the peers that package registries carry, into build/bench/peers: wasmtime (PyPI) and bun (npm), and LLVM as a module
# (npm's @yowasp/clang) for `make bench-compile`. The benchmarks find them there.
set -eu
cd "$(dirname "$0")/../.."
mkdir -p build/bench/peers
[ -x build/bench/peers/python/bin/python ] || python3 -m venv build/bench/peers/python
build/bench/peers/python/bin/pip install --quiet wasmtime
npm install --silent --no-audit --no-fund --prefix build/bench/peers bun @yowasp/clang
