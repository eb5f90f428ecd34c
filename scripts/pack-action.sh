#!/usr/bin/env bash
# Writes the action with the built program and its packages into a folder: the content of the branch `action`, which
# runs without npm. Usage: scripts/pack-action.sh FOLDER [DIST]
set -eu -o pipefail
cd "$(dirname "$0")/.."
folder=$1
dist=${2:-dist}
mkdir -p "$folder/node_modules"
cp action.yml .pre-commit-hooks.yaml LICENSE "$folder"
# Without scripts, npm packs the folder as it is.
node -e 'const { scripts, devDependencies, ...kept } = JSON.parse(fs.readFileSync("package.json")); console.log(JSON.stringify(kept, null, 2))' > "$folder/package.json"
cp -R schemas "$folder"
cp -R "$dist" "$folder/dist"
# HDF5 and pictures. Native engines (koffi) stay out: the checks run on WebAssembly.
for package in h5wasm @resvg/resvg-wasm; do
  mkdir -p "$folder/node_modules/$package"
  cp -R "node_modules/$package/." "$folder/node_modules/$package"
done
