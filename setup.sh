#!/usr/bin/env bash
# Makes the virtual environment that the Makefile uses: pinned packages by hash, and this project, editable.
set -euo pipefail

venv=${1:?usage: setup.sh FOLDER}
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "auditor needs Python 3.11 or newer" >&2; exit 1; }

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv
    else
        echo "Python's venv module is missing: install it first (Debian: apt-get install python3-venv)" >&2
        exit 1
    fi
fi

# A Chromium opens the pages that scripts fill and prints PDF (in Liberation Serif where Times New Roman is not). Without one everything
# else works, and those pages are told as not determined.
browser() {
    for name in chromium-headless-shell chrome-headless-shell headless_shell chromium chromium-browser google-chrome-stable google-chrome \
        microsoft-edge-stable microsoft-edge; do
        command -v "$name" >/dev/null && return 0
    done
    [ -d "/Applications/Chromium.app" ] || [ -d "/Applications/Google Chrome.app" ] || [ -d "/Applications/Microsoft Edge.app" ]
}
if ! browser; then
    installed=no
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq || true
        apt-get install -y -qq --no-install-recommends chromium-headless-shell fonts-liberation ||
            apt-get install -y -qq --no-install-recommends chromium fonts-liberation || true
        browser && installed=yes
    fi
    [ $installed = yes ] || echo "No Chromium was found: pages that scripts fill are not opened (Debian: apt-get install chromium-headless-shell)" >&2
fi

[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
"$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
