"""What a script says of connections and first values, noted while Brian draws them."""

import os
import re
import sys
import zlib
from contextlib import contextmanager

import numpy as np
from brian2 import Subgroup, Synapses
from brian2.codegen.translation import get_identifiers_recursively
from brian2.core.base import BrianObject
from brian2.core.namespace import get_local_namespace
from brian2.core.variables import Constant, Subexpression, Variable, VariableView
from brian2.synapses.synapses import SynapticPathway
from brian2.utils.stringtools import get_identifiers, word_substitute

from .arithmetic import expression_as_computed
from .groups import own_names
from .texts import is_default, line, quantity_text

#: Files of calls that are not the script's own.
_PACKAGES = tuple(os.path.dirname(sys.modules[name].__file__) + os.sep for name in ("brian2", "numpy", __package__))
_INSIDE = (*_PACKAGES, "<", "(")

_DRAWING = {"rand", "randn", "poisson", "sample"}
_WORDS = {"for", "in", "if", "range", "sample", "and", "or", "not", "True", "False"}


class Statement:
    """One statement of a script: a call of `connect`, or a value for a variable."""

    def __init__(self, place, why=None):
        #: Its file and line.
        self.place = place
        #: What specifications have in its place; None where they have no words for it.
        self.words = None
        #: Why it cannot stand there.
        self.why = why
        #: When the variables that it reads were set last, by identity.
        self.reads = {}
        #: Constants that it names, as text.
        self.constants = {}
        #: Whether it draws random numbers itself.
        self.draws = False
        #: The part of the synapses that a call of `connect` made.
        self.part = None


