"""What is said of scripts that cannot be converted: the line, the error and what to do. Prints 'checked'."""

import contextlib
import io
import sys
import tempfile
from pathlib import Path

from interneuron._scripts import captured_by, command_on_script, run_file

#: Brian's error about an object that it prepares, whose cause has been printed before.
_PREPARED = """class BrianObjectException(Exception):
    pass
try:
    raise ValueError('volt and amp')
except ValueError as error:
    place = f"File '{__file__}', line 1, in <module>"
    raise BrianObjectException(f"Error encountered with object named 'G'.\\n{place}\\n(See above)") from error
"""

#: Texts of scripts that are executed: the line that is shown, and words of what is said.
EXECUTED = [
    ("x = 1\nraise ValueError('my error')\n", 2, ["ValueError: my error"]),
    ("import not_there.part\n", 1, ["No module named 'not_there'", "install not_there"]),
    ("import nextt\n", 1, ["No module named 'nextt'", "install nextt"]),
    ("import math\nmath.cosine\n", 2, ["math has no cosine", "did you mean"]),
    ("def f():\n    pass\nf(1)\n", 3, ["takes 0 positional arguments"]),
    ("def f():\n    return {}.has_key(1)\nf()\n", 2, ["dict has no has_key", "Python 2"]),
    ("input()\n", 1, ["EOFError", "gives no input"]),
    # Errors of code that a library makes, and of objects that it prepares: the cause is said, at the line that made the object.
    ("eval('f(1')\n", 1, ["SyntaxError", "write the missing )"]),
    (_PREPARED, 1, ["ValueError: volt and amp (in 'G')"]),
    ("import sys\nfor each in 'a':\n    size = int(sys.argv[5])\n", 3, ["IndexError", "arguments of the script stand after --"]),
    ("import sys\nsys.exit('usage: script.py N')\n", 2, ["usage: script.py N", "arguments"]),
]
#: Texts that are no Python: they are not executed, and nothing is written.
REFUSED = [
    (b"x = 1\nx = = 2\n", 2, ["SyntaxError", "correct this line"]),
    (b"print 'x'\n", 1, ["Missing parentheses", "Python 2"]),
    (b"x\0\0", None, ["null bytes", "save it in UTF-8"]),
    (b"# coding: latin-9x\n", None, ["latin-9x"]),
]


def capture(words):
    """Runs a script that makes no network."""
    run_file(words)
    return 0


def said_of(action, expected):
    """What an action prints, whose exit code is known."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        assert action() == expected
    return said.getvalue()


with tempfile.TemporaryDirectory() as folder:

    def place(line):
        return f"error: {script}:{line}: " if line else f"error: {script}: "

    sys.stdin = io.StringIO()
    for k, (text, line, words) in enumerate(EXECUTED):
        script = Path(folder) / f"script_{k}.py"
        script.write_text(text)
        said = said_of(lambda: captured_by(capture, [str(script)], str(script)), 1)
        assert said.startswith(place(line)) and all(word in said for word in words), (text, said)
        assert f"{line:5} | {text.splitlines()[line - 1]}" in said, (text, said)
    for k, (content, line, words) in enumerate(REFUSED):
        script = Path(folder) / f"refused_{k}.py"
        script.write_bytes(content)
        said = said_of(lambda: command_on_script(["convert"], [str(script)], lambda captured: []), 1)
        assert said.startswith(place(line)) and all(word in said for word in words), (content, said)
    # A warning that a package places outside the script is shown at the script's line.
    script = Path(folder) / "warned.py"
    script.write_text("import warnings\nwarnings.warn('odd', stacklevel=50)\n")
    said = said_of(lambda: captured_by(capture, [str(script)], str(script)), 0)
    assert said.startswith(f"{script}:2: UserWarning: odd"), said
    for other in (folder, f"{folder}/none.py"):
        assert other in said_of(lambda: command_on_script(["convert"], [other], lambda captured: []), 2)
print("checked")
