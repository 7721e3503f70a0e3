#!/usr/bin/env bash
# Takes a machine; gives one on which safeturn can be built and tested, or says what is missing and how to get it.
#
# Run it to set up. The Makefile sources it for `set_up`, `step` and `finish`.
# As root on a Debian-like machine (a container, a CI machine) it installs missing system packages and names each.
# An ordinary user's system is never touched: what is missing is named, and steps that need it are skipped and counted.
# SAFETURN_STRICT=1: a skip fails.

TOOLS="linker make git rust rustfmt clippy"
SKIPPED=77 # exit status of a step that cannot run
RUST_MINIMUM=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml 2>/dev/null)
RUST_MINIMUM=${RUST_MINIMUM:-1.88}
passed=0 failed=0 skipped=0

if ! command -v cargo >/dev/null && [ -x "${HOME:-}/.cargo/bin/cargo" ]; then
  export PATH="$HOME/.cargo/bin:$PATH"
fi

# at_least VERSION MINIMUM: compares major and minor.
at_least() {
  local IFS=.
  # shellcheck disable=SC2206 # split at the dots
  local have=($1) want=($2)
  [[ ${have[0]:-} =~ ^[0-9]+$ && ${have[1]:-} =~ ^[0-9]+$ ]] || return 1
  ((have[0] > want[0] || (have[0] == want[0] && have[1] >= want[1])))
}

links() {
  local folder status=0
  folder=$(mktemp -d) || return 1
  echo 'int main(void) { return 0; }' >"$folder/main.c"
  cc -o "$folder/main" "$folder/main.c" >/dev/null 2>&1 || status=1
  rm -rf "$folder"
  return "$status"
}

has() {
  case $1 in
    linker) command -v cc >/dev/null && links ;;
    rust) cargo --version >/dev/null 2>&1 && at_least "$(rustc --version 2>/dev/null | cut -d' ' -f2)" "$RUST_MINIMUM" ;;
    rustfmt) cargo fmt --version >/dev/null 2>&1 ;;
    clippy) cargo clippy --version >/dev/null 2>&1 ;;
    deny) cargo deny --version >/dev/null 2>&1 ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

how_to_get() {
  case $1 in
    linker) echo "a C compiler and its headers: Debian-like 'apt-get install gcc libc6-dev', macOS 'xcode-select --install'" ;;
    make | git) echo "Debian-like 'apt-get install $1', macOS 'xcode-select --install'" ;;
    rust) echo "Rust $RUST_MINIMUM or newer, with cargo: see https://rustup.rs, then 'rustup toolchain install stable'" ;;
    rustfmt | clippy) echo "'rustup component add $1'; without rustup, your system's package of that name" ;;
    deny) echo "'cargo install --locked cargo-deny'" ;;
  esac
}

# Version that apt would install, or nothing.
candidate() {
  LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: //p' | grep -v '(none)'
}

install_packages() {
  echo "installing system packages: $*"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
    echo "apt-get could not install them"
}

install_system_packages() {
  local packages=()
  has linker || packages+=(gcc libc6-dev)
  has make || packages+=(make)
  has git || packages+=(git)
  if ((${#packages[@]} > 0)) || ! has rust || ! has rustfmt || ! has clippy; then
    apt-get update -qq >/dev/null || echo "apt-get could not refresh its package lists"
  fi
  if ! command -v rustup >/dev/null; then
    if at_least "$(candidate rustc)" "$RUST_MINIMUM"; then
      has rust || packages+=(rustc cargo ca-certificates)
      has rustfmt || packages+=(rustfmt)
      has clippy || packages+=(rust-clippy)
    elif ! has rust && [ -n "$(candidate rustup)" ]; then
      packages+=(rustup ca-certificates)
    fi
  fi
  ((${#packages[@]} == 0)) || install_packages "${packages[@]}"
}

install_toolchain() {
  if ! has rust; then
    echo "installing the stable Rust toolchain with rustup"
    rustup toolchain install stable --profile minimal --component rustfmt --component clippy || return 0
    export RUSTUP_TOOLCHAIN=stable
  elif ! has rustfmt || ! has clippy; then
    echo "installing the Rust components: rustfmt clippy"
    rustup component add rustfmt clippy || return 0
  fi
}

set_up() {
  local tool status=0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    install_system_packages
    hash -r
    if command -v rustup >/dev/null; then install_toolchain; fi
  fi
  for tool in $TOOLS; do
    if ! has "$tool"; then
      echo "missing: $tool. Get $(how_to_get "$tool")"
      status=$SKIPPED
    fi
  done
  return "$status"
}

# step NAME "TOOLS IT NEEDS" COMMAND…: runs one step and counts how it went.
step() {
  local name=$1 needs=$2 tool status=0
  shift 2
  printf '\n== %s: %s\n' "$name" "$*"
  for tool in $needs; do
    if ! has "$tool"; then
      echo "missing: $tool. Get $(how_to_get "$tool")"
      status=$SKIPPED
    fi
  done
  if ((status == 0)); then "$@" || status=$?; fi
  case $status in
    0) passed=$((passed + 1)) && echo "== $name: passed" ;;
    "$SKIPPED") skipped=$((skipped + 1)) && echo "== $name: skipped" ;;
    *) failed=$((failed + 1)) && echo "== $name: FAILED" ;;
  esac
}

# Prints the counts; fails when a step failed, or was skipped under SAFETURN_STRICT=1.
finish() {
  local status=0
  echo
  if ((failed > 0)); then status=1; fi
  if ((skipped > 0)) && [ "${SAFETURN_STRICT:-0}" = 1 ]; then
    echo "SAFETURN_STRICT=1: a skipped step fails the run"
    status=1
  fi
  echo "$passed passed, $failed failed, $skipped skipped"
  return "$status"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
  set_up
fi
