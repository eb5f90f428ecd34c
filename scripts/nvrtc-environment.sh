#!/usr/bin/env bash
# Makes .venv-nvrtc with NVIDIA's compiler for CUDA C++ as a library (90 MB; needs neither a graphics card nor a
# driver), or brings it up to date, and prints the path of the library, for INTERNEURON_NVRTC_LIBRARY. PYTHON names
# another interpreter than python3.
set -euo pipefail
cd "$(dirname "$0")/.."

requirement=nvidia-cuda-nvrtc==13.0.88
installed=.venv-nvrtc/installed-requirements.txt
if [ "$(cat "$installed" 2> /dev/null || true)" != "$requirement" ]; then
  [ -x .venv-nvrtc/bin/python ] || "${PYTHON:-python3}" -m venv .venv-nvrtc >&2
  .venv-nvrtc/bin/python -m pip install --quiet --disable-pip-version-check "$requirement" >&2
  echo "$requirement" > "$installed"
fi
library=$(find "$PWD/.venv-nvrtc" -name 'libnvrtc.so.13' | head -n 1)
if [ -z "$library" ]; then
  echo "$requirement holds no libnvrtc.so.13" >&2
  exit 1
fi
echo "$library"
