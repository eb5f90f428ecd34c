"""Runs networks under other simulators, each with one convention that differs from the model of the test.

    python peers.py NAME      writes {"population": [[id, time in ms], ...]} as JSON
"""

import json
import sys

N, DT = 20, 0.1
NEXT = [(k, (3 * k + 7) % N) for k in range(N)] + [(k, (7 * k + 3) % N) for k in range(N)]


def nest_network(weight=40.0, delay=1.5, t_ref=2.0, delta=False, inputs=None, **more):
    """Leaky cells with constant currents, connected by NEXT."""
    import nest

    nest.set_verbosity('M_ERROR')
    nest.ResetKernel()
    nest.resolution = DT
    cells = nest.Create('iaf_psc_delta' if delta else 'iaf_psc_exp', N)
    shared = dict(C_m=200.0, tau_m=20.0, E_L=0.0, V_th=10.0, V_reset=0.0, t_ref=t_ref, V_m=0.0)
    if not delta:
        shared.update(tau_syn_ex=4.0, tau_syn_in=4.0)
    cells.set({**shared, **more})
    for k, cell in enumerate(cells):
        cell.set(I_e=103.0 + 2.0 * k if inputs is None else 0.0)
    for source, target in NEXT:
        nest.Connect(cells[source], cells[target], 'one_to_one', {'weight': weight, 'delay': delay})
    if inputs is not None:
        for k in range(N):
            times = [0.1 * round(10 * t) if inputs == 'grid' else t for t in input_times(k)]
            generator = nest.Create('spike_generator', params=dict(spike_times=times, allow_offgrid_times=True))
            nest.Connect(generator, cells[k], 'one_to_one', {'weight': 600.0, 'delay': 1.0})
    recorder = nest.Create('spike_recorder')
    nest.Connect(cells, recorder)
    nest.Simulate(200.0)
    events = recorder.events
    return [[int(i) - 1, round(float(t), 4)] for i, t in zip(events['senders'], events['times'])]


def input_times(k):
    """Times in ms of the input of a cell, between steps."""
    return [1.0 + 0.37 * k + 3.43 * n + 0.032 for n in range(50)]


def brian_network(
    held='v g', method='exact', tau_g=4.0, weight=4.0
):
    """The same network with dimensionless potentials."""
    import brian2 as b

    b.prefs.codegen.target = 'numpy'
    b.defaultclock.dt = DT * b.ms
    flags = {name: ' (unless refractory)' for name in held.split()}
    cells = b.NeuronGroup(
        N,
        f'dv/dt = (I + g - v)/(20*ms) : 1{flags.get("v", "")}\ndg/dt = -g/({tau_g}*ms) : 1{flags.get("g", "")}\nI : 1',
        threshold='v > 10',
        reset='v = 0',
        refractory=2 * b.ms,
        method=method,
    )
    cells.I = '10.3 + 0.2*i'
    synapses = b.Synapses(cells, cells, 'w : 1', on_pre='g += w', delay=1.5 * b.ms)
    synapses.connect(i=[a for a, _ in NEXT], j=[c for _, c in NEXT])
    synapses.w = weight
    monitor = b.SpikeMonitor(cells)
    b.run(200 * b.ms)
    return [[int(i), round(float(t), 4)] for i, t in zip(monitor.i, monitor.t / b.ms)]


def integrators(dtype):
    """Cells that add up a constant current by Euler steps: rounding decides when they reach the threshold."""
    import brian2 as b
    import numpy

    b.prefs.codegen.target = 'numpy'
    b.prefs.core.default_float_dtype = getattr(numpy, dtype)
    b.defaultclock.dt = 1 * b.ms
    cells = b.NeuronGroup(N, 'dv/dt = I/ms : 1\nI : 1', threshold='v >= 1', reset='v = 0', method='euler')
    cells.I = '0.1/(1 + i)'
    monitor = b.SpikeMonitor(cells)
    b.run(400 * b.ms)
    return [[int(i), round(float(t), 4)] for i, t in zip(monitor.i, monitor.t / b.ms)]


def counters(condition):
    """Cells that count their input."""
    import brian2 as b

    b.prefs.codegen.target = 'numpy'
    b.defaultclock.dt = DT * b.ms
    cells = b.NeuronGroup(N, 'v : 1', threshold=condition, reset='v = 0')
    times = [(k, t) for k in range(N) for t in range(1 + k % 5, 200, 3 + k)]
    source = b.SpikeGeneratorGroup(N, [k for k, _ in times], [t for _, t in times] * b.ms)
    synapses = b.Synapses(source, cells, on_pre='v += 1', delay=1 * b.ms)
    synapses.connect(j='i')
    monitor = b.SpikeMonitor(cells)
    b.run(200 * b.ms)
    return [[int(i), round(float(t), 4)] for i, t in zip(monitor.i, monitor.t / b.ms)]


