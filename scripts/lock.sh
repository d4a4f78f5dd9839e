#!/bin/sh
# Write the hashed requirement files from pyproject.toml. No index address is written: the reader's own index serves.
set -eu
compile() { .venv/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11 "$@" >/dev/null; }
compile pyproject.toml -o requirements/run.txt
compile --group installer -o requirements/uv.txt
compile --group build -c requirements/run.txt -o requirements/build.txt
compile --group dev -c requirements/run.txt -c requirements/build.txt -o requirements/dev.txt
