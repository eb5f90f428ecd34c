"""The device: keeps Brian's arrays, and has interneuron's engines run its networks."""

import atexit
import json
import time
import weakref
from contextlib import suppress
from functools import partial

import numpy as np
from brian2.codegen.runtime.numpy_rt import NumpyCodeObject
from brian2.core.functions import Function
from brian2.core.namespace import get_local_namespace
from brian2.core.network import Network
from brian2.core.preferences import prefs
from brian2.groups.group import Group
from brian2.units import second
from brian2.input.timedarray import TimedArray
from brian2.synapses.synapses import Synapses
from brian2.units.fundamentalunits import check_units, fail_for_dimension_mismatch
from brian2.utils.logger import get_logger

import interneuron
from interneuron._server import pack, prepare, require_engine, shared

from . import deferred
from .clocks import finish_clocks, set_clocks, stop_clocks, with_base
from .deferring_device import DeferringDevice, Parts
from .document import written
from .later_code import OF_RUNS, Later, make_code
from .live import Live, sent, with_values
from .operations import Calls, Unchanging, simulated
from .reports import DOUBLE, OF_THEIR_STEPS, PROFILE, outputs_of, report_to, warnings_of
from .results import end_of_run, write_back
from .seeds import Seeds
from .start import Changed, start_of_run
from .texts import Unsupported, assigned, refused
from .touched import Touched
from .unsolved import unsolved
from .values import check_values

logger = get_logger("brian2.devices.interneuron")

#: What the state before the first run is stored as.
_BEFORE = "interneuron: before the first run"

#: What Brian's own runtime does.
_RUN = Network.run.original_function

#: Options of `set_device` for the engine, none of which Brian's runtime follows. `device` is the name of Brian's device.
_OF_ENGINE = ("target", "engine_device", "threads", "precision", "seed", "output")


