# Every target sets up what it needs first; see scripts/setup.sh for what that installs.
.PHONY: setup
setup:
	@scripts/setup.sh

# The fixture programs, into build/fixtures.
.PHONY: fixtures
fixtures: setup
	@npx vite-node fixtures/main.ts

# SQLite from C to WebAssembly to a native program, beside SQLite compiled natively.
.PHONY: demo
demo: setup
	@npx vite-node scripts/demo.ts

.PHONY: lint
lint: setup
	npx tsc --noEmit
	npx biome check --error-on-warnings .
	npm run --silent analyze

.PHONY: test
test: lint
	npx vitest run

# The official suite in every mode: make spec, or make spec TARGET=riscv64; SUITE=directory of the suite, FILES=pattern on file names.
.PHONY: spec
spec: setup
	WASMAOT_SPEC_MODES=all WASMAOT_TARGETS=$(TARGET) WASMAOT_SPEC_SUITE=$(SUITE) WASMAOT_SPEC_FILES=$(FILES) npx vitest run test/spec

# Our code beside native compilers and every engine found, in time: make bench BENCH="--quick --filter crypto". Peers that package
# registries carry are installed by bench/peers/install.sh.
.PHONY: bench
bench: setup
	bin/wasmaot bench bench/programs $(BENCH)

# The same programs in executed instructions beside gcc's, for three targets, under qemu: make bench-insns INSNS="--target riscv64 --filter crypto".
.PHONY: bench-insns
bench-insns: setup
	npx vite-node bench/insns.ts -- $(INSNS)

# Bytes of machine code of the programs' own functions beside gcc's, for three targets: make bench-size SIZE="--target riscv64 --filter crypto".
.PHONY: bench-size
bench-size: setup
	npx vite-node bench/size.ts -- $(SIZE)

# What each pass brings, in executed instructions with one disabled at a time: make bench-passes PASSES="--filter crypto".
.PHONY: bench-passes
bench-passes: setup
	npx vite-node bench/passes.ts -- $(PASSES)

# What compiling costs: fixtures, SQLite beside wasm2c + gcc -O2, and LLVM where it is found: make bench-compile COMPILE="--filter sqlite".
.PHONY: bench-compile
bench-compile: setup
	npx vite-node bench/compile.ts -- $(COMPILE)

# What calls to the system cost beside the native program, with and without hardening: make bench-system SYSTEM="--turns 5".
.PHONY: bench-system
bench-system: setup
	npx vite-node bench/system.ts -- $(SYSTEM)

# Our assembly of small functions beside gcc's.
.PHONY: isel-report
isel-report: setup
	npx vite-node bench/isel-report.ts

# The npm package, wasmaot-<version>.tgz: the bundled compiler, and the runtime as sources and as objects for every target.
.PHONY: package
package: setup
	npm pack --ignore-scripts=false
