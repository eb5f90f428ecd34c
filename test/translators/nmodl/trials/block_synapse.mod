: a synapse whose block by magnesium the equations of its state set
NEURON { POINT_PROCESS blocksyn RANGE e, block NONSPECIFIC_CURRENT i }
UNITS { (nA) = (nanoamp) (mV) = (millivolt) (uS) = (microsiemens) }
PARAMETER { e = 0 (mV) tau = 1.5 (ms) }
ASSIGNED { v (mV) i (nA) block }
STATE { g (uS) }
BREAKPOINT { SOLVE decay METHOD cnexp i = g*block*(v - e) }
INITIAL { g = 0.05 (uS) block = 1/(1 + exp(-0.062*v)/3.57) }
DERIVATIVE decay { block = 1/(1 + exp(-0.062*v)/3.57) g' = -g/tau }
NET_RECEIVE(weight (uS)) { g = g + weight }
