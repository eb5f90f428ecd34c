"""Draws of NumPy's legacy RandomState, as the rows of test/lower/numpy/random-state.test.ts: JSON of [method, parameters, numbers]."""
import json
import sys

import numpy as np

names = {'integer': 'randint', 'vonMises': 'vonmises'}
rows = json.loads(sys.argv[1]) if len(sys.argv) > 1 else [
    ['uniform', [-2, 3]], ['integer', [0, 10]], ['integer', [5, 1000000]], ['normal', [1, 2]], ['lognormal', [0, 1]], ['exponential', [2]],
    ['gamma', [2, 0.5]], ['gamma', [0.3, 2]], ['gamma', [1, 3]], ['poisson', [3]], ['poisson', [50]], ['poisson', [1000]], ['binomial', [10, 0.3]],
    ['binomial', [10, 1]], ['binomial', [200, 0.4]], ['binomial', [1000, 0.9]], ['binomial', [100000, 0.5]], ['vonMises', [0, 2]], ['vonMises', [3, 0.5]],
]
count = int(sys.argv[2]) if len(sys.argv) > 2 else 8
seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1234
print(json.dumps([
    [method, parameters, getattr(np.random.RandomState(seed), names.get(method, method))(*parameters, size=count).tolist()]
    for method, parameters in rows
]))
