"""Writes a file of NWB with pynwb, as any laboratory would, and prints what is in it in s and SI units."""

import json
import sys
from datetime import datetime, timezone

import numpy
from pynwb import NWBHDF5IO, NWBFile, TimeSeries

path = sys.argv[1]
trains = {4: [0.0123, 0.05], 5: [0.01, 0.02, 0.1], 9: []}
voltages = numpy.linspace(-70, -50, 100).reshape(50, 2)
times = numpy.arange(10) * 0.01

file = NWBFile(
    session_description='test', identifier='1', session_start_time=datetime(2020, 1, 1, tzinfo=timezone.utc)
)
for number, train in trains.items():
    file.add_unit(spike_times=train, id=number)
file.add_acquisition(TimeSeries(name='v', data=voltages, unit='mV', rate=1000.0, starting_time=0.5))
file.add_stimulus(TimeSeries(name='current', data=numpy.ones(10), unit='amperes', timestamps=times, conversion=1e-12))
with NWBHDF5IO(path, 'w') as io:
    io.write(file)

print(json.dumps({
    'trains': trains,
    'v': {'unit': 'V', 'times': (0.5 + numpy.arange(50) / 1000).tolist(), 'values': (voltages / 1000).ravel().tolist()},
    'current': {'unit': 'A', 'times': times.tolist(), 'values': [1e-12] * 10},
}))
