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

# What a window on an X display needs besides, and the tests of one: without it they say so and are skipped.
WINDOW_LIBRARIES="
libx11-xcb1          libX11-xcb.so.1
libxcb-cursor0       libxcb-cursor.so.0
libxcb-glx0          libxcb-glx.so.0
libxcb-icccm4        libxcb-icccm.so.4
libxcb-image0        libxcb-image.so.0
libxcb-keysyms1      libxcb-keysyms.so.1
libxcb-randr0        libxcb-randr.so.0
libxcb-render-util0  libxcb-render-util.so.0
libxcb-render0       libxcb-render.so.0
libxcb-shape0        libxcb-shape.so.0
libxcb-shm0          libxcb-shm.so.0
libxcb-sync1         libxcb-sync.so.1
libxcb-util1         libxcb-util.so.1
libxcb-xfixes0       libxcb-xfixes.so.0
libxcb-xkb1          libxcb-xkb.so.1
libxkbcommon-x11-0   libxkbcommon-x11.so.0
"
# The same by a file: a display, a window manager, its keyboard, and the bus of assistive technology with what reads it.
WINDOW_FILES="
xvfb              /usr/bin/Xvfb
openbox           /usr/bin/openbox
xdotool           /usr/bin/xdotool
dbus-daemon       /usr/bin/dbus-daemon
at-spi2-core      /usr/libexec/at-spi-bus-launcher
gir1.2-atspi-2.0  /usr/lib/*/girepository-1.0/Atspi-2.0.typelib
python3-gi        /usr/lib/python3/dist-packages/gi/__init__.py
"

say() { printf '%s\n' "$*" >&2; }
fail() { say "setup: $*"; exit 1; }

has_font() { [ -n "$(find /usr/share/fonts "${HOME:-/root}/.fonts" -name '*.[to]tf' -print -quit 2>/dev/null)" ]; }

# Both read lines of a package and what tells that it is there, and print the packages that are not.
without_library() {
    known=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p)
    while read -r package library; do
        [ -n "$package" ] || continue
        case $known in *"$library "*) ;; *) printf ' %s' "$package" ;; esac
    done
}
without_file() {
    while read -r package file; do
        [ -n "$package" ] || continue
        # shellcheck disable=SC2086 # a pattern
        ls $file >/dev/null 2>&1 || printf ' %s' "$package"
    done
}

# Debian's names of what cannot be done without, and of what only windows on a display need; each on one line.
missing_packages() {
    missing=""
    # Debian's bare python3 has venv but not ensurepip, and then makes a .venv without pip.
    "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || missing=" python3-venv"
    if [ "$(uname -s)" = Linux ]; then
        missing="$missing$(printf '%s' "$QT_LIBRARIES" | without_library)"
        has_font || missing="$missing fonts-dejavu-core"
    fi
    printf '%s' "${missing# }"
}
missing_for_windows() {
    [ "$(uname -s)" = Linux ] || return 0
    missing=$(printf '%s' "$WINDOW_LIBRARIES" | without_library)$(printf '%s' "$WINDOW_FILES" | without_file)
    printf '%s' "${missing# }"
}

# shellcheck disable=SC2048,SC2086 # lists of package names, of which one may be empty
install_line() { printf '%s' "apt-get update && apt-get install -y --no-install-recommends" && printf ' %s' $*; }

# Tries it with Debian's packages $*; prints what apt-get said where that fails.
apt_install() {
    say "setup: installing $*"
    log=$(mktemp)
    if { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@"; } \
        >"$log" 2>&1 </dev/null; then
        rm -f "$log"
    else
        cat "$log" >&2
        rm -f "$log"
        return 1
    fi
}

install_missing_packages() {
    needed=$(missing_packages)
    windows=$(missing_for_windows)
    [ -n "$needed$windows" ] || return 0
    if ! command -v apt-get >/dev/null; then
        [ -z "$needed" ] || fail "this system lacks what Debian calls: $needed. Install these and run it again."
        say "setup: tests of real windows are skipped without what Debian calls: $windows"
    elif [ "$(id -u)" != 0 ]; then
        [ -z "$needed" ] || fail "this system lacks: $needed. Install them with:
  sudo sh -c '$(install_line "$needed" "$windows")'"
        say "setup: tests of real windows are skipped without: $windows. Install them with:
  sudo sh -c '$(install_line "$windows")'"
    else
        install_as_root
    fi
}

install_as_root() {
    # shellcheck disable=SC2086 # lists of package names
    if ! apt_install $needed $windows; then
        [ -z "$needed" ] || fail "apt-get failed; the line was: $(install_line "$needed" "$windows")"
        say "setup: tests of real windows are skipped: apt-get failed; the line was: $(install_line "$windows")"
        return 0
    fi
    needed=$(missing_packages)
    [ -z "$needed" ] || fail "still missing after installing: $needed ($PYTHON is $(command -v "$PYTHON"))"
    windows=$(missing_for_windows)
    [ -z "$windows" ] || say "setup: tests of real windows are skipped without: $windows"
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