class Statements:
    """Listens to a script until its network runs. Variables are known by identity, and kept alive."""

    def __init__(self):
        self.listening = True
        #: Statements by variable, in order; those of connections are of the variable that `connections_of` gives.
        self.of = {}
        #: Number of the last statement that set a variable, that the script read it after, and of the last of all.
        self.set, self.read, self.last = {}, {}, 0
        #: Where the script read a variable.
        self.read_at = {}
        #: Variables whose values depend on random numbers.
        self.drawn = set()
        #: Variables by identity.
        self.alive = {}
        self._left = {}
        #: Whether Brian carries out a statement: what it reads then, the script does not.
        self._busy = False

    def listen(self):
        """Has Brian tell what scripts set, read and make."""
        set_item, get_item, connect = VariableView.set_item, VariableView.get_item, Synapses.connect
        make, length = BrianObject.__init__, Synapses.__len__
        said = self

        def set_and_note(view, item, value, level=0, namespace=None):
            names = get_local_namespace(level=level + 1) if namespace is None else namespace
            with said._acting(item, value):
                set_item(view, item, value, level=level + 1, namespace=names)
            if said.listening:
                try:
                    said._value(view, item, value, names)
                except ReferenceError:
                    # A view of a part of a group may outlive that part.
                    said._keep(view.variable, Statement(_place(), f"{_place()} sets part of it"), False)

        def get_and_note(view, item, level=0, namespace=None):
            if said.listening and not said._busy:
                said._read_through(view)
            return get_item(view, item, level=level + 1, namespace=namespace)

        def connect_and_note(synapses, *given, namespace=None, level=0, **named):
            names = get_local_namespace(level=level + 1) if namespace is None else namespace
            before = length(synapses)
            if said.listening:
                _check_probability(dict(zip(("condition", "i", "j", "p"), given), **named).get("p"))
            with said._acting(*given, *named.values()):
                connect(synapses, *given, namespace=names, **named)
            if said.listening:
                arguments = dict(zip(("condition", "i", "j", "p", "n", "skip_if_invalid"), given))
                said._connections(synapses, {**arguments, **named}, names, before)

        def make_and_note(each, *given, **named):
            said.last += said.listening
            make(each, *given, **named)
            # Errors name the last line that is not Brian's, which would be the call above.
            lines = re.split(r"\n(?=  File ')", each._full_creation_stack)
            lines = [line for line in lines if not line.startswith(f"  File '{__file__}'")]
            each._creation_stack, each._full_creation_stack = lines[-1], "\n".join(lines)

        def length_and_note(synapses):
            if said.listening and _is_scripts(sys._getframe(1)):
                said._read_at(connections_of(synapses))
            return length(synapses)

        VariableView.set_item, VariableView.get_item, Synapses.connect = set_and_note, get_and_note, connect_and_note
        BrianObject.__init__, Synapses.__len__ = make_and_note, length_and_note
        for kind in [Variable, *_all_subclasses(Variable)]:
            if "get_value" in vars(kind):
                kind.get_value = self._noting(vars(kind)["get_value"])

    def _noting(self, get_value):
        """A function that gives the value of a variable, and notes where a script calls it itself."""

        def noted(variable, *given, **named):
            if self.listening and _is_scripts(sys._getframe(1)):
                self._read_at(variable)
            return get_value(variable, *given, **named)

        return noted

    @contextmanager
    def _acting(self, *given):
        """While Brian carries out a statement with these arguments, of which it may read some."""
        for each in given:
            if self.listening and isinstance(each, VariableView):
                self._read_through(each)
        busy, self._busy = self._busy, True
        try:
            yield
        finally:
            self._busy = busy

    def is_as_left(self, variable):
        """Whether a variable still holds what the last statement that is known gave it."""
        return self._left.get(id(variable)) == _digest(variable)

    def is_read(self, variable):
        """Whether the script read a variable before it set or made something else."""
        return id(variable) in self.read and self.read[id(variable)] < self.last

    def _keep(self, variable, statement, whole):
        self.last += 1
        self.alive[id(variable)] = variable
        self.set[id(variable)] = self.last
        self._left[id(variable)] = _digest(variable)
        # What reads its own variable goes on from what was said before.
        if whole and id(variable) not in statement.reads:
            self.of[id(variable)] = []
            self.read.pop(id(variable), None)
            self.read_at.pop(id(variable), None)
            self.drawn.discard(id(variable))
        if statement.draws or self.drawn & set(statement.reads):
            self.drawn.add(id(variable))
        self.of.setdefault(id(variable), []).append(statement)

    def _read_at(self, variable):
        self.alive[id(variable)] = variable
        self.read.setdefault(id(variable), self.last)
        self.read_at.setdefault(id(variable), _place())

    def _read_through(self, view):
        """A script reads a variable; through synapses, it reads which there are, too."""
        group, read = view.group, [view.variable]
        try:
            if isinstance(group, (Synapses, SynapticPathway)):
                read.append(connections_of(getattr(group, "synapses", group)))
            if isinstance(view.variable, Subexpression):
                read = [*read, *group.variables.values()]
        except ReferenceError:
            pass
        for variable in read:
            self._read_at(variable)

    def of_value(self, view, item, value, names):
        """A value for a variable as a statement: `words` or `why` it has."""
        variable, group, statement = view.variable, view.group, Statement(_place())
        whole = _is_whole(item)
        part = {}
        if isinstance(item, str) and not whole:
            part = {"where": line(item)}
        elif not whole:
            part = {"index": _index_text(item, group)}
        number = None if isinstance(value, str) else _number(value)
        if None in part.values() or (isinstance(group, Synapses) and "index" in part):
            statement.why = f"{statement.place} sets it by indices"
        elif number is None and not isinstance(value, str):
            statement.why = f"{statement.place} sets it to an array"
        else:
            text = _code(value, variable, group) if isinstance(value, str) else _number_text(number, variable)
            self._note(statement, group, [str(text), part.get("where", "")], names)
            statement.words = {"value": text, **part}
            if isinstance(group, Subgroup):
                statement.words = _of_subgroup(statement.words, group)
        return statement

    def _value(self, view, item, value, names):
        statement, group = self.of_value(view, item, value, names), view.group
        whole = _is_whole(item)
        if statement.words is not None and isinstance(group, Subgroup):
            whole = whole and len(group) == len(group.source)
        self._keep(view.variable, statement, whole)

    def of_connect(self, synapses, given, names):
        """A call of `connect` as a statement: lists have neither `words` nor `why`."""
        statement = Statement(_place())
        condition, i, j, p = (given.get(name) for name in ("condition", "i", "j", "p"))
        p, n, skip = 1 if p is None else p, given.get("n", 1), given.get("skip_if_invalid", False)
        if any(isinstance(end, Synapses) for end in (synapses.source, synapses.target)):
            statement.why = "it is between synapses"
        elif i is None and j is None:
            words = {"condition": True if condition in (None, True, "True") else line(condition)}
            if p != 1:
                words["p"] = line(p) if isinstance(p, str) else float(p)
            statement.draws = p not in (0, 1)
            statement.words = words
        elif isinstance(i, str) or isinstance(j, str):
            statement.words = {"i": line(i)} if isinstance(i, str) else {"j": line(j)}
            if p != 1 or (isinstance(i, str) and j is not None) or (isinstance(j, str) and i is not None):
                statement.why = f"{statement.place} gives p or an index beside a generator"
            if skip:
                statement.words["skip_if_invalid"] = True
        if statement.words is not None:
            if n != 1:
                statement.words["n"] = n if isinstance(n, str) else int(n)
            self._note(statement, synapses, [each for each in statement.words.values() if isinstance(each, str)], names)
        return statement

    def _connections(self, synapses, given, names, before):
        statement = self.of_connect(synapses, given, names)
        statement.part = (before, len(synapses.variables["_synaptic_pre"].get_value()))
        delays = [pathway.variables["delay"] for pathway in synapses._pathways]
        for variable in [*(synapses.variables[name] for name in own_names(synapses)), *delays]:
            # Synapses that are added have zeros, and so do not follow what was said before.
            for earlier in self.of.get(id(variable), []):
                if variable is not connections_of(synapses) and not earlier.why:
                    earlier.why = f"{statement.place} adds synapses after it was set"
        self._keep(connections_of(synapses), statement, before == 0)

    def _note(self, statement, group, texts, names):
        """Notes what texts name: variables with when they were set, and constants."""
        loops = set(re.findall(r"\bfor\s+(\w+)\s+in\b", " ".join(texts)))
        # Arguments of `sample` have names.
        found = set().union(*(get_identifiers(re.sub(r"\b(p|size)\s*=(?!=)", "", text)) for text in texts))
        statement.draws = statement.draws or bool(found & _DRAWING)
        for name in found - loops - _WORDS - {"i", "j"}:
            if name not in group.variables:
                if not is_default(name):
                    self._constant(statement, group, name, names)
                continue
            variable = group.variables[name]
            parts = [name]
            if isinstance(variable, Subexpression):
                parts = get_identifiers_recursively([name], group.variables) & set(group.variables)
                if get_identifiers(variable.expr) & _DRAWING:
                    statement.why = f"{statement.place} reads {name}, which is drawn anew whenever it is read"
            for each in parts:
                read = group.variables[each]
                self.alive[id(read)] = read
                statement.reads[id(read)] = self.set.get(id(read), 0)

    @staticmethod
    def _constant(statement, group, name, names):
        try:
            resolved = group._resolve(name, names, user_identifier=False)
        except KeyError:
            resolved = None
        if isinstance(resolved, Constant):
            statement.constants[name] = quantity_text(np.asarray(resolved.get_value()).item(), resolved.dim)
        else:
            statement.why = f"{statement.place} calls {name}"


