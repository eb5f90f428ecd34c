"""Puts the built program into wheels and source distributions: what `npm run build` made, and the packages that are not bundled.

A source distribution has no native libraries: what is installed from it lacks the engines c, opencl and cuda.

`INTERNEURON_WHEEL_PLATFORM` names another platform than this one, and `INTERNEURON_KOFFI` the folder with koffi's
packages for all platforms, where npm did not install that one; `INTERNEURON_DIST` names another folder than dist.
`scripts/build-wheels.sh` makes the wheels of all platforms.
"""

import json
import os
import platform
import re
import sys
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Koffi's package, its folder with the binary, and the tag of the wheel.
PLATFORMS = {
    "linux-x64": ("koffi-linux-x64", "linux_x64", "manylinux_2_28_x86_64"),
    "linux-arm64": ("koffi-linux-arm64", "linux_arm64", "manylinux_2_28_aarch64"),
    "musl-x64": ("koffi-linux-x64", "musl_x64", "musllinux_1_2_x86_64"),
    "musl-arm64": ("koffi-linux-arm64", "musl_arm64", "musllinux_1_2_aarch64"),
    "darwin-x64": ("koffi-darwin-x64", "darwin_x64", "macosx_13_0_x86_64"),
    "darwin-arm64": ("koffi-darwin-arm64", "darwin_arm64", "macosx_13_0_arm64"),
    "win32-x64": ("koffi-win32-x64", "win32_x64", "win_amd64"),
    "win32-arm64": ("koffi-win32-arm64", "win32_arm64", "win_arm64"),
}


#: Place of the manual page in a Python environment.
_MANUAL = "share/man/man1/interneuron.1"


def this_platform():
    """The platform that this runs on, by npm's name."""
    machine = {"x86_64": "x64", "AMD64": "x64", "aarch64": "arm64", "arm64": "arm64", "ARM64": "arm64"}
    system = {"linux": "linux", "darwin": "darwin", "win32": "win32"}[sys.platform]
    if system == "linux" and "musl" in str(platform.libc_ver()[0]).lower():
        system = "musl"
    return f"{system}-{machine[platform.machine()]}"


class CustomBuildHook(BuildHookInterface):
    """What hatchling calls before it makes a wheel."""

    def initialize(self, version, build_data):
        """Names the files of the program, and the platform."""
        if version == "editable":
            return
        unpacked = Path(self.root) / "src/interneuron/node"
        if self.target_name == "wheel" and not (Path(self.root).parents[1] / "schemas").exists():
            # What a source distribution was unpacked to.
            build_data["force_include"][str(unpacked)] = "interneuron/node"
            build_data["shared_data"][str(unpacked / "dist/interneuron.1")] = _MANUAL
            return
        root = Path(self.root).resolve().parents[1]
        is_source = self.target_name == "sdist"
        modules = root / "node_modules"
        dist = Path(os.environ.get("INTERNEURON_DIST") or root / "dist")
        parts = {
            dist: "dist",
            root / "schemas": "schemas",
            root / "fixtures/starters": "fixtures/starters",
            root / "docs/messages.md": "docs/messages.md",
            root / "docs/explanations.md": "docs/explanations.md",
            root / "package.json": "package.json",
            # The licence of the package, which has no file of it.
            root / "scripts/MPL-2.0.txt": "node_modules/@resvg/resvg-wasm/LICENSE",
        }
        unbundled = json.loads((root / "scripts/unbundled-packages.json").read_text(encoding="utf-8"))
        for package, files in unbundled.items():
            parts.update({modules / package / file: f"node_modules/{package}/{file}" for file in files})
        if not is_source:
            tag = self.add_native(modules, parts)
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{tag}"
        within = "src/interneuron/node" if is_source else "interneuron/node"
        forced = build_data["force_include"]
        for source, place in parts.items():
            if not source.exists():
                raise RuntimeError(f"{source} is not there: run npm ci and npm run build before the package is made")
            if source.is_file():
                forced[str(source)] = f"{within}/{place}"
                continue
            for file in source.rglob("*"):
                inside = file.relative_to(source)
                if file.is_file() and "types" not in inside.parts and file.suffix not in (".map", ".node_"):
                    forced[str(file)] = f"{within}/{place}/{inside.as_posix()}"
        library = str(modules / "h5wasm/dist/esm/hdf5_util.js")
        forced[self.without_binary(library)] = forced.pop(library)
        if not is_source and (dist / "interneuron.1").exists():
            build_data["shared_data"][str(dist / "interneuron.1")] = _MANUAL

    def add_native(self, modules, parts):
        """Names the native library of the wheel's platform, and gives the tag of that platform."""
        wanted = os.environ.get("INTERNEURON_WHEEL_PLATFORM") or this_platform()
        if wanted not in PLATFORMS:
            raise RuntimeError(f"there are no wheels for {wanted}: the platform is one of {', '.join(PLATFORMS)}")
        koffi, binary, tag = PLATFORMS[wanted]
        native = Path(os.environ.get("INTERNEURON_KOFFI") or modules / "@koromix") / koffi
        for file in ("package.json", "index.js", f"{binary}/koffi.node"):
            parts[native / file] = f"node_modules/@koromix/{koffi}/{file}"
        return tag

    def without_binary(self, library):
        """Writes the HDF5 library for browsers without its WebAssembly; src/present/model-page.ts takes that of Node's."""
        text = Path(library).read_text(encoding="utf-8")
        start = text.index("binaryDecode('") + len("binaryDecode('")
        end = re.compile(r"(?:[^'\\]|\\.)*", re.DOTALL).match(text, start).end()
        self.folder = tempfile.TemporaryDirectory()
        written = Path(self.folder.name) / "hdf5_util.js"
        written.write_text(text[:start] + text[end:], encoding="utf-8")
        return str(written)
