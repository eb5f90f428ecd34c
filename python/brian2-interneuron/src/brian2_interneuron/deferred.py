"""Connections that the engine draws: what a script says of large synapses stays text while nobody reads what is drawn.

Brian's arrays of such synapses are empty. Whoever reads or sets one has them drawn first: by Brian where no run has
begun, otherwise by the engine, from which they are fetched.
"""

import weakref

import numpy as np
from brian2.core.variables import ArrayVariable, Constant, DynamicArrayVariable
from brian2.parsing.expressions import parse_expression_dimensions
from brian2.synapses.parse_synaptic_generator_syntax import parse_synapse_generator
from brian2.synapses.synapses import Synapses
from brian2.utils.stringtools import get_identifiers

import interneuron
from interneuron._server import unpack

from . import queues
from .groups import linked_variables
from .rules import connections_in, initial_value, without_bounds
from .statements import Statements

#: Pairs of neurons from which on drawing by the engine saves time.
MANY_PAIRS = 1_000_000

#: What Brian's own runtime does.
CONNECT = Synapses.connect.original_function

#: Synapses that are not drawn yet, or are in a session alone, by the identity of their variables.
_waiting = {}


def of(synapses):
    """What waits for synapses to be drawn; None where their arrays are complete."""
    return _waiting.get(id(synapses.variables["_synaptic_pre"])) if _waiting else None


def read(variable):
    """Draws what a variable belongs to, before it is read or set."""
    found = _waiting.get(id(variable)) if _waiting else None
    if found is not None:
        found.draw()


def waits(variable):
    """Whether a variable waits for its synapses to be drawn."""
    return id(variable) in _waiting


def waiting_for(view):
    """What waits for the synapses that a view is of."""
    return _waiting.get(id(view.variable)) if _waiting else None


def held(session=None):
    """All that waits, or is in a session."""
    found = {id(each): each for each in _waiting.values()}.values()
    return [each for each in found if session is None or each.session is session]


def _declared(synapses):
    """Names of what equations of synapses declare and synapses keep."""
    event_driven = synapses.event_driven.diff_eq_names if synapses.event_driven is not None else ()
    return {*synapses.equations.diff_eq_names, *synapses.equations.parameter_names, *event_driven}


def _used(names, texts):
    """The names that code uses: whoever keeps others keeps what they stand for."""
    found = set().union(*(get_identifiers(each) for each in texts)) if texts else set()
    return {name: names[name] for name in found if name in names}


