"""`import pyNN.interneuron as sim`: the backend by the name that PyNN's scripts look for."""

import sys

import interneuron_pynn

# One module by both names, so that there is one state.
sys.modules[__name__] = interneuron_pynn
