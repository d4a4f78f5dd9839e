#!/bin/sh
# Install the locked requirements named, checked by hash, from whatever index pip is configured for.
set -eu
if [ -z "${UV_DEFAULT_INDEX:-}" ]; then
    index=${PIP_INDEX_URL:-$(.venv/bin/python -m pip config get global.index-url 2>/dev/null || true)}
    [ -z "$index" ] || export UV_DEFAULT_INDEX="$index"
fi
export UV_HTTP_TIMEOUT="${UV_HTTP_TIMEOUT:-180}"
files=""
for file in "$@"; do files="$files -r requirements/$file.txt"; done
# shellcheck disable=SC2086
exec .venv/bin/uv pip install --quiet --require-hashes --python .venv/bin/python $files
