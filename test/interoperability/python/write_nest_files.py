"""Runs three cells in NEST, which writes spikes and voltages as text into a folder, and prints what it recorded."""

import json
import pathlib
import sys

import nest

folder = sys.argv[1]
nest.ResetKernel()
nest.set(resolution=0.1, overwrite_files=True, data_path=folder)
cells = nest.Create('iaf_psc_exp', 3, {'I_e': [400.0, 450.0, 0.0]})


def recorders(model, **parameters):
    """One that writes text, one that keeps what it records."""
    written = nest.Create(model, params={'record_to': 'ascii', 'label': model, **parameters})
    return written, nest.Create(model, params=parameters)


spikes = recorders('spike_recorder')
voltages = recorders('multimeter', record_from=['V_m'], interval=0.1)
for recorder in spikes:
    nest.Connect(cells, recorder)
for recorder in voltages:
    nest.Connect(recorder, cells)
nest.Simulate(200.0)

events = spikes[1].get('events')
samples = voltages[1].get('events')
print('\n' + json.dumps({
    'spikes': str(next(pathlib.Path(folder).glob('spike_recorder*.dat'))),
    'voltages': str(next(pathlib.Path(folder).glob('multimeter*.dat'))),
    'senders': events['senders'].tolist(),
    'times': events['times'].tolist(),
    'first': [v for v, s in zip(samples['V_m'].tolist(), samples['senders'].tolist()) if s == 1],
}))