def currents_first():
    """Euler steps that advance a current before the potential that reads it, as NIR states them."""
    import numpy

    v, i = numpy.zeros(N), numpy.zeros(N)
    due = {(k, round(10 * t)) for k in range(N) for t in input_times(k)}
    spikes = []
    for step in range(2000):
        i = i + DT * (-i / 4.0)
        v = v + DT * ((i - v) / 20.0)
        spikes += [[int(k), round(DT * step, 4)] for k in numpy.flatnonzero(v > 10.0)]
        i = i + [60.0 * ((k, step) in due) for k in range(N)]
        v = numpy.where(v > 10.0, 0.0, v)
    return spikes


def norse_network():
    """Norse's feed-forward cell in double precision, its input as spikes of each step."""
    import torch
    from norse.torch.functional.lif import LIFFeedForwardState, LIFParameters, lif_feed_forward_step

    torch.set_default_dtype(torch.float64)
    values = dict(tau_syn_inv=1 / 4e-3, tau_mem_inv=1 / 20e-3, v_leak=0.0, v_th=10.0, v_reset=0.0)
    parameters = LIFParameters(**{name: torch.tensor(value) for name, value in values.items()})
    state = LIFFeedForwardState(v=torch.zeros(N), i=torch.zeros(N))
    due = {(k, round(10 * t)) for k in range(N) for t in input_times(k)}
    spikes = []
    for step in range(2000):
        inputs = torch.tensor([60.0 if (k, step) in due else 0.0 for k in range(N)])
        out, state = lif_feed_forward_step(inputs, state, parameters, dt=1e-4)
        spikes += [[k, round(DT * step, 4)] for k in range(N) if out[k] > 0]
    return spikes


def pynn_network(seed):
    """PyNN on NEST, with weights that PyNN draws."""
    import pyNN.nest as sim
    from pyNN.random import NumpyRNG, RandomDistribution

    sim.setup(timestep=DT, min_delay=DT, max_delay=10.0, spike_precision='on_grid')
    cells = sim.Population(N, sim.IF_curr_exp(v_thresh=-55.0, v_reset=-65.0, tau_refrac=2.0), label='cells')
    cells.set(i_offset=[0.52 + 0.01 * k for k in range(N)])
    cells.initialize(v=-65.0)
    cells.record('spikes')
    weights = RandomDistribution('uniform', low=0.1, high=0.9, rng=NumpyRNG(seed=seed))
    sim.Projection(
        cells,
        cells,
        sim.FixedProbabilityConnector(0.3, rng=NumpyRNG(seed=seed)),
        sim.StaticSynapse(weight=weights, delay=1.5),
    )
    sim.run(200.0)
    trains = cells.get_data().segments[-1].spiketrains
    return [[k, round(float(t), 4)] for k, train in enumerate(trains) for t in train]


runs = {
    'nest': lambda: nest_network(),
    'nest, input between steps': lambda: nest_network(inputs='between'),
    'nest, a refractory period of one more step': lambda: nest_network(t_ref=2.1),
    'nest, a delay of one more step': lambda: nest_network(delay=1.6),
    'nest, weights in pA': lambda: nest_network(weight=0.04),
    'nest, cells in reverse': lambda: [[N - 1 - k, t] for k, t in nest_network()],
    'brian': lambda: brian_network(),
    'brian, currents of refractory cells go on': lambda: brian_network(held='v'),
    'brian, rk4': lambda: brian_network(method='rk4', tau_g=0.1, weight=160.0),
    'brian, euler': lambda: brian_network(method='euler'),
    'brian, currents of one step': lambda: brian_network(tau_g=0.1, weight=160.0),
    'brian, float64': lambda: integrators('float64'),
    'brian, float32': lambda: integrators('float32'),
    'brian, v > 3': lambda: counters('v > 3'),
    'brian, v >= 3': lambda: counters('v >= 3'),
    'currents first': currents_first,
    'norse': norse_network,
    'pynn, seed 1': lambda: pynn_network(1),
    'pynn, seed 42': lambda: pynn_network(42),
}

if __name__ == '__main__':
    print('\n' + json.dumps(runs[sys.argv[1]]()))