def _is_whole(item):
    """Whether an index stands for all elements."""
    return isinstance(item, slice) and item == slice(None) or isinstance(item, str) and item == "True"


def _check_probability(p):
    """Brian connects nothing, or everything, for a probability that is none."""
    if isinstance(p, (int, float, np.number)) and not 0 <= p <= 1:
        raise ValueError(f"the probability p must be from 0 to 1, not {p}")


def connections_of(synapses):
    """The variable that stands for the connections of synapses."""
    return synapses.variables["_synaptic_pre"]


def _all_subclasses(kind):
    return {each for direct in kind.__subclasses__() for each in {direct, *_all_subclasses(direct)}}


def _is_scripts(frame):
    return not frame.f_code.co_filename.startswith(_INSIDE)


def _place():
    """The file and line of the script that Brian is called from."""
    frame = sys._getframe()
    while frame is not None and not _is_scripts(frame):
        frame = frame.f_back
    return "it" if frame is None else f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"


def _digest(variable):
    return zlib.crc32(np.ascontiguousarray(variable.get_value()).tobytes())


def _number(value):
    """A value of one number, in SI; None for others."""
    array = np.asarray(value)
    return array.item() if array.size == 1 and array.dtype.kind in "bif" else None


def _number_text(number, variable):
    if variable.is_boolean:
        return bool(number)
    return quantity_text(int(number) if variable.is_integer else float(number), variable.dim)


def _code(value, variable, group):
    """An expression for a variable of a group: Brian cuts off what follows the point where a variable is an integer."""
    text = expression_as_computed(value, group.variables, variable.scalar)
    return f"int({text})" if variable.is_integer and not re.fullmatch(r"[\dij\s+*()-]*|int\([^()]*\)", text) else text


def _index_text(item, group):
    """The index of elements as specifications write it: a number or a slice; None for others."""
    size = len(group)
    if isinstance(item, (int, np.integer)):
        return int(item) % size if -size <= item < size else None
    if isinstance(item, slice) and item.step in (None, 1):
        first, last, _ = item.indices(size)
        return f"{first}:{max(first, last)}"
    return None


def _of_subgroup(words, group):
    """A value for part of a group, whose neurons are counted from the beginning of the group."""
    first, last = group.start, group.stop
    moved = {"N": str(last - first), **({"i": f"(i - {first})"} if first else {})}
    code = {key: each for key, each in words.items() if key != "index" and isinstance(each, str)}
    words = {**words, **{key: word_substitute(each, moved) for key, each in code.items()}}
    if "where" in words:
        return {**words, "where": f"i >= {first} and i < {last} and ({words['where']})"}
    if "index" in words:
        begin, _, end = str(words["index"]).partition(":")
        return {**words, "index": f"{int(begin) + first}:{int(end) + first}" if end else int(begin) + first}
    return {**words, "index": f"{first}:{last}"}
