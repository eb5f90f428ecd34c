"""Populations, views and assemblies."""

import linecache
import re
import sys
import warnings
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
from interneuron._warnings import stack_level
from pyNN import common, errors
from pyNN.parameters import ArrayParameter, LazyArray, ParameterSpace, Sequence, simplify
from pyNN.standardmodels import StandardCellType

from . import simulator
from .checks import check_cells, check_finite, check_given, check_source, check_values
from .native import NativeCell
from .recording import Recorder
from .rules import distribution_of
from .simulator import state
from .units import plain


class Assembly(common.Assembly):
    """Cells of several populations."""

    _simulator = simulator

    @property
    def receptor_types(self):
        """Receptors that all of its populations have, in the order of the first: PyNN's own order is a matter of chance."""
        others = [each.celltype.receptor_types for each in self.populations[1:]]
        return [name for name in self.populations[0].celltype.receptor_types if all(name in each for each in others)]


def stem_of(cells):
    """The label of cells, with numbers in this network where PyNN made it: names decide on random numbers."""
    if isinstance(cells, Population):
        return cells.stem
    if isinstance(cells, PopulationView):
        usual = cells.label == f"view of '{cells.parent.label}' with size {cells.size}"
        return f"view of '{stem_of(cells.parent)}' with size {cells.size}" if usual else cells.label
    number = re.fullmatch(r"assembly(\d+)", cells.label)
    return f"assembly{int(number[1]) - state.counted[1]}" if number and int(number[1]) >= state.counted[1] else cells.label


def _parameters(cells, names, read):
    """Values of parameters in PyNN's names."""
    celltype = cells.celltype
    if isinstance(celltype, StandardCellType):
        return celltype.reverse_translate(read(*celltype.get_native_names(*names)))
    return read(*names)


def _sequence(value):
    return plain(np.asarray(value.value, dtype=float)) if isinstance(value, (Sequence, ArrayParameter)) else plain(value)


def _column(value):
    """Values of cells as an array: PyNN gives the value itself where there is one cell."""
    if isinstance(value, (Sequence, ArrayParameter)):
        column = np.empty(1, dtype=object)
        column[0] = value
        return column
    return np.atleast_1d(value)


def document_value(values):
    """One number for all cells, or one for each; lists likewise."""
    first = values[0] if len(values) else 0.0
    if isinstance(first, (Sequence, ArrayParameter)):
        lists = [_sequence(value) for value in values]
        same = all(each == lists[0] for each in lists[1:])
        return {"sequence": lists[0]} if same else {"sequences": lists}
    numbers = np.asarray(values, dtype=float)
    if not np.isfinite(numbers).all():
        raise errors.InvalidParameterValueError(f"values must be finite numbers, not {numbers[~np.isfinite(numbers)][0]}")
    return float(numbers[0]) if len(numbers) and (numbers == numbers[0]).all() else numbers.tolist()


def _steps_of(times):
    """The steps in which listed spikes are emitted."""
    steps = np.asarray(times, float) / state.dt
    return np.ceil(steps - 1e-6) if state.takes_next_step else np.floor(steps + 0.5 + 1e-6)


def _parameter_value(name, values):
    """The value of a parameter in the document. NEST sends spikes between steps with the next step."""
    if name != "spike_times" or not state.takes_next_step:
        return document_value(values)
    lists = [np.asarray(_sequence(each), float) for each in values]
    return document_value([Sequence(np.round(_steps_of(each) * state.dt, 9)) for each in lists])


#: What PyNN's populations and views have, of which the classes below are too.
_Base: Any = common.BasePopulation if TYPE_CHECKING else object


class _Checked(_Base):
    """Cells whose values are checked before PyNN makes arrays of them."""

    def set(self, **parameters):
        """Gives parameters other values, now."""
        known = {name: value for name, value in parameters.items() if name in self.celltype.default_parameters}
        check_given(known, units=getattr(self.celltype, "units", None))
        super().set(**parameters)

    def initialize(self, **initial_values):
        """Gives variables first values: numbers, distributions, functions, or a list with one for each cell."""
        check_given(initial_values)
        for variable, value in initial_values.items():
            if np.ndim(value) and np.shape(value) != (self.size,):
                raise errors.InvalidDimensionsError(f"{self.size} cells, but {np.size(value)} first values of {variable}")
            values = LazyArray(value, shape=(self.size,), dtype=float)
            self._set_initial_value_array(variable, values)
            if isinstance(self, common.Population):
                self.initial_values[variable] = values

    def inject(self, current_source):
        """Lets a current flow into all of the cells."""
        check_source(current_source)
        super().inject(current_source)


