"""The numbers of the cortical microcircuit, as in fixtures/model/cortical-microcircuit.yaml.

Potjans and Diesmann, Cerebral Cortex 24 (2014) 785; first voltages and the current that makes up for fewer inputs as in the model's published
parameter files. Units: ms, mV, nA.
"""

import math

J = 87.80849352920845e-3
POPULATIONS = {
    # name: neurons, external inputs, mean and spread of the first voltages, mean recurrent and external currents at full scale (pA)
    "L23E": (20683, 1600, -68.28, 5.36, -519.5, 561.97),
    "L23I": (5834, 1500, -63.16, 4.57, -362.5, 526.85),
    "L4E": (21915, 2100, -63.33, 4.74, -572.4, 737.59),
    "L4I": (5479, 1900, -63.45, 4.94, -499.2, 667.34),
    "L5E": (4850, 2000, -63.11, 4.94, -519.0, 702.47),
    "L5I": (1065, 1900, -61.66, 4.55, -445.5, 667.34),
    "L6E": (14395, 2900, -66.72, 5.46, -954.5, 1018.58),
    "L6I": (2948, 2100, -61.43, 4.48, -512.8, 737.59),
}
# Connection probabilities of the paper's table 5: a row for each target, sources in the same order.
PROBABILITIES = [
    [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0, 0.0076, 0],
    [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0, 0.0042, 0],
    [0.0077, 0.0059, 0.0497, 0.1350, 0.0067, 0.0003, 0.0453, 0],
    [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0, 0.1057, 0],
    [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0],
    [0.0548, 0.0269, 0.0257, 0.0022, 0.0600, 0.3158, 0.0086, 0],
    [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
    [0.0364, 0.0010, 0.0034, 0.0005, 0.0277, 0.0080, 0.0658, 0.1443],
]
# Delays above this are drawn anew, as below 0.1 ms.
LONGEST_DELAY = 6.4


def synapses_of(probability, sources, targets):
    """The total number of synapses of a projection at full scale, drawn with replacement."""
    return round(math.log1p(-probability) / math.log1p(-1 / (sources * targets)))