class InterneuronDevice(DeferringDevice):
    """Runs networks on interneuron; what it cannot run is left to Brian's runtime."""

    def __init__(self):
        super().__init__()
        self._preparing = self._falling_back = self._leaving = False
        #: Whether the last run was interneuron's, and what it was told about it.
        self.last_run_native = None
        self.last_reason = None
        self.last_engine = None
        #: Whether its steps draw random numbers, which are not those of Brian's runtime.
        self.last_draws = None
        #: The session that the last run left, and how many before it wrote files.
        self._live = None
        self._written = 0
        self._seeds = Seeds()
        #: Runs of a script that may repeat them.
        self._runs, self._repeating = [], False
        #: Networks with methods of integration that only Brian has.
        self._stepped = weakref.WeakSet()
        #: Variables that scripts have changed between runs of a network, by name.
        self._settable = weakref.WeakKeyDictionary()

    def activate(self, build_on_run=True, target=None, strict=False, **options):
        """What `set_device('interneuron', ...)` does.

        Args:
            build_on_run: False where `device.run` is to repeat the run with other values: the first run then waits for
                `build`, or until something is read or set.
            target: the engine: 'auto', 'wasm', 'c', 'opencl', 'cuda' or 'reference'.
            strict: refuses what Brian's runtime would have to run, as any option for the engine does.
            options: `threads`, `engine_device` (its number or a part of its name), `precision`, `seed`, `output` (a file or files for results); `connect`, who draws
                connections that are conditions and probabilities: 'brian', 'engine', or 'auto': the engine where they
                are many, nothing is seeded, and nobody reads them before the run; options of other devices are
                accepted and mean nothing here.

        Raises:
            ValueError: for a word that `connect` does not take.
            UsageError: if the target or the device is not there.
        """
        if options.get("connect", "auto") not in ("auto", "brian", "engine"):
            raise ValueError(f"connect is 'auto', 'brian' or 'engine', not {options['connect']!r}")
        self._awaited = None
        self.end()
        self._runs, self._repeating, self._seeds = [], False, Seeds()
        super().activate(build_on_run=build_on_run, **options)
        prepare()
        require_engine(target, options.get("engine_device"))
        wanted = {"target": target, **options}
        given = {key: wanted[key] for key in _OF_ENGINE if wanted.get(key) not in (None, "auto")}
        self.options = {**given, "connect": options.get("connect", "auto"), "strict": bool(strict or given)}

    def reinit(self):
        """Forgets what runs have left, and keeps the options."""
        self._awaited = None
        self.end()
        super().reinit()
        self._runs, self._written, self._seeds = [], 0, Seeds()

    def build(self, *args, run=True, **options):
        """Runs the network that waits, if there is one. Other arguments are those of stand-alone devices."""
        if run:
            self.perform_awaited()

    def run(self, directory=None, results_directory=None, with_output=True, run_args=None):
        """Repeats the run of a script from its beginning, with other values, as stand-alone devices do.

        Args:
            directory, results_directory, with_output: accepted; there are no files.
            run_args: values by variable (`group.tau`, or its name) or by TimedArray.

        Raises:
            NotImplementedError: where the script has run other than once, with `build_on_run=False`.
        """
        if len(self._runs) != 1:
            raise NotImplementedError("device.run repeats a script that runs once, after set_device(..., build_on_run=False)")
        # Each process of a stand-alone device begins with the seed, and without one with any other.
        self._seeds = Seeds(alike=False)
        net, parts, duration, namespace = self._runs[0]
        with parts.put_back():
            # A network that Brian makes by itself would look for its objects here.
            if self._awaited is None:
                Network.restore(net, _BEFORE)
            else:
                # It has not been carried out, and need not be.
                self._awaited = None
                Network.store(net, _BEFORE)
            for key, value in dict(run_args or {}).items():
                if isinstance(key, TimedArray):
                    key.values[...] = value
                    continue
                owner, name = key.split(".") if isinstance(key, str) else (key.group.name, key.name)
                variable = net[owner].variables[name]
                fail_for_dimension_mismatch(variable, value, f"The value for {owner}.{name} has another unit")
                variable.get_value()[:] = np.asarray(value)
            self._repeating = True
            try:
                self.network_run(net, duration, namespace=namespace)
            finally:
                self._repeating = False

    def delete(self, *args, **options):
        """Accepted, so that scripts for stand-alone devices run: there are no files."""

    def seed(self, seed=None):
        """Seeds Brian's own draws, and those of the engines."""
        super().seed(seed)
        self._seed, self._seeds = seed, Seeds(None if seed is None else 0)

    def get_random_state(self):
        """What `set_random_state` takes, with what the engines draw from."""
        return {**super().get_random_state(), "interneuron": self._seeds.state()}

    def set_random_state(self, state):
        """Goes back to a state: a network that is restored with it draws the same numbers again."""
        super().set_random_state(state)
        if "interneuron" in state:
            self._seeds.resume(state["interneuron"])

    # --- Code objects -----------------------------------------------------------------------------------------------
    def code_object_class(self, codeobj_class=None, fallback_pref="codegen.target"):
        """While a run is prepared nothing is compiled, so that names and units are all that is looked at.

        What acts once, as connections and first values, is NumPy's unless `prefs.codegen.target` asks for Cython: its
        compiler takes longer than it saves.
        """
        once = not self._falling_back and prefs[fallback_pref] == "auto"
        if codeobj_class is None and (self._preparing or once):
            return NumpyCodeObject
        return super().code_object_class(codeobj_class, fallback_pref)

    def code_object(self, owner, name, abstract_code, variables, template_name, variable_indices, **rest):
        """Code of runs is made only where Brian's runtime is to run it."""
        make = partial(self._make_code, owner, name, abstract_code, variables, template_name, variable_indices, **rest)
        if not self._preparing or template_name not in OF_RUNS:
            return make()
        begins = partial(self._make_ready, owner) if template_name == "synapses_push_spikes" else None
        later = Later(name, owner, make, begins)
        # What types arguments have is looked at where code is made.
        if any(isinstance(each, Function) and set(each._arg_types or ()) - {"any"} for each in variables.values()):
            later.make()
        # So are variables with one value for all elements, which code of single elements must not write.
        code = abstract_code if isinstance(abstract_code, str) else "\n".join(filter(None, abstract_code.values()))
        if template_name in ("reset", "synapses") and any(variable_indices.get(name) == "0" for name in assigned(code)):
            later.make()
        return later

    def _make_code(self, *words, **more):
        return super().code_object(*words, **more)

    def _make_ready(self, pathway):
        """Makes the queue of a pathway ready for a run: not for one on the engine, if the engine draws its synapses."""
        if not self._preparing or deferred.of(pathway.synapses) is None:
            pathway.initialise_queue()

    # --- Runs -------------------------------------------------------------------------------------------------------
    @check_units(duration=second, report_period=second)
    def network_run(
        self, net, duration, report=None, report_period=10 * second, namespace=None, profile=None, level=0, awaited=False
    ):
        """What `Network.run` does on this device."""
        if namespace is None:
            namespace = get_local_namespace(level=level + 3)
        if isinstance(duration, str):
            raise TypeError(f"the duration must be a time, such as 10*ms, not {duration!r}")
        if duration < 0:
            raise ValueError(f"Function 'run' expected a non-negative duration but got '{duration}'")
        if not self.build_on_run and not self._repeating:
            self.perform_awaited()
            if not awaited:
                self._runs.append((net, Parts(net), duration, namespace))
                if len(self._runs) == 1:
                    more = {"report": report, "report_period": report_period, "profile": profile}
                    self._awaited = (*self._runs[0], more)
                    return
            elif len(self._runs) == 1:
                Network.store(net, _BEFORE)
        if not net.sorted_objects:
            # Nothing but time goes on.
            _RUN(net, duration, report=report, report_period=report_period, namespace=namespace, profile=profile)
            return
        begin_time = float(net.t_)
        begin = time.time()

        def fall_back(reason):
            self.end()
            # By now all synapses are drawn.
            check_values(net.sorted_objects)
            self._fall_back(net, reason)
            self._falling_back = True
            try:
                _RUN(net, duration, report=report, report_period=report_period, namespace=namespace, profile=profile)
            finally:
                self._falling_back = False

        try:
            document = self._prepare(net, duration, namespace)
            calls = Calls(net.sorted_objects, document, "output" in self.options)
            if document.due and calls:
                raise Unsupported(document.due[0][0], "it has code that runs before its event, beside functions of Python")
            document.refuse_early_pathways(bool(calls) or document.clock.variables["timestep"].get_value().item() > 0)
            self._live_of(net, document, float(duration))
        except Unsupported as reason:
            fall_back(reason)
            return
        expected, self._seeds.expected = self._seeds.expected, None
        if expected not in (None, round(begin_time / document.dt)) and document.draws():
            logger.warn(OF_THEIR_STEPS, "seed", once=True)
        callback = report_to(report)
        if callback is not None:
            callback(0 * second, 0.0, begin_time * second, duration)
        told = [begin + float(report_period)]

        def progress(share):
            if time.time() > told[0] and share < 1:
                callback((time.time() - begin) * second, share, begin_time * second, duration)
                told[0] = time.time() + float(report_period)

        if document.narrow is not None and "precision" not in self.options:
            logger.warn(DOUBLE % document.narrow, "precision", once=True)
        if profile:
            logger.warn(PROFILE, "profile", once=True)
        net._stopped = Network._globally_stopped = False
        try:
            # Functions that report may read any variable while the engine runs.
            self._perform(net, document, calls, duration, progress if callback is not None else None, not callable(report))
        except Unsupported as reason:
            # Nothing has been written to Brian's arrays.
            fall_back(reason)
            return
        except BaseException:
            live, self._live = self._live, None
            if live is not None:
                with suppress(interneuron.InterneuronError):
                    live.bring_up_to_date()
                for each in deferred.held(live.session):
                    each.lose()
                live.session.close()
            raise
        if callback is not None:
            callback((time.time() - begin) * second, self._last_run_completed_fraction, begin_time * second, duration)
        self.last_run_native, self.last_reason, self.last_draws = True, None, document.draws()
        self._last_run_time = time.time() - begin
        net._profiling_info = [(net.name, self._last_run_time * second)] if profile else None

    def _fall_back(self, net, reason):
        self.last_run_native, self.last_reason = False, str(reason)
        if self.options.get("strict"):
            make_code(net)
            given = [key for key in _OF_ENGINE if key in self.options]
            without = f"; Brian's own runtime runs it without {', '.join(given)}" if given else ""
            raise interneuron.UnsupportedError(f"interneuron cannot run this network: {reason}{without}") from None
        logger.warn(f"Brian's own runtime runs this network, because interneuron cannot: {reason}", "fallback")

    def _prepare(self, net, duration, namespace):
        """Brian's own checks, then the network as a document, and where it stands."""
        objects = net.sorted_objects
        for each in filter(None, (deferred.of(each) for each in objects if isinstance(each, Synapses))):
            if each.session is None and (net.t_ != 0 or not each.can_be_drawn()):
                each.draw()
        check_values(objects)
        net._clocks = {each.clock for each in objects}
        net._clock_variables = {}
        t_end = net.t + duration
        for clock in net._clocks:
            clock.set_interval(net.t, t_end)
        self._preparing = True
        try:
            with unsolved():
                net.before_run(namespace)
        finally:
            self._preparing = False
        for clock in with_base({each.clock for each in simulated(objects)}) - net._clocks:
            net._clocks.add(clock)
            clock.set_interval(net.t, t_end)
        return written(net, namespace, simulated(objects), True, net in self._stepped)

    def _live_of(self, net, bare, duration):
        """The session that goes on with a network: that of its last run, or another."""
        settings, earlier = {**self.options, "seed": self._seed}, {}
        if self._live is not None:
            if self._live.goes_on(net, bare, settings):
                return self._live
            earlier = self._live.earlier_delays(bare)
            self.end()
            if bare.deferred:
                bare = written(net, bare.run_namespace, simulated(net.sorted_objects), True, net in self._stepped)
        network = (net, bare.run_namespace, simulated(net.sorted_objects))
        stepped = net in self._stepped
        try:
            document = written(*network, False, stepped)
            session = self.run_document(net, document, start_of_run(document), duration)
        except Changed:
            if not earlier:
                raise
            # A session that begins with the delays of what is under way is told of the others.
            with with_values(earlier):
                self._live_of(net, bare, duration).note(bare)
            if not self._live.goes_on(net, bare, settings):
                raise
            return self._live
        except Unsupported as reason:
            waiting = [each for each in map(deferred.of, bare.synapses) if each is not None]
            if waiting:
                # The engine may not understand the words.
                for each in waiting:
                    each.draw()
                return self._live_of(net, written(*network, True, stepped), duration)
            # What is refused may be a method of integration: Brian has worked out its steps.
            if stepped:
                raise
            document = written(*network, False, True)
            if not {"neuron_groups", "spatial_neurons"} & set(document.parts) or not document.has_steps():
                raise
            try:
                session = self.run_document(net, document, start_of_run(document), duration)
            except Unsupported:
                raise reason from None
            self._stepped.add(net)
            bare = written(*network, True, True)
        for each in document.deferred:
            each.session = session
        self._live = Live(net, bare, session, settings, self._settable.setdefault(net, {}))
        return self._live

    def end(self):
        """Ends the session that the last run left; its files are written now."""
        live, self._live = self._live, None
        if live is None or live.session._number is None or not live.session._server.alive:
            return
        live.bring_up_to_date()
        if not self._leaving:
            for each in deferred.held(live.session):
                each.draw()
        if self.options.get("output"):
            live.session._server.call("finish", {"session": live.session._number})
            live.session._number = None
            self._written += 1
        else:
            live.session.close()

    def leave(self):
        """Ends the session where a script ends: nobody reads what it has drawn."""
        self._leaving = True
        self.end()

    def run_document(self, net, document, start, duration):
        """A session of a network; whoever only wants the document puts another function in this place."""
        parts = {**document.parts, "run": "0*second"}
        given = self.options.get("seed")
        begins = int(document.clock.variables["timestep"].get_value().item())
        parts["seed"] = self._seeds.of(net, begins, self._seed if given is None else given)
        given = {key: self.options[key] for key in ("target", "threads", "precision") if key in self.options}
        if "engine_device" in self.options:
            given["device"] = str(self.options["engine_device"])
        if self.options.get("output"):
            given["outputs"], given["force"] = outputs_of(self.options["output"], self._written), self._written > 0
        server = shared()
        # Before the server's own end, which was registered when it began.
        atexit.unregister(self.leave)
        atexit.register(self.leave)
        data = {name: pack(array) for name, array in document.data.items()}
        parameters = {"text": json.dumps(parts), "name": net.name, "data": data, **start, **given}
        session = None
        try:
            session = interneuron.Session(server, parameters)
            for each in warnings_of(session.diagnostics):
                logger.warn(each, "model", once=True)
            self._keep_settable(net, document, session)
            # The engine is made now, so that what it refuses is known before anything has run.
            session._call("run", time=0.0)
            return session
        except (interneuron.ModelError, interneuron.UsageError) as error:
            if session is not None:
                session.close()
            raise self._refused(net, error) from error

    def _refused(self, net, error):
        """Returns what to raise for an error of the engine: itself, if it concerns what was asked of the engine."""
        asked = isinstance(error, interneuron.UsageError) and any(key in self.options for key in _OF_ENGINE)
        return error if asked else refused(net.name, error)

    def _keep_settable(self, net, document, session):
        """Sets what scripts change between runs once more: then it is no constant of the engine's code."""
        # Synapses that rest are in no document.
        present = {each.name for each in (*document.groups, *document.synapses)}
        kept = {id(each) for each in document.kept if each.owner.name in present}
        values = {key: sent(each) for key, each in self._settable.get(net, {}).items() if id(each) in kept}
        if values:
            session._call("set", values=values)

    def _perform(self, net, document, calls, duration, progress, lazily):
        """Runs a network from where it stands, with stops where functions of Python are due."""
        held = Unchanging(net, document) if calls else None
        try:
            self._run_and_call(net, document, calls, held, duration, progress, lazily)
        finally:
            if held is not None:
                held.give_back()

    def _run_and_call(self, net, document, calls, held, duration, progress, lazily):
        begin_time, clock = net.t_, document.clock
        touched = Touched(self, document) if calls else None
        begin = at = int(clock.variables["timestep"].get_value().item())
        end = int(clock._i_end)
        boundary = begin if calls and begin < end else end
        # The place in time at which a function has stopped the network.
        last = None
        while True:
            if boundary > at:
                share = (at - begin) / max(1, end - begin)
                told = progress and (lambda done: progress(share + done * (1 - share)))
                reached = self._advance(net, document, at, boundary, told)
                if reached < boundary or not lazily:
                    self._live.bring_up_to_date()
                if reached < boundary:
                    self._live.note(document)
                    end_of_run(document)
                    net.after_run()
                    raise KeyboardInterrupt
                at = boundary
            called = calls.due(boundary, begin, end, last)
            if called:
                with held.said(touched):
                    for step, each in called:
                        if last is not None and step > last:
                            break
                        set_clocks(net, step, document.dt)
                        calls.call(each, step, boundary)
                        if net._stopped or Network._globally_stopped:
                            last = step
            if last is not None:
                # The step in which a function stops the network is still done.
                end = max(boundary, int(last) + 1)
            if boundary >= end:
                break
            if called:
                set_clocks(net, boundary, document.dt)
                if not self._live.takes(touched.changed(), document):
                    self._live.bring_up_to_date()
                    try:
                        self._live_of(net, document, float(duration))
                    except Unsupported as reason:
                        raise NotImplementedError(f"interneuron cannot go on after {called[-1][1].name}: {reason}") from None
            boundary = min(calls.next_stop(boundary, end), end)
        self._live.bring_up_to_date()
        self._live.note(document)
        if last is None:
            finish_clocks(net, end, document.dt, False)
            net.t_ = begin_time + float(duration)
        else:
            stop_clocks(net, last, document.dt)
        self._last_run_completed_fraction = (net.t_ - begin_time) / float(duration) if duration > 0 else 1.0
        for each in net.sorted_objects:
            if isinstance(each, Group) and not (isinstance(each, Synapses) and deferred.of(each)):
                each._check_for_invalid_states()
        end_of_run(document)
        net.after_run()

    def _advance(self, net, document, begin, end, progress):
        """Has the engine run from one step to another, and fetches what it gives. Returns the step that it reached."""
        live = self._live
        session = live.session
        try:
            result = session._server.call(
                "run", {"session": session._number, "time": (end - begin) * document.dt}, progress
            )
        except (interneuron.ModelError, interneuron.UsageError) as error:
            raise self._refused(net, error) from error
        self.last_engine = result.get("engine")
        reached = end if result["complete"] else int(result["steps"])
        self._seeds.reach(net, reached)
        write_back(document, session, begin, reached, live.behind)
        finish_clocks(net, reached, document.dt, reached < int(document.clock._i_end))
        return reached

    def bring_up_to_date(self, variable):
        """Fetches a variable that the engine has changed since it was last read."""
        if self._live is not None:
            self._live.bring_up_to_date(variable)
