#!/bin/sh
# Makes both lock files from pyproject.toml: pinned versions with hashes, no addresses of an index.
set -eu
cd "$(dirname "$0")/.."
compile() {
  output=$1
  shift
  .venv/bin/python -m uv pip compile pyproject.toml "$@" --universal --python-version 3.12 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --quiet ${UPGRADE:+--upgrade} \
    --custom-compile-command "make lock" --output-file "$output"
}
compile deploy/requirements.txt --extra local
compile deploy/requirements-test.txt --all-extras --constraint deploy/requirements.txt
