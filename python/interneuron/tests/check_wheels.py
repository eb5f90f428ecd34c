"""Checks the wheels in a folder: names, the files that the program needs, and the kind of binary that is in each.

    python check_wheels.py FOLDER [--here]     with --here, for one platform only
"""

import sys
import zipfile
from pathlib import Path

#: How binaries begin, by a part of the tag; Mach-O and ELF name the processor a few bytes later.
_BINARIES = {
    "linux_2_28_x86_64": (b"\x7fELF", 18, b"\x3e\x00"),
    "linux_2_28_aarch64": (b"\x7fELF", 18, b"\xb7\x00"),
    "musllinux_1_2_x86_64": (b"\x7fELF", 18, b"\x3e\x00"),
    "musllinux_1_2_aarch64": (b"\x7fELF", 18, b"\xb7\x00"),
    "macosx_13_0_x86_64": (b"\xcf\xfa\xed\xfe", 4, b"\x07\x00\x00\x01"),
    "macosx_13_0_arm64": (b"\xcf\xfa\xed\xfe", 4, b"\x0c\x00\x00\x01"),
    "win_amd64": (b"MZ", None, b"\x64\x86"),
    "win_arm64": (b"MZ", None, b"\x64\xaa"),
}

def check(path):
    """One wheel."""
    tag = next(tag for tag in _BINARIES if path.stem.endswith(tag))
    start, place, processor = _BINARIES[tag]
    with zipfile.ZipFile(path) as wheel:
        names = wheel.namelist()
        assert "interneuron/node/dist/cli.js" in names, path.name
        assert "interneuron/py.typed" in names and not [name for name in names if name.endswith(".map")]
        [binary] = [name for name in names if name.endswith(".node")]
        data = wheel.read(binary)
    if place is None:
        place = int.from_bytes(data[0x3C:0x40], "little") + 4
    assert data.startswith(start) and data[place : place + len(processor)] == processor, (path.name, binary)
    assert (b"musl" in data) == ("musl" in tag) or "linux" not in tag, (path.name, binary)
    assert path.stat().st_size < 6e6, (path.name, path.stat().st_size)
    print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, {Path(binary).parent.name}")


def main(folder, here=None):
    """All of them."""
    wheels = sorted(Path(folder).glob("interneuron-*.whl"))
    for path in wheels:
        check(path)
    found = {tag for tag in _BINARIES if any(path.stem.endswith(tag) for path in wheels)}
    assert len(found) == 1 if here else found == set(_BINARIES), set(_BINARIES) - found


if __name__ == "__main__":
    main(*sys.argv[1:])
