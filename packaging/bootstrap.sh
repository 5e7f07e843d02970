#!/bin/sh
# Makes .venv from requirements.lock, starting from nothing but python3, and does nothing where all is in place.
#
# On Debian as root, what the system lacks is installed with apt-get; elsewhere the exact line is printed.
# Called by `make setup`. PYTHON chooses the interpreter, VENV the place.
set -eu

cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python3}
VENV=${VENV:-.venv}

# What Qt needs to run offscreen: Debian's package and the library in it.
QT_LIBRARIES="
libdbus-1-3     libdbus-1.so.3
libegl1         libEGL.so.1
libfontconfig1  libfontconfig.so.1
libgl1          libGL.so.1
libglib2.0-0    libglib-2.0.so.0
libxkbcommon0   libxkbcommon.so.0
"

say() { printf '%s\n' "$*" >&2; }
fail() { say "setup: $*"; exit 1; }

has_font() { [ -n "$(find /usr/share/fonts "${HOME:-/root}/.fonts" -name '*.[to]tf' -print -quit 2>/dev/null)" ]; }

# Debian's names of all that is missing, on one line.
missing_packages() {
    missing=""
    # Debian's bare python3 has venv but not ensurepip, and then makes a .venv without pip.
    "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || missing="python3-venv"
    if [ "$(uname -s)" = Linux ]; then
        known=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p)
        while read -r package library; do
            case $known in *"$library "*) ;; *) missing="$missing $package" ;; esac
        done <<EOF
$(printf '%s' "$QT_LIBRARIES" | sed '/^$/d')
EOF
        has_font || missing="$missing fonts-dejavu-core"
    fi
    printf '%s' "${missing# }"
}

install_missing_packages() {
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    line="apt-get update && apt-get install -y --no-install-recommends $missing"
    if ! command -v apt-get >/dev/null; then
        fail "this system lacks what Debian calls: $missing. Install these and run it again."
    elif [ "$(id -u)" != 0 ]; then
        fail "this system lacks: $missing. Install them with:
  sudo sh -c '$line'"
    fi
    say "setup: installing $missing"
    log=$(mktemp)
    # shellcheck disable=SC2086 # a list of package names
    if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing; } \
        >"$log" 2>&1 </dev/null; then
        cat "$log" >&2
        rm -f "$log"
        fail "apt-get failed; the line was: $line"
    fi
    rm -f "$log"
    missing=$(missing_packages)
    [ -z "$missing" ] || fail "still missing after installing: $missing ($PYTHON is $(command -v "$PYTHON"))"
}

# A venv holds absolute paths and one interpreter; the lock decides its content.
venv_key() {
    pwd -P
    "$PYTHON" -c 'import sys; print(sys.version, sys.base_prefix)'
    cksum <requirements.lock
}

# Errors only: pip's warnings here are about the machine's own package sources.
venv_pip() { "$VENV/bin/python" -m pip -qq --disable-pip-version-check --no-input "$@" >&2; }

install_lock() {
    key=$(venv_key)
    [ "$(cat "$VENV/.lock-key" 2>/dev/null)" != "$key" ] || return 0
    say "setup: making $VENV from requirements.lock"
    "$PYTHON" -m venv --clear "$VENV"
    venv_pip install --no-compile --only-binary :all: --require-hashes --requirement requirements.lock
    printf '%s\n' "$key" >"$VENV/.lock-key"
}

# The project itself, editable. Its build backend comes from the lock, so nothing unpinned is fetched.
install_project() {
    key=$(cksum <pyproject.toml)
    [ "$(cat "$VENV/.project-key" 2>/dev/null)" != "$key" ] || return 0
    venv_pip install --no-deps --no-build-isolation --editable .
    venv_pip check
    printf '%s\n' "$key" >"$VENV/.project-key"
}

command -v "$PYTHON" >/dev/null || fail "no $PYTHON here; on Debian: apt-get install -y python3"
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "$PYTHON is older than Python 3.11"
install_missing_packages
install_lock
install_project
