#!/usr/bin/env bash
# Makes .venv, .venv-pynn, .venv-mpi, .venv-nir, .venv-sonata, .venv-norse, .venv-frameworks, .venv-workflows, .venv-nestml, .venv-neuroml, .venv-oldest and .venv-newest with the Python packages of the interoperability tests, or brings them up to date.
# PYTHON names another interpreter than python3 (3.11 or later).
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
if ! command -v "$python" >/dev/null; then
  echo "$python is not installed; install Python 3.11 or later, or set PYTHON" >&2
  exit 2
fi

# uv installs in seconds what takes pip a minute of the processor; where it reaches no packages, pip may.
packages() {
  local folder=$1
  shift
  [ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9 || true
  .venv/bin/uv pip install --quiet --python "$folder/bin/python" "$@" ||
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
}

# Makes an environment: with uv, once the first one has it, in no time.
make() {
  [ -x "$1/bin/python" ] || .venv/bin/uv venv --quiet --seed --python "$(command -v "$python")" "$1" 2> /dev/null ||
    "$python" -m venv "$1"
}

environment() {
  local folder=$1 requirements=$2
  local installed=$folder/installed-requirements.txt
  if cmp --silent "$requirements" "$installed"; then
    return 0
  fi
  make "$folder"
  packages "$folder" --requirement "$requirements"
  "$folder/bin/python" -m pip check --disable-pip-version-check
  cp "$requirements" "$installed"
}

environment .venv test/interoperability/requirements.txt

# Dendrify without Matplotlib, which its plots need.
[ -d .venv/dendrify ] || packages .venv --no-deps --target .venv/dendrify Dendrify==2.2.0

environment .venv-pynn test/interoperability/requirements-pynn.txt

environment .venv-nir test/interoperability/requirements-nir.txt

environment .venv-workflows test/interoperability/requirements-workflows.txt

# Tests compare with what BMTK, Norse, LFPy and BluePyOpt gave; only records are made with them.
[ "${INTERNEURON_PEERS:-}" != fresh ] || environment .venv-sonata test/interoperability/requirements-sonata.txt
[ "${INTERNEURON_PEERS:-}" != fresh ] || environment .venv-norse test/interoperability/requirements-norse.txt
[ "${INTERNEURON_PEERS:-}" != fresh ] || environment .venv-frameworks test/interoperability/requirements-frameworks.txt

environment .venv-nestml test/interoperability/requirements-nestml.txt
scripts/nest-wheel-for-nestml.sh .venv-nestml

# The oldest and newest packages that the metadata of ours allow, each with the first Python here that fits. Without one,
# a file in the folder gives the reason, and tests are skipped.
versions() {
  local folder=$1 requirements=$2 range=$3 found=
  shift 3
  for candidate in "$@"; do
    if "$candidate" -c "import sys; sys.exit(not ($range))" 2> /dev/null; then found=$candidate && break; fi
  done
  if [ -z "$found" ]; then
    mkdir -p "$folder"
    echo "no Python here is in the range $range" > "$folder/missing"
    return 0
  fi
  rm -f "$folder/missing"
  [ -x "$folder/bin/python" ] || .venv/bin/uv venv --quiet --seed --clear --python "$found" "$folder" 2> /dev/null ||
    "$found" -m venv --clear "$folder"
  environment "$folder" "$requirements"
}
version='sys.version_info[:2]'
versions .venv-oldest test/interoperability/requirements-oldest.txt "(3, 10) <= $version <= (3, 11)" \
  python3.10 ~/.pyenv/versions/3.10.*/bin/python3 python3.11 ~/.pyenv/versions/3.11.*/bin/python3
versions .venv-newest test/interoperability/requirements-newest.txt "(3, 13) == $version" \
  python3.13 ~/.pyenv/versions/3.13.*/bin/python3

# PyNN's own scenarios are in its sources only.
if [ ! -d .venv-pynn/sources ]; then
  downloaded=$(mktemp -d)
  .venv-pynn/bin/python -m pip download --quiet --disable-pip-version-check --no-deps --no-binary PyNN \
    --dest "$downloaded" "$(grep "^PyNN==" test/interoperability/requirements-pynn.txt)"
  mkdir "$downloaded/sources"
  tar --extract --gzip --file "$downloaded"/*.tar.gz --directory "$downloaded/sources" --strip-components 1
  mv "$downloaded/sources" .venv-pynn/sources
  rm -r "$downloaded"
fi

# Of pyneuroml nothing is used but the jar in it: what it requires of Python is left out.
neuroml=test/interoperability/requirements-neuroml.txt
if ! cmp --silent "$neuroml" .venv-neuroml/installed-requirements.txt; then
  make .venv-neuroml
  packages .venv-neuroml --no-deps --requirement "$neuroml"
  cp "$neuroml" .venv-neuroml/installed-requirements.txt
fi

# NEURON's part of PyNN comes as sources of mechanisms, which a C++ compiler must build once.
mechanisms=$(.venv-pynn/bin/python -c 'import importlib.util, os; print(os.path.dirname(importlib.util.find_spec("pyNN").origin))')/neuron/nmodl
if [ ! -e "$mechanisms/$(uname -m)/libnrnmech.so" ]; then
  environment=$PWD/.venv-pynn
  (cd "$mechanisms" && PATH="$environment/bin:$PATH" nrnivmodl . > /dev/null)
fi

# Ranks of NEURON need mpi4py, which would start MPI in all other tests of PyNN: an environment of its own adds it to .venv-pynn.
if command -v mpirun > /dev/null && [ ! -e .venv-mpi/bin/python ]; then
  make .venv-mpi
  packages .venv-mpi mpi4py==4.1.2
  .venv-pynn/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > "$(.venv-mpi/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/pynn.pth"
fi
