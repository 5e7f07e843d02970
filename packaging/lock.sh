#!/bin/sh
# Resolves requirements.lock anew from pyproject.toml: one lock for every system and Python, with hashes, with no address.
#
# Local package sources of this machine are shut out, so that the hashes are the public registry's.
set -eu

cd "$(dirname "$0")/.."
python3 -m venv build/lock
build/lock/bin/python -m pip install --quiet --disable-pip-version-check --upgrade uv
unset PIP_FIND_LINKS PIP_EXTRA_INDEX_URL UV_FIND_LINKS UV_EXTRA_INDEX_URL UV_INDEX
build/lock/bin/uv pip compile pyproject.toml --quiet --no-config --universal --python-version 3.11 --all-extras \
    --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
    "$@" --output-file requirements.lock
! grep -nE '[a-z]+://|(^|[ =])/' requirements.lock
