# Every target sets up what it needs first; see scripts/setup.sh for what that installs.
.PHONY: setup test lint

setup:
	@scripts/setup.sh

lint: setup
	npx tsc --noEmit
	npx biome check --error-on-warnings .
	npm run --silent analyze

test: lint
	npx vitest run
