# Front door of the repository; each target is one or a few commands that can also be typed by hand.

SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help demo test lint bench eval

help: ## this list
	@sed -n 's/^\([a-z]*\): ## \(.*\)/make \1: \2/p' Makefile

demo: ## replay a shipped conversation, turn by turn
	cargo run --release -p safeturn-cli -- demo

test: ## set up, then formatting, clippy, tests and documentation (licences and advisories: make lint)
	@. scripts/setup.sh; \
	step "set-up"        ""             set_up; \
	step "formatting"    "rust rustfmt" cargo fmt --all --check; \
	step "clippy"        "rust clippy linker" cargo clippy --workspace --all-targets -- -D warnings; \
	step "tests"         "rust linker"  cargo test --workspace; \
	step "documentation" "rust linker"  env RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --lib; \
	finish

lint: ## formatting, clippy, and cargo-deny where it is installed (advisories need the network)
	@. scripts/setup.sh; \
	step "formatting"    "rust rustfmt" cargo fmt --all --check; \
	step "clippy"        "rust clippy linker" cargo clippy --workspace --all-targets -- -D warnings; \
	step "licences"      "rust deny"    cargo deny check licenses bans sources; \
	step "advisories"    "rust deny"    cargo deny check advisories; \
	finish

bench: ## benchmarks
	cargo bench -p safeturn-benches

eval: ## accuracy, compared with the last recorded table
	@[ -d ../shared/data ] || echo "skip: no data in ../shared/data; sets that need it are left out"
	cargo run --release -p safeturn-tests --bin eval -- all
