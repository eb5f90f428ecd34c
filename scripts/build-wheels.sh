#!/usr/bin/env bash
# Makes the wheels of the Python packages in a folder (default: out/wheels) and checks them: interneuron for all
# platforms, or with --here only for this one. Needs npm ci, npm run build, and Python with pip and hatchling (.venv has
# them); koffi for other platforms comes from npm's registry.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-.venv/bin/python}
here=
if [ "${1:-}" = --here ]; then
  here=--here
  shift
fi
folder=${1:-out/wheels}

wheels() {
  "$python" -m pip wheel --quiet --no-deps --no-build-isolation --disable-pip-version-check --wheel-dir "$folder" "$@"
}

if [ -n "$here" ]; then
  wheels python/interneuron python/pynn-interneuron python/brian2-interneuron
else
  wheels python/pynn-interneuron python/brian2-interneuron
  koffi=$(mktemp -d)
  trap 'rm -rf "$koffi"' EXIT
  version=$(node -p "require('./node_modules/koffi/package.json').version")
  for name in linux-x64 linux-arm64 darwin-x64 darwin-arm64 win32-x64 win32-arm64; do
    packed=$(cd "$koffi" && npm pack --silent "@koromix/koffi-$name@$version")
    mkdir "$koffi/koffi-$name"
    tar --extract --gzip --file "$koffi/$packed" --directory "$koffi/koffi-$name" --strip-components 1
  done
  for platform in linux-x64 linux-arm64 musl-x64 musl-arm64 darwin-x64 darwin-arm64 win32-x64 win32-arm64; do
    INTERNEURON_KOFFI=$koffi INTERNEURON_WHEEL_PLATFORM=$platform wheels python/interneuron
  done
fi
"$python" python/interneuron/tests/check_wheels.py "$folder" $here
