"""Runs the network of peers.py under NEURON by PyNN.

    python neuron_network.py NAME      writes [[id, time in ms], ...] as JSON
"""

import json
import sys

N, DT = 20, 0.1
NEXT = [(k, (3 * k + 7) % N) for k in range(N)] + [(k, (7 * k + 3) % N) for k in range(N)]


def network(delay=1.5, inputs=False):
    """Leaky cells with constant currents or listed spikes between steps."""
    import pyNN.neuron as sim

    sim.setup(timestep=DT, min_delay=DT)
    values = dict(cm=0.2, tau_m=20.0, v_rest=0.0, v_thresh=10.0, v_reset=0.0, tau_refrac=2.0, tau_syn_E=4.0)
    cells = sim.Population(N, sim.IF_curr_exp(**values), initial_values={'v': 0.0})
    cells.record('spikes')
    pairs = sim.FromListConnector([(a, b, 0.04, delay) for a, b in NEXT])
    sim.Projection(cells, cells, pairs, sim.StaticSynapse())
    if inputs:
        times = [[1.0 + 0.37 * k + 3.43 * n + 0.032 for n in range(50)] for k in range(N)]
        source = sim.Population(N, sim.SpikeSourceArray(spike_times=times))
        sim.Projection(source, cells, sim.OneToOneConnector(), sim.StaticSynapse(weight=0.6, delay=1.0))
    else:
        cells.set(i_offset=[(103 + 2 * k) / 1000 for k in range(N)])
    sim.run(200.0)
    trains = cells.get_data().segments[-1].spiketrains
    return [[k, round(float(t), 4)] for k, train in enumerate(trains) for t in train]


runs = {
    'neuron': lambda: network(),
    'neuron, listed spikes': lambda: network(inputs=True),
    'neuron, a delay of one more step': lambda: network(delay=1.6),
}

if __name__ == '__main__':
    print('\n' + json.dumps(runs[sys.argv[1]]()))
