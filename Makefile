# Every target sets up what it needs first; see scripts/setup.sh for what that installs.
.PHONY: setup test lint spec

setup:
	@scripts/setup.sh

lint: setup
	npx tsc --noEmit
	npx biome check --error-on-warnings .
	npm run --silent analyze

test: lint
	npx vitest run

# The official suite in every mode: make spec, or make spec TARGET=riscv64; SUITE=directory of the suite, FILES=pattern on file names.
spec: setup
	WASMAOT_SPEC_MODES=all WASMAOT_TARGETS=$(TARGET) WASMAOT_SPEC_SUITE=$(SUITE) WASMAOT_SPEC_FILES=$(FILES) npx vitest run test/spec
