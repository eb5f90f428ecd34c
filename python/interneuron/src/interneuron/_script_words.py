"""The commands `interneuron brian` and `interneuron pynn`: their options and help, which need no simulator."""

from __future__ import annotations

import argparse
from typing import Any, Callable, NoReturn, Sequence

from ._errors import UsageError


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        missing = message.startswith("the following arguments are required")
        raise UsageError(f"{self.prog} needs a script" if missing else message, f"{self.prog} --help describes the command")


def _whole(least: int) -> Callable[[str], int]:
    """Returns a reader of whole numbers from `least` on."""

    def read(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"it must be a whole number of {least} or more, not {text}")
        return int(text)

    return read


def _parser(command: str, description: str) -> _Parser:
    return _Parser(
        prog=f"interneuron {command}",
        usage=f"interneuron {command} [options] script.py [arguments of the script]",
        description=description,
        allow_abbrev=False,
        argument_default=argparse.SUPPRESS,
    )


def _add_engine(parser: _Parser) -> None:
    """Adds the options for the engine that both commands have."""
    add = parser.add_argument
    add("-t", "--target", metavar="ENGINE", help="engine: auto, wasm, c, mpi, opencl, cuda or reference [auto]")
    add("--device", metavar="N|NAME", help="device of the engine: its number in `interneuron targets`, or part of its name")
    add("--threads", metavar="N", type=_whole(1), help="number of worker threads; the result does not depend on it")
    add("--precision", choices=["float64", "float32"], help="floating-point type of the state [float64]")
    add("--seed", metavar="N", type=_whole(0), help="seed for the random numbers of the engine")
    add("-o", "--output", metavar="FILE", action="append", help="result file: .nwb, .json or .csv; may be repeated")


def _brian() -> _Parser:
    parser = _parser("brian", "Runs a Brian 2 script on an engine of interneuron, without changes to the script.")
    _add_engine(parser)
    add = parser.add_argument
    add("--connect", choices=["auto", "brian", "engine"], help="who draws connections that are given as text [auto]")
    add("--strict", action="store_true", help="fail if interneuron cannot run a network")
    parser.epilog = (
        "If interneuron cannot run a network, Brian's own runtime runs it, with a warning. With --strict, or any option that "
        "concerns the engine (all but --connect), the command fails instead. Options of this command precede the script; "
        "arguments of the script that look like one follow `--`."
    )
    return parser


#: Simulators for which the backend stands: modules of PyNN, then packages of their own with PyNN's functions.
SIMULATORS = ("nest", "neuron", "brian2", "brian", "genn", "moose", "nemo", "pcsim", "spiNNaker")
PACKAGES = {"spynnaker8": "spiNNaker", "spynnaker7": "spiNNaker", "pynn_genn": "genn"}


def _simulator(name: str) -> str:
    known = (*SIMULATORS, *PACKAGES)
    if name not in known:
        alike = [one for one in known if one.lower() == name.lower()]
        raise argparse.ArgumentTypeError(f"there is no simulator {name}; " + (f"write {alike[0]}" if alike else f"known are {', '.join(known)}"))
    return name


def _pynn() -> _Parser:
    parser = _parser("pynn", "Runs a PyNN script on interneuron, without changes to the script.")
    parser.add_argument(
        "--instead-of",
        metavar="NAME",
        type=_simulator,
        action="append",
        help="simulator, such as nest, for which interneuron stands (default: those that the script imports); may be repeated",
    )
    _add_engine(parser)
    parser.epilog = (
        "Options for the engine replace those of the script's setup(target='c', threads=2). --instead-of may also follow the "
        "script; other arguments after the script belong to it."
    )
    return parser


_PARSERS = {"brian": _brian, "pynn": _pynn}


def read_words(command: str, words: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """Reads the words of one of the two commands. For `--help`, prints it and ends the process.

    Args:
        command: 'brian' or 'pynn'.
        words: what follows the command.

    Returns:
        the options that are given, by name, and the script followed by its own arguments.

    Raises:
        UsageError: if there is no script, or an option is unknown, lacks its value, or follows the script.
    """
    parser = _PARSERS[command]()
    end = words.index("--") if "--" in words else len(words)
    given, own = list(words[:end]), list(words[end + 1 :])
    if command == "pynn":
        given = _instead_of_first(given)
    parser.add_argument("script", help="a Python script")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = vars(parser.parse_args(given))
    script, arguments = options.pop("script"), options.pop("arguments", [])
    # Scripts of PyNN often have options of the same names.
    for word in arguments if command == "brian" else ():
        if word.partition("=")[0] in parser._option_string_actions and word not in ("-h", "--help"):
            raise UsageError(
                f"{word.partition('=')[0]} follows the script",
                "write it before the script, or after -- as an argument of the script",
            )
    return options, [script, *arguments, *own]


def _instead_of_first(words: list[str]) -> list[str]:
    """Moves `--instead-of NAME` in front of the script, which it may also follow."""
    first: list[str] = []
    rest = list(words)
    while "--instead-of" in rest:
        at = rest.index("--instead-of")
        if at + 1 == len(rest):
            raise UsageError("--instead-of needs the name of a simulator", "such as --instead-of nest")
        first += rest[at : at + 2]
        del rest[at : at + 2]
    return [*first, *rest]
