#!/usr/bin/env bash
# Makes the wheels of the package interneuron for all platforms, in the folder that is named (default: out/wheels), and
# checks what is in them. Needs npm ci, npm run build, and Python with pip and hatchling (.venv has them).
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-.venv/bin/python}
folder=${1:-out/wheels}
koffi=$(mktemp -d)
trap 'rm -rf "$koffi"' EXIT

version=$(node -p "require('./node_modules/koffi/package.json').version")
for name in linux-x64 linux-arm64 darwin-x64 darwin-arm64 win32-x64 win32-arm64; do
  packed=$(cd "$koffi" && npm pack --silent "@koromix/koffi-$name@$version")
  mkdir "$koffi/koffi-$name"
  tar --extract --gzip --file "$koffi/$packed" --directory "$koffi/koffi-$name" --strip-components 1
done

for platform in linux-x64 linux-arm64 musl-x64 musl-arm64 darwin-x64 darwin-arm64 win32-x64 win32-arm64; do
  INTERNEURON_KOFFI=$koffi INTERNEURON_WHEEL_PLATFORM=$platform "$python" -m pip wheel --quiet --no-deps \
    --no-build-isolation --wheel-dir "$folder" python/interneuron
done
"$python" python/interneuron/tests/check_wheels.py "$folder"
