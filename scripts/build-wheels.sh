#!/usr/bin/env bash
# Makes the wheels of the Python packages in a folder (default: out/wheels) and checks them: interneuron for all
# platforms, or with --here only for this one. It installs packages of npm and builds the program if these are missing;
# koffi for other platforms comes from npm's registry. PYTHON names the Python to use; otherwise it is that of .venv, or
# python3 in an environment of its own below out.
set -euo pipefail
cd "$(dirname "$0")/.."

isolation=--no-build-isolation
if [ -n "${PYTHON:-}" ]; then
  python=$PYTHON
elif [ -x .venv/bin/python ]; then
  python=.venv/bin/python
else
  python=out/wheel-environment/bin/python
  [ -x "$python" ] || python3 -m venv out/wheel-environment
fi
# Without hatchling, pip installs it in an environment for the build.
"$python" -c 'import hatchling' 2> /dev/null || isolation=
[ -d node_modules ] || npm ci --no-audit --no-fund
[ -n "${INTERNEURON_DIST:-}" ] || [ -e dist/cli.js ] || npm run build

here=
if [ "${1:-}" = --here ]; then
  here=--here
  shift
fi
folder=${1:-out/wheels}

wheels() {
  "$python" -m pip wheel --quiet --no-deps $isolation --disable-pip-version-check --wheel-dir "$folder" "$@"
}

if [ -n "$here" ]; then
  wheels python/interneuron python/pynn-interneuron python/brian2-interneuron python/neuron-interneuron
else
  wheels python/pynn-interneuron python/brian2-interneuron python/neuron-interneuron
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
# Pip compresses at the usual level; the highest one saves one byte in a hundred. Digests of all wheels go into SHA256SUMS.
"$python" - "$folder"/interneuron-*.whl << 'END'
import hashlib, os, pathlib, sys, zipfile

for path in sys.argv[1:]:
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(path + ".part", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for each in old.infolist():
            new.writestr(each, old.read(each), zipfile.ZIP_DEFLATED, 9)
    os.replace(path + ".part", path)
folder = pathlib.Path(sys.argv[1]).parent
sums = [f"{hashlib.sha256(wheel.read_bytes()).hexdigest()}  {wheel.name}\n" for wheel in sorted(folder.glob("*.whl"))]
(folder / "SHA256SUMS").write_text("".join(sums))
END
"$python" python/interneuron/tests/check_wheels.py "$folder" $here
