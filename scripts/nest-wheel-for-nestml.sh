#!/usr/bin/env bash
# Makes NESTML compile models for the NEST of a wheel: `nest-wheel-for-nestml.sh ENVIRONMENT`, a virtual environment with nest-simulator
# and nestml. The wheel names the folders, the compiler and the libraries of the machine that it was built on, and its C++ strings are
# those from before C++11. Needs cmake, a C++ compiler, and the headers of GSL, Boost and libltdl.
set -euo pipefail

environment=$(realpath "$1")
config=$environment/bin/nest-config
packages=$("$environment/bin/python" -c 'import sysconfig; print(sysconfig.get_path("platlib"))')
built=$(sh "$config" --prefix)
[ "$built" != "$environment" ] || exit 0

sed -i \
  -e "s|^prefix=.*|prefix=\"$environment\"|" \
  -e "s|-I$built/include/nest|-I$packages/nest/include/nest|" \
  -e '/--compiler)/{n;s|echo ".*"|echo "c++"|}' \
  -e '/--libs)/{n;s|echo ".*"|echo ""|}' \
  -e '/--cflags)/{n;s|echo "|echo "-D_GLIBCXX_USE_CXX11_ABI=0|}' \
  "$config"
# NESTML asks NEST for its folder, which is that of the build.
sed -i 's|"nest_path": None|"nest_path": sys.prefix|' "$packages/pynestml/codegeneration/nest_builder.py"
# Where NESTML installs its modules, and where NEST looks for them.
mkdir -p "$environment/lib64/nest"
echo "import os; os.environ.setdefault('LTDL_LIBRARY_PATH', '$environment/lib64/nest')" > "$packages/nest-modules.pth"
