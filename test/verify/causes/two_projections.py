"""Runs a network with two projections under Brian 2, with one convention that differs from the model of the test.

    python two_projections.py NAME      writes [[id, time in ms], ...] as JSON
"""

import json
import sys

N = 20


def network(method='exact', dt=0.1, delay=1.5, refractory=2.0):
    """Excitation along one list of pairs, inhibition along another one."""
    import brian2 as b

    b.prefs.codegen.target = 'numpy'
    b.defaultclock.dt = dt * b.ms
    cells = b.NeuronGroup(
        N,
        'dv/dt = (I + g - v)/(20*ms) : 1 (unless refractory)\ndg/dt = -g/(0.15*ms) : 1\nI : 1',
        threshold='v > 10',
        reset='v = 0',
        refractory=refractory * b.ms,
        method=method,
    )
    cells.I = '10.3 + 0.2*i'
    parts = []
    for step, shift, jump, wait in [(3, 7, 60.0, delay), (7, 3, -60.0, 3.1)]:
        part = b.Synapses(cells, cells, 'w : 1', on_pre='g += w', delay=wait * b.ms)
        part.connect(i=list(range(N)), j=[(step * k + shift) % N for k in range(N)])
        part.w = jump
        parts.append(part)
    monitor = b.SpikeMonitor(cells)
    b.Network(cells, monitor, *parts).run(200 * b.ms)
    return [[int(i), round(float(t), 4)] for i, t in zip(monitor.i, monitor.t / b.ms)]


runs = {
    'two projections, a delay of one more step in one': lambda: network(delay=1.6),
    'two projections, rk2': lambda: network(method='rk2'),
    'two projections, half a step': lambda: network(dt=0.05),
    'two projections, euler and a refractory period of one more step': lambda: network(method='euler', refractory=2.1),
}

if __name__ == '__main__':
    print('\n' + json.dumps(runs[sys.argv[1]]()))