class Deferred:
    """Synapses that are text: calls of `connect`, and values of all of them."""

    def __init__(self, synapses):
        self._synapses = weakref.ref(synapses)
        self.name = synapses.name
        self._said = Statements()
        self._said.listening = False
        #: Statements about variables, the first about connections, and how Brian carries each out.
        self.statements, self._calls = {}, []
        #: The pathway whose delays are drawn, and seconds in a step of the engine.
        self._delayed, self._dt = None, None
        #: The session that has drawn them.
        self.session = None
        #: Events that went through pathways, by the name of each.
        self._received = {}
        #: Delays as a session has drawn them, by variable.
        self.delays = {}
        # Delays are the synapses', though pathways alone have them.
        found = [each for owner in (synapses, *synapses._pathways) for each in owner.variables.values()]
        self.variables = [
            each
            for each in {id(each): each for each in found}.values()
            if isinstance(each, ArrayVariable)
            and getattr(each.owner, "name", None) == synapses.name
            and (isinstance(each, DynamicArrayVariable) or each.name == "N")
            and not (each.name == "delay" and each.scalar)
        ]
        for each in self.variables:
            _waiting[id(each)] = self
        weakref.finalize(synapses, self._forget)

    @classmethod
    def connection(cls, synapses, given, names):
        """Notes a call of `connect`. Gives whether it is noted: others have to be carried out."""
        known = of(synapses)
        if known is None:
            if len(synapses) or synapses.multisynaptic_index is not None or linked_variables(synapses):
                return False
            known = cls(synapses)
        elif known.session is not None:
            return False
        if known._connection(synapses, given, names):
            return True
        if not known._calls:
            known._forget()
        return False

    def _connection(self, synapses, given, names):
        i, j, p, n = given["i"], given["j"], given["p"], given["n"]
        condition, generators = given["condition"], [each for each in (i, j) if each is not None]
        if condition is False or type(n) not in (int, str) or len(self.statements) > 1:
            return False
        if generators and not (len(generators) == 1 and isinstance(generators[0], str) and condition is None):
            return False
        # Mistakes are Brian's to find.
        synapses._verify_connect_argument_types(condition, i, j, n, p)
        if generators:
            own, other = ("i", "j") if j is None else ("j", "i")
            generator = synapses._finalize_generator_expression(generators[0], None, p, own, other)
            synapses._check_parsed_synapses_generator(parse_synapse_generator(generator), names)
        else:
            synapses._condition_to_generator_expression(True if condition is None else condition, p, names)
        statement = self._said.of_connect(synapses, given, names)
        before = self._values_read(statement, ())
        if statement.why is not None or statement.words is None or before is None:
            return False
        used = _used(names, [text for text in (condition, p, n, *generators) if isinstance(text, str)])
        self._calls.append((None, before, lambda: self._connect(**given, namespace=used)))
        self.statements.setdefault("connect", []).append(statement)
        synapses._connect_called = True
        return True

    def _connect(self, **given):
        CONNECT(self._synapses(), **given)

    def value(self, view, value, names, carry_out):
        """Notes a value for all synapses, and what sets it with given names. Gives whether it is noted."""
        synapses, variable = self._synapses(), view.variable
        pathways = {id(each.variables["delay"]): each for each in synapses._pathways}
        pathway = pathways.get(id(variable))
        if self.session is not None or variable.scalar or (pathway is None and variable.name not in _declared(synapses)):
            return False
        key = variable.name if pathway is None else f"{pathway.objname}.delay"
        if isinstance(value, str):
            # Mistakes are Brian's to find.
            known = synapses.resolve_all(get_identifiers(value), names)
            if parse_expression_dimensions(value, known) is not variable.dim:
                return False
        statement = self._said.of_value(view, slice(None), value, names)
        before = self._values_read(statement, self.statements)
        if statement.why is not None or before is None:
            return False
        if pathway is not None and not self._may_be_drawn(pathway, pathways.values(), statement):
            return False
        used = _used(names, [value] if isinstance(value, str) else [])
        self._calls.append((variable, before, lambda: carry_out(used)))
        # What reads its own variable goes on from what was said before.
        again = id(variable) in statement.reads
        self.statements[key] = [*(self.statements.get(key, ()) if again else ()), statement]
        if pathway is not None and statement.draws:
            self._delayed = pathway
        return True

    def _may_be_drawn(self, pathway, pathways, statement):
        """Whether delays of a pathway may be text: the engine tells those of one alone, in whole steps."""
        if "delay" in get_identifiers(pathway.code) or without_bounds(statement) or pathway.prepost != "pre":
            return False
        return not statement.draws or all(f"{each.objname}.delay" not in self.statements for each in pathways)

    def _values_read(self, statement, own):
        """What other variables hold that a statement reads; None where it cannot wait."""
        found = []
        for key in statement.reads:
            variable = self._said.alive[key]
            if key in {id(each) for each in self.variables}:
                if variable.name not in own:
                    return None
            elif isinstance(variable, ArrayVariable) and not isinstance(variable.owner, Synapses):
                found.append((variable, np.array(variable.get_value())))
            elif not isinstance(variable, Constant):
                return None
        return found

    def can_be_drawn(self):
        """Whether what statements read is still what it was."""
        return all(np.array_equal(values, variable.get_value()) for _, before, _ in self._calls for variable, values in before)

    def write(self, document, entry):
        """Writes connections and values as the script has them."""
        self._dt = document.dt
        connections_in(document, entry, self.statements["connect"])
        for name, statements in self.statements.items():
            if name != "connect":
                initial_value(entry, name, statements)

    def note(self, pathway, *received):
        """Keeps the events of a run for a pathway: the steps between which it ran, steps and neurons of events."""
        delay = pathway.variables["delay"]
        delays = np.array(delay.get_value()) if delay.scalar else None
        self._received.setdefault(pathway.name, []).append((pathway.source.clock.dt_, delays, received))

    def _forget(self):
        for each in self.variables:
            _waiting.pop(id(each), None)

    def draw(self):
        """Draws synapses and their values, or fetches those that a session has drawn."""
        self._forget()
        synapses = self._synapses()
        if synapses is None:
            return
        if self.session is None:
            self._carry_out(lambda variable: True)
            for pathway in synapses._pathways:
                pathway.initialise_queue()
            return
        found = self.session._call("synapses", projection=self.name)
        pairs = {side: unpack(found[key]).astype(np.int32) for side, key in (("i", "sources"), ("j", "targets"))}
        if len(pairs["i"]):
            CONNECT(synapses, **pairs, namespace={})
        missing = {id(each.variables["delay"]): each.variables["delay"] for each in synapses._pathways}
        if self._delayed is not None:
            # Engines keep delays in whole steps.
            delay = self._delayed.variables["delay"]
            delay.get_value()[:] = unpack(found["delays"]) * self._dt
            del missing[id(delay)]
        for each in self.variables:
            if each.name in _declared(synapses) or (each.name == "lastupdate" and synapses.event_driven is not None):
                try:
                    each.get_value()[:] = unpack(self.session._call("read", owner=self.name, variable=each.name))
                except interneuron.UsageError:
                    missing[id(each)] = each
        # What no code needs is in no engine.
        self._carry_out(lambda variable: id(variable) in missing)
        for pathway in synapses._pathways:
            delay = pathway.variables["delay"]
            self.delays[delay] = np.array(delay.get_value())
            for dt, delays, received in self._received.get(pathway.name, ()):
                queues.replay(pathway, *received, was=(dt, delay.get_value() if delays is None else delays))
            pathway.initialise_queue()

    def lose(self):
        """A session has failed: Brian draws what it has drawn."""
        self.session = None
        self._received = {}

    def _carry_out(self, which):
        """Has Brian carry out statements, with what they read as it was."""
        for variable, before, call in self._calls:
            if not which(variable):
                continue
            now = [(each, np.array(each.get_value())) for each, _ in before]
            for each, values in before:
                each.get_value()[...] = values
            try:
                call()
            finally:
                for each, values in now:
                    each.get_value()[...] = values
