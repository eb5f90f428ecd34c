"""Brian's runtime with other arithmetic, by which the conformance of the device is judged where rounding grows."""

import re


def extend_precision():
    """Has Brian's NumPy target compute with 64 bits after the point in place of 52, where NumPy has such numbers."""
    import brian2
    import numpy as np
    import scipy.linalg
    from brian2.codegen.runtime.numpy_rt import NumpyCodeObject
    from brian2.core.preferences import BrianGlobalPreferences
    from brian2.devices.device import RuntimeDevice
    from brian2.synapses.spikequeue import SpikeQueue

    if np.finfo(np.longdouble).nmant < 63:
        raise RuntimeError("NumPy has no numbers with more digits on this machine")
    brian2.prefs.codegen.loop_invariant_optimisations = False
    name = "core.default_float_dtype"
    brian2.prefs.prefs[name] = np.longdouble
    set_preference = BrianGlobalPreferences.__setitem__
    # Scripts that ask for another precision do not get it.
    BrianGlobalPreferences.__setitem__ = lambda prefs, key, value: None if key == name else set_preference(prefs, key, value)
    constants, block = NumpyCodeObject.variables_to_namespace, NumpyCodeObject.compile_block

    def variables_to_namespace(code):
        constants(code)
        for key, value in code.namespace.items():
            if isinstance(value, float):
                code.namespace[key] = np.longdouble(value)

    def compile_block(code, which):
        text = getattr(code.code, which, "").replace("zeros((3,N))", "zeros((3,N), 'g')")
        setattr(code.code, which, text)
        return block(code, which)

    def solve_banded(_, bands, right, **_options):
        """Solves a system of three diagonals, by elimination from the first row."""
        upper, middle, lower = bands
        x = np.array(right)
        for k in range(1, len(x)):
            factor = lower[k - 1] / middle[k - 1]
            middle[k] -= factor * upper[k]
            x[k] -= factor * x[k - 1]
        x[-1] /= middle[-1]
        for k in range(len(x) - 2, -1, -1):
            x[k] = (x[k] - upper[k + 1] * x[k + 1]) / middle[k]
        return x

    NumpyCodeObject.variables_to_namespace, NumpyCodeObject.compile_block = variables_to_namespace, compile_block
    def bincount(cells, weights=None, minlength=0):
        """Sums by index, as NumPy's function gives them in double precision."""
        if weights is None:
            return count(cells, minlength=minlength)
        sums = np.zeros(max(minlength, int(np.max(cells, initial=-1)) + 1), "g")
        np.add.at(sums, cells, weights)
        return sums

    count, np.bincount = np.bincount, bincount
    scipy.linalg.solve_banded = solve_banded
    # The queue of compiled code takes delays of one precision.
    RuntimeDevice.spike_queue = lambda _device, begin, end: SpikeQueue(begin, end)


def round_sums():
    """Has synapses of Brian's runtime add too much, by what engines may round at most: their sums have 50 bits."""
    from brian2.synapses.synapses import SynapticPathway

    usual = SynapticPathway.update_abstract_code

    def update_abstract_code(pathway, *args, **words):
        usual(pathway, *args, **words)
        synapses = pathway.synapses
        share = 2.0**-50 * len(pathway.source)

        def more(statement):
            variable = synapses.variables.get(statement[2])
            own = variable is None or getattr(variable.owner, "name", None) == synapses.name
            return statement[0] if own else f"{statement[1]}({statement[3]})*{1 + share!r}"

        pathway.abstract_code = re.sub(r"(?m)^(\s*(\w+)\s*[-+]=\s*)(.*)$", more, pathway.abstract_code)

    SynapticPathway.update_abstract_code = update_abstract_code
