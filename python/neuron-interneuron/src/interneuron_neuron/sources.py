"""Texts of mechanisms, as NEURON and files hold them."""

from __future__ import annotations

import glob
import os
import re
import sys
from collections.abc import Iterable
from typing import Any

from .values import told


class Sources:
    """Texts of mechanisms, as files that a document names."""

    def __init__(self, h: Any, folder: str, roots: Iterable[str]) -> None:
        """Reads the list of mechanisms.

        Args:
            h: NEURON.
            folder: where texts without a file are written.
            roots: folders with .mod files. Those whose texts were compiled are named in place of copies.
        """
        self.texts: dict[str, str] = {}
        self._known: list[str] = []
        self.folders: set[str] = set()
        self._written: set[str] = set()
        self._stimuli: dict[str, bool] = {}
        self._codes: dict[str, str] = {}
        self._paths: dict[str, str] = {}
        self._folder, self._names = folder, {}
        files: dict[str, str] = {}
        for root in roots:
            for each in mod_files(root):
                files.setdefault(os.path.basename(each), each)
        for kind in (0, 1):
            known = h.MechanismType(kind)
            for k in range(int(known.count())):
                known.select(k)
                name, _ = told(h, known.selected)
                self._known.append(name)
                try:
                    text = known.code()
                except RuntimeError:
                    text = ""
                if text:
                    self.texts[name] = text
                    base = os.path.basename(known.file() or f"{name}.mod")
                    self._names[name] = base
                    if base in files and _is_compiled(files[base], text):
                        self._paths[name] = os.path.realpath(files[base])
                    elif base in files:
                        print(f"note: {files[base]} was changed after it was compiled: the compiled text is read, as NEURON runs it", file=sys.stderr)

    def order(self, name: str) -> tuple[int, str]:
        """Returns the place of a mechanism in NEURON's list, as a key to sort by."""
        return (self._known.index(name) if name in self._known else len(self._known)), name

    def file(self, name: str) -> str | None:
        """Returns the file of a mechanism; None if its text is not known."""
        if name not in self.texts:
            return None
        if name in self._paths:
            self.folders.add(os.path.dirname(self._paths[name]))
            return self._paths[name]
        if name not in self._written:
            self._written.add(name)
            with open(os.path.join(self._folder, self._names[name]), "w", encoding="utf-8") as written:
                written.write(self.texts[name])
        return self._names[name]

    def block(self, name: str, keyword: str) -> str:
        """Returns the text between the braces of a block, without comments."""
        found = re.search(rf"\b{keyword}\s*\{{([^}}]*)\}}", self._code(name))
        return found[1] if found else ""

    def is_stimulus(self, name: str) -> bool:
        """Whether a point process only sends events: it writes no current and reads no potential."""
        if name not in self._stimuli:
            code = self._code(name)
            sends, acts = re.search(r"\bnet_event\b", code), re.search(r"CURRENT\b|\bWRITE\b|\bv\b", code)
            self._stimuli[name] = sends is not None and acts is None
        return self._stimuli[name]

    def _code(self, name: str) -> str:
        """Returns the text of a mechanism without comments."""
        if name not in self._codes:
            self._codes[name] = re.sub(r"(?s)\bCOMMENT\b.*?\bENDCOMMENT\b|[:?][^\n]*", "", self.texts.get(name, ""))
        return self._codes[name]

    def defaults(self, name: str) -> dict[str, float]:
        """Returns the parameters of a file with their values."""
        found = re.findall(r"\b([A-Za-z_]\w*)\s*(?:\[[^]]*\]\s*)?(?:=\s*([-+\d.eE]+))?", self.block(name, "PARAMETER"))
        return {parameter: float(value) if re.search(r"\d", value) else 0.0 for parameter, value in found}

    def is_assigned(self, name: str, variable: str, after_initial: bool = False) -> bool:
        """Whether a mechanism assigns a variable of ASSIGNED, which only scripts set otherwise."""
        code = self._code(name)
        if after_initial:
            code = re.sub(r"\bINITIAL\s*\{(?:[^{}]|\{[^{}]*\})*\}", "", code)
        return re.search(rf"\b{variable}\s*(?:\[[^]]*\]\s*)?=(?!=)", code) is not None

    def pointers(self, name: str) -> list[str]:
        """Returns the variables of POINTER."""
        found = re.findall(r"\bPOINTER\s+([A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*)", self.block(name, "NEURON"))
        return [each for names in found for each in re.split(r"\s*,\s*", names)]

    def arguments(self, name: str) -> list[str]:
        """Returns the names of the arguments of NET_RECEIVE."""
        found = re.search(r"\bNET_RECEIVE\s*\(((?:[^()]|\([^()]*\))*)\)", self._code(name))
        return re.findall(r"([A-Za-z_]\w*)", re.sub(r"\([^()]*\)", "", found[1])) if found else []


def _is_compiled(path: str, text: str) -> bool:
    """Whether a file has the text that was compiled, or includes files, which a compiled text does not name."""
    with open(path, encoding="latin-1") as file:
        own = file.read()
    # Encodings of comments differ, and blanks at the ends of lines.
    return "INCLUDE" in own or _plain(own) == _plain(text)


def _plain(text: str) -> list[str]:
    return "".join(each for each in text if each.isascii()).split()


def mod_files(root: str) -> list[str]:
    """Returns the .mod files of a script's folder, of a folder in it, or of one beside it that is named after them."""
    own, above = glob.escape(root), glob.escape(os.path.dirname(root))
    beside = [each for each in glob.glob(f"{above}/*/*.mod") if re.search("mod|mech|chan", os.path.basename(os.path.dirname(each)))]
    return sorted(glob.glob(f"{own}/*.mod")) or sorted(glob.glob(f"{own}/*/*.mod")) or sorted(beside)