class PopulationView(_Checked, common.PopulationView):
    """Some cells of a population."""

    _assembly_class = Assembly
    _simulator = simulator

    def _owner(self):
        return self.grandparent, np.asarray(self.index_in_grandparent(np.arange(self.size)))

    def _get_parameters(self, *names):
        return _parameters(self, names, self._get_native_parameters)

    def _get_native_parameters(self, *names):
        owner, indices = self._owner()
        return ParameterSpace({name: simplify(owner.values[name][indices]) for name in names}, shape=(self.size,))

    def _set_parameters(self, parameter_space):
        owner, indices = self._owner()
        parameter_space.evaluate(simplify=False)
        owner.change(dict(parameter_space.items()), indices)

    def _set_initial_value_array(self, variable, initial_values):
        owner, indices = self._owner()
        owner.change_initial(variable, initial_values, indices)

    def _get_view(self, selector, label=None):
        return PopulationView(self, selector, label)


_assignment = re.compile(r"\s*([A-Za-z]\w*)\s*=\s*(?:\w+\.)*Population\(")


def _assigned_variable():
    """Returns the variable that the line of the script assigns a new population to; None if it assigns to none."""
    frame = sys._getframe(stack_level() - 1)
    found = _assignment.match(linecache.getline(frame.f_code.co_filename, frame.f_lineno))
    return found and found[1]


