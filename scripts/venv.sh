#!/bin/sh
# Make .venv with uv in it, also where Debian's Python comes without ensurepip.
set -eu
python=${1:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed." >&2; exit 1; }

plain() { "$python" -c 'import ensurepip' 2>/dev/null && "$python" -m venv .venv; }

bundled_pip() {  # Debian keeps pip's wheel here when any package needs it; a wheel of pip runs as it is
    wheel=$(ls /usr/share/python-wheels/pip-*.whl 2>/dev/null | head -1)
    [ -n "$wheel" ] && "$python" -m venv --without-pip .venv && .venv/bin/python "$wheel/pip" install --quiet pip
}

outer_pip() {
    "$python" -m pip --version >/dev/null 2>&1 && "$python" -m venv --without-pip .venv &&
        "$python" -m pip --python .venv/bin/python install --quiet pip
}

debian() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null && plain
}

.venv/bin/python -m pip --version >/dev/null 2>&1 || rm -rf .venv
[ -d .venv ] || plain || bundled_pip || outer_pip || debian || { echo "Please run: apt-get install python3-venv" >&2; exit 1; }
.venv/bin/python -m pip install --quiet --require-hashes --no-deps -r requirements/uv.txt
