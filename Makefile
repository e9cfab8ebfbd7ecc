# Exeunt. `make` alone lists what there is.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# The contract is target/release/server and target/site, wherever else builds of this machine may go.
unexport CARGO_TARGET_DIR

env := . scripts/env.sh;
# Directories too: their time changes when a file in them is added or removed.
sources := $(shell find Makefile scripts/name-by-content.mjs Cargo.toml Cargo.lock app frontend server style public \( -type f -o -type d \) -not -path '*/tests/*' -not -path 'server/bench*' 2>/dev/null)
built := target/release/.built

# cargo-leptos runs wasm-opt and hashes all files again even if nothing changed; so it is asked only if something did.
ifneq ($(words $(wildcard target/release/server target/release/hash.txt target/site)),3)
.PHONY: $(built)
endif

.PHONY: help run build test bench bench-quick bench-tab soak watch fmt audit setup

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

# With PLATFORM=1 behind a stand-in for a platform; see docs/platform.md.
run: $(built) ## set up this machine, build, and serve at http://localhost:3000 with the development provider
	@PLATFORM='$(PLATFORM)' scripts/run.sh

build: $(built) ## leave target/release/server, its hash.txt, and target/site

$(built): $(sources) | setup
	@$(env) cargo leptos build --release --precompress --split --lib-features split
	@$(env) node scripts/name-by-content.mjs
	@touch $@

test: ## everything: format, lints, all tests, documentation, release build, browser tests
	@scripts/test.sh

bench: $(built) ## measure everything, on an idle machine: an hour or more; writes docs/benchmarks
	@scripts/setup.sh test
	@$(env) cargo bench --locked -p exeunt-bench --bench pure
	@$(env) cargo run --release --locked -p exeunt-bench --bin load

bench-quick: $(built) ## the same in some minutes, with smaller stores; writes target/bench/quick
	@scripts/setup.sh test
	@$(env) cargo run --release --locked -p exeunt-bench --bin load -- --quick --out target/bench/quick

bench-tab: $(built) ## measure from a logout token to what an open tab shows
	@scripts/setup.sh test
	@$(env) cd end2end && npx --no-install playwright test -c measurements/playwright.config.ts

soak: setup ## half an hour of random faults on three instances (SOAK_STORE, SOAK_MINUTES, SOAK_SEED)
	@scripts/setup.sh test
	@$(env) cargo test --locked -p server --test soak -- --ignored --nocapture

watch: setup ## build for development, serve, and rebuild on every change
	@$(env) cargo leptos watch

fmt: ## format all Rust code
	@$(env) cargo fmt --all

audit: ## check licences, sources, duplicates and known vulnerabilities of the dependencies
	@scripts/audit.sh

setup:
	@scripts/setup.sh
