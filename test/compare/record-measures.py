"""Records what Elephant computes of pairs of spike trains, in measures.json beside this file.

    python -m venv out/venv && out/venv/bin/pip install elephant==1.2.1
    out/venv/bin/python test/compare/record-measures.py
"""

import json
import pathlib

import elephant
import elephant.conversion
import elephant.spike_train_correlation as correlation
import elephant.statistics as statistics
import neo
import numpy
import quantities as pq
from importlib.metadata import version

random = numpy.random.default_rng(2024)


def poisson(rate, t_stop):
    """Times in ms with one decimal, as simulators with a step of 0.1 ms give them."""
    count = random.poisson(rate * t_stop / 1000)
    return sorted(set(numpy.round(random.uniform(0, t_stop, count), 1).tolist()))


def pairs():
    base = [12.0, 25.5, 31.0, 48.2, 60.0, 77.7, 81.3, 99.0, 120.4, 141.1, 150.0, 163.2, 177.7, 190.9]
    moved = [11.2, 27.0, 31.4, 47.0, 61.9, 76.1, 83.0, 99.0, 121.0, 150.9, 164.8, 165.5, 178.0, 189.0]
    yield 'equal', base, base, 200
    yield 'jitter of 2 ms', base, moved, 200
    yield 'a step later', base, [round(t + 0.1, 1) for t in base], 200
    yield 'half of the spikes', base, base[::2], 200
    yield 'one spike each', [50.0], [53.0], 100
    yield 'one spike and two', [50.0], [20.0, 80.0], 100
    yield 'spikes at the edges', [0.0, 40.0, 100.0], [0.0, 55.0, 100.0], 100
    yield 'no spikes in the second', base, [], 200
    yield 'no spikes', [], [], 200
    yield 'a burst against single spikes', [20.0, 22.0, 24.0, 26.0, 80.0], [21.0, 78.0], 100
    yield 'equal times among others', [10.0, 20.0, 30.0, 40.0], [10.0, 21.0, 30.0, 44.0], 60
    yield 'Poisson 20 Hz', poisson(20, 2000), poisson(20, 2000), 2000
    yield 'Poisson 5 and 80 Hz', poisson(5, 1000), poisson(80, 1000), 1000
    near = poisson(100, 5000)
    # Times between steps.
    yield 'Poisson 100 Hz, jitter of 1 ms', near, sorted(
        numpy.clip(numpy.array(near) + random.normal(0, 1, len(near)), 0, 5000).tolist()), 5000


def train(times, t_stop):
    return neo.SpikeTrain(times * pq.ms, t_start=0 * pq.ms, t_stop=t_stop * pq.ms)


def number(value):
    value = float(value)
    return None if numpy.isnan(value) else value


def measures(a, b, t_stop):
    one, other = train(a, t_stop), train(b, t_stop)
    expected = {}
    for bin_size in [2, 5]:
        binned = elephant.conversion.BinnedSpikeTrain([one, other], bin_size=bin_size * pq.ms)
        with numpy.errstate(all='ignore'):
            expected[f'correlation {bin_size}'] = number(correlation.correlation_coefficient(binned)[0, 1])
    for side, times, spiketrain in [('first', a, one), ('second', b, other)]:
        isi = numpy.diff(times)
        expected[f'variation {side}'] = number(statistics.cv(isi)) if len(isi) else None
        for name, function in [('variation2', statistics.cv2), ('localVariation', statistics.lv)]:
            expected[f'{name} {side}'] = number(function(isi, with_nan=True)) if len(isi) > 1 else None
        expected[f'revisedLocalVariation {side}'] = (
            number(statistics.lvr(isi * pq.ms, R=5 * pq.ms, with_nan=True)) if len(isi) > 1 else None)
    return expected


path = pathlib.Path(__file__).with_name('measures.json')
document = {
    'versions': {name: version(name) for name in ('elephant', 'numpy', 'scipy')},
    'unit': 'ms',
    'pairs': [{'name': name, 'end': t_stop, 'first': a, 'second': b, 'expected': measures(a, b, t_stop)}
              for name, a, b, t_stop in pairs()],
}
path.write_text(json.dumps(document, indent=1) + '\n')