class Population(_Checked, common.Population):
    """Cells of one type."""

    __doc__ = common.Population.__doc__
    _simulator = simulator
    _recorder_class = Recorder
    _assembly_class = Assembly

    def __init__(self, size, cellclass, cellparams=None, structure=None, initial_values={}, label=None):
        check_cells(size, cellclass, cellparams, structure, initial_values)
        if not state.is_set_up:
            warnings.warn(f"setup() was not called: the time step is {state.dt:g} ms", stacklevel=stack_level())
            state.is_set_up = True
        if isinstance(cellclass, type) and cellparams is None:
            cellparams = {}
        #: Its label, the variable that it is assigned to, or its number in this network: PyNN goes on counting after setup().
        self.stem = label or _assigned_variable() or f"population{common.Population._nPop - state.counted[0]}"
        super().__init__(size, cellclass, cellparams, structure, initial_values, label)

    def _create_cells(self):
        state.refuse_after_a_run("populations")
        if self.size < 1:
            raise errors.InvalidDimensionsError(f"a population has one cell or more, not {self.size}")
        numbers = np.arange(state.id_counter, state.id_counter + self.size)
        self.all_cells = np.array([simulator.ID(n) for n in numbers], dtype=simulator.ID)
        self._mask_local = np.ones((self.size,), bool)
        for cell in self.all_cells:
            cell.parent = self
        state.id_counter += self.size
        self.name_in_document = state.unique(self.stem, "population")
        #: Where the cells are, in um, once a rule of connections needs to know.
        self.places = None
        self.first, self._first_draws = {}, {}
        space = deepcopy(self.celltype.native_parameters)
        try:
            space.shape = (self.size,)
        except ValueError as error:
            raise errors.InvalidDimensionsError(f"{self.size} cells, but a parameter has other numbers: {error}") from error
        self._draws = self._distributions(space)
        space.evaluate(simplify=False)
        self.values = {}
        for name, value in space.items():
            if isinstance(value, ParameterSpace):
                own = {inner: each for inner, each in value.items() if inner != "locations"}
                self.values.update({f"{name}.{inner}": np.broadcast_to(each, (self.size,)).copy() for inner, each in own.items()})
            else:
                self.values[name] = _column(value)
        if isinstance(self.celltype, StandardCellType):
            check_values(self.values)
        self._built = None
        listed = "spike_times" in self.values and not hasattr(self.celltype, "more")
        #: Lists of given spikes, each with the step after which it holds.
        self.lists = [(0, self.values["spike_times"])] if listed else []
        state.populations.append(self)
        #: Time in ms by which PyNN sends listed spikes to NEST earlier.
        self.sent_early = state.nest_min_delay()
        state.changed()

    def _distributions(self, space):
        """Parameters that are drawn, as a document that keeps draws has them; what is drawn is put in their place."""
        found = {}
        for name, value in [*space.items()] if state.keeps_draws else []:
            drawn = distribution_of(value, state.generators, self)
            if drawn is not None:
                found[name] = drawn
                # All draw in this order, from generators that others may use.
                space.update(**{name: value.evaluate(simplify=False)})
        return found

    def tell_places(self):
        """Has the document say where the cells are. Gives False where it says already that they are elsewhere, or nowhere."""
        if hasattr(self.celltype, "definition") or hasattr(self.celltype, "shape"):
            return False
        now = self.positions.T.tolist()
        if self.places is None and self._built is None:
            self.places = now
        return self.places == now

    def change(self, values, indices):
        """Gives cells other values, now and in the document."""
        flat = {}
        for name, value in values.items():
            if isinstance(value, ParameterSpace):
                flat.update({f"{name}.{inner}": _column(each) for inner, each in value.items()})
            else:
                flat[name] = _column(value)
        if isinstance(self.celltype, StandardCellType):
            try:
                check_values(flat)
            except (TypeError, ValueError) as error:
                raise errors.InvalidParameterValueError(str(error)) from error
        for name, value in flat.items():
            try:
                own = self.values[name].copy()
                for k, index in enumerate(indices):
                    own[index] = value[k]
            except (TypeError, ValueError) as error:
                raise errors.InvalidParameterValueError(f"{name} should not be of type {type(value[0])}") from error
            self.values[name] = own
            self._draws.pop(name, None)
            if name == "spike_times" and state.live:
                self.lists.append((state.steps, own))
            elif name == "spike_times":
                self.lists = [(0, own)]
                self.sent_early = state.nest_min_delay()
        if state.live:
            params = {name: _parameter_value(name, value) for name, value in flat.items()}
            phase = {"set": {"target": state.view(self, indices), "params": params}}
            if not state.set_directly(self, indices, params, phase):
                state.phase(phase)
        else:
            state.changed()

    def times_as_given(self, steps, cells, times):
        """Returns times of spikes of a source as its list has them, rather than on the grid of steps."""
        given = np.array(times, dtype=float)
        for cell in np.unique(cells):
            own = self._times_in_force(cell)
            if not len(own):
                continue
            places = np.flatnonzero(cells == cell)
            before, after = (1 + 1e-6, 1e-6) if state.takes_next_step else (0.5 + 1e-6, 0.5 + 1e-6)
            least, most = (steps[places] - before) * state.dt, (steps[places] + after) * state.dt
            # The first time of the list that lies in the step; each is taken once. Earlier ones are emitted in the first step.
            first = np.where(steps[places] > 1, np.searchsorted(own, least), 0)
            order = np.arange(len(places))
            found = np.minimum(np.maximum.accumulate(first - order) + order, len(own) - 1)
            fits = (own[found] >= least) & (own[found] <= most)
            given[places[fits]] = own[found[fits]]
        return given

    def _times_in_force(self, cell):
        """Returns the times of a cell's spikes of this segment, each from the list that held then."""
        ends = [step for step, _ in self.lists[1:]] + [np.inf]
        kept = []
        for (begin, each), end in zip(self.lists, ends, strict=True):
            times = np.asarray(each[cell].value, float)
            steps = np.maximum(_steps_of(times), 1)
            kept.append(times[(steps > begin) & (steps <= end)])
        return np.concatenate(kept)

    def change_initial(self, variable, values, indices):
        """Gives cells other first values."""
        known = getattr(self.celltype, "default_initial_values", {})
        if isinstance(self.celltype, StandardCellType) and variable not in known and not self.can_record(variable):
            raise errors.NonExistentParameterError(variable, type(self.celltype).__name__, list(known))
        values.shape = (len(indices),)
        keeps = state.keeps_draws and not state.live and len(indices) == self.size
        drawn = distribution_of(values, state.generators, self) if keeps else None
        numbers = np.asarray(values.evaluate(simplify=False), dtype=float)
        check_finite(variable, numbers)
        self._first_draws = {**{k: v for k, v in self._first_draws.items() if k != variable}, **({variable: drawn} if drawn else {})}
        own = self.first.setdefault(variable, np.full(self.size, np.nan))
        own[indices] = numbers
        if variable in derived_first_values(self.celltype):
            return
        if state.live:
            target = state.view(self, indices)
            state.phase({"initialize": {"target": target, "values": {variable: document_value(numbers)}}})
        else:
            state.changed()

    def freeze(self):
        """The network is built: what changes from now on are phases."""
        if self._built is None:
            self._built = self._document()

    def to_document(self):
        """The population as the document has it."""
        return self._built or self._document()

    def _document(self):
        values = self.values
        if isinstance(self.celltype, NativeCell):
            return self._native_document()
        if hasattr(self.celltype, "shape"):
            first = {variable: document_value(value) for variable, value in self.first.items()}
            return {
                "label": self.name_in_document,
                "size": int(self.size),
                "cell": self.celltype.to_document(),
                **({"initial_values": first} if first else {}),
            }
        more = getattr(self.celltype, "more", None)
        if more is not None:
            # Its spikes are not PyNN's parameters.
            return {"label": self.name_in_document, "size": int(self.size), "cell": {"type": "SpikeSourceArray"}, "native": more}
        cell: dict[str, Any] = {"type": getattr(self.celltype, "document_name", lambda: type(self.celltype).__name__)()}
        own = {name: self._draws.get(name) or _parameter_value(name, value) for name, value in values.items() if "." not in name}
        if hasattr(self.celltype, "post_synaptic_receptors"):
            cell["neuron"] = {"type": type(self.celltype.neuron).__name__, "params": own}
            cell["receptors"] = {
                name: {
                    "type": type(receptor).__name__,
                    "params": {
                        key.split(".")[1]: document_value(value)
                        for key, value in values.items()
                        if key.startswith(f"{name}.")
                    },
                }
                for name, receptor in self.celltype.post_synaptic_receptors.items()
            }
        else:
            cell["params"] = own
        derived = derived_first_values(self.celltype)
        first = {
            variable: self._first_draws.get(variable) or document_value(value)
            for variable, value in self.first.items()
            if variable not in derived
        }
        return {
            "label": self.name_in_document,
            "size": int(self.size),
            "cell": cell,
            **({"positions": self.places} if self.places else {}),
            **({"initial_values": first} if first else {}),
        }

    def _native_document(self):
        """A population of a type of the script's own."""
        celltype = self.celltype
        first = {variable: document_value(value) for variable, value in self.first.items()}
        return {
            "label": self.name_in_document,
            "size": int(self.size),
            "cell": {"type": celltype.document_name(), **({"values": celltype.values} if celltype.values else {})},
            **({"initial_values": first} if first else {}),
            **({"native": celltype.more} if celltype.more else {}),
        }

    def _set_initial_value_array(self, variable, initial_values):
        if variable in derived_first_values(self.celltype):
            warn_of_derived(self, variable, initial_values)
        self.change_initial(variable, initial_values, np.arange(self.size))

    def _get_view(self, selector, label=None):
        return PopulationView(self, selector, label)

    def _get_parameters(self, *names):
        return _parameters(self, names, self._get_native_parameters)

    def _get_native_parameters(self, *names):
        found = {}
        for name in names:
            if name in self.values:
                found[name] = simplify(self.values[name])
            else:
                inner = [key for key in self.values if key.startswith(f"{name}.")]
                found[name] = {key.split(".")[1]: simplify(self.values[key]) for key in inner}
        return ParameterSpace(found, shape=(self.size,))

    def _set_parameters(self, parameter_space):
        drawn = {} if state.live else self._distributions(parameter_space)
        parameter_space.evaluate(simplify=False)
        self.change(dict(parameter_space.items()), np.arange(self.size))
        self._draws.update(drawn)


def warn_of_derived(population, variable, initial_values):
    """Says that a first value that differs from what parameters say is not taken."""
    expected = simplify(population.values["v_t_star"]) if variable == "v_t" else 0.0
    if np.allclose(initial_values.evaluate(simplify=True), expected):
        return
    warnings.warn(
        f"{variable} of {population.label} begins at what the parameters say, not at the value that is given: the first "
        "values of v_t and i_eta of GIF_cond_exp cannot be chosen",
        stacklevel=stack_level(),
    )


def derived_first_values(celltype):
    """Variables whose first values follow from parameters."""
    return ("v_t", "i_eta") if type(celltype).__name__ == "GIF_cond_exp" else ()
