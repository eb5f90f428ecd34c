#!/usr/bin/env bash
# Makes .venv with the Python packages of the interoperability tests, or brings it up to date.
# PYTHON names another interpreter than python3 (3.11 or later).
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
if ! command -v "$python" >/dev/null; then
  echo "$python is not installed; install Python 3.11 or later, or set PYTHON" >&2
  exit 2
fi

requirements=test/interoperability/requirements.txt
installed=.venv/installed-requirements.txt
if cmp --silent "$requirements" "$installed"; then
  exit 0
fi
[ -x .venv/bin/python ] || "$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
.venv/bin/python -m pip check --disable-pip-version-check
cp "$requirements" "$installed"
