"""Builds the network of peers.py as a SONATA circuit with BMTK, and runs it with PointNet on NEST.

    python bmtk_network.py NAME      writes [[id, time in ms], ...] as JSON
"""

import contextlib
import json
import os
import sys
import tempfile

N, DT = 20, 0.1
NEXT = [(k, (3 * k + 7) % N) for k in range(N)] + [(k, (7 * k + 3) % N) for k in range(N)]
VALUES = dict(C_m=200.0, tau_m=20.0, E_L=0.0, V_th=10.0, V_reset=0.0, t_ref=2.0, V_m=0.0, I_e=0.0, tau_syn_ex=4.0)


def build(delay):
    """Writes nodes, edges, listed spikes between steps and a configuration into the folder."""
    from bmtk.builder.networks import NetworkBuilder
    from bmtk.utils.reports.spike_trains import SpikeTrains

    point = dict(model_type='point_process', model_template='nest:iaf_psc_exp', dynamics_params='cell.json')
    cells, source = NetworkBuilder('cells'), NetworkBuilder('input')
    cells.add_nodes(N=N, **point)
    source.add_nodes(N=N, model_type='virtual')
    static = dict(model_template='static_synapse', dynamics_params='synapse.json')
    among = {'connection_rule': lambda a, b: NEXT.count((a.node_id, b.node_id))}
    cells.add_edges(source=cells.nodes(), target=cells.nodes(), **among, syn_weight=40.0, delay=delay, **static)
    one = {'connection_rule': lambda a, b: int(a.node_id == b.node_id)}
    source.add_edges(source=source.nodes(), target=cells.nodes(), **one, syn_weight=600.0, delay=1.0, **static)
    for part in (cells, source):
        part.build()
        part.save(output_dir='network')
    for name, values in [('cell', VALUES), ('synapse', {})]:
        with open(f'{name}.json', 'w') as file:
            json.dump(values, file)
    spikes = SpikeTrains(population='input')
    for k in range(N):
        for n in range(50):
            spikes.add_spike(node_id=k, timestamp=1.0 + 0.37 * k + 3.43 * n + 0.032)
    spikes.to_sonata('input.h5')

    def listed(kind, *names):
        one = kind[:-1]
        return [
            {f'{kind}_file': f'network/{name}_{kind}.h5', f'{one}_types_file': f'network/{name}_{one}_types.csv'}
            for name in names
        ]

    folders = dict.fromkeys(['point_neuron_models_dir', 'synaptic_models_dir'], '.')
    return {
        'components': folders,
        'networks': {
            'nodes': listed('nodes', 'cells', 'input'),
            'edges': listed('edges', 'cells_cells', 'input_cells'),
        },
        'run': {'tstop': 200.0, 'dt': DT},
        'inputs': {
            'listed': {'input_type': 'spikes', 'module': 'sonata', 'input_file': 'input.h5', 'node_set': 'input'}
        },
        'output': {'output_dir': 'output', 'spikes_file': 'spikes.h5', 'log_to_console': False},
        'target_simulator': 'NEST',
    }


def network(delay=1.5):
    """Returns the spikes of the circuit."""
    import h5py
    from bmtk.simulator import pointnet

    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        config = build(delay)
        with open('config.json', 'w') as file:
            json.dump(config, file)
        config = pointnet.Config.from_json('config.json')
        config.build_env()
        circuit = pointnet.PointNetwork.from_config(config)
        pointnet.PointSimulator.from_config(config, circuit).run()
        with h5py.File('output/spikes.h5') as file:
            own = file['spikes/cells']
            pairs = zip(own['node_ids'][()], own['timestamps'][()], strict=True)
            return [[int(i), round(float(t), 4)] for i, t in pairs]


runs = {
    'bmtk, input between steps': lambda: network(),
    'bmtk, a delay of one more step': lambda: network(delay=1.6),
}

if __name__ == '__main__':
    with contextlib.redirect_stdout(sys.stderr):
        spikes = runs[sys.argv[1]]()
    print('\n' + json.dumps(spikes))
