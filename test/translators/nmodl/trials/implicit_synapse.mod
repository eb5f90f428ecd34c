: a synapse of one state, which NEURON advances by an implicit step
NEURON { POINT_PROCESS implicitsyn RANGE e NONSPECIFIC_CURRENT i }
UNITS { (nA) = (nanoamp) (mV) = (millivolt) (uS) = (microsiemens) }
PARAMETER { e = 0 (mV) tau = 1.5 (ms) }
ASSIGNED { v (mV) i (nA) }
STATE { g (uS) }
BREAKPOINT { SOLVE decay METHOD derivimplicit i = g*(v - e) }
INITIAL { g = 0.05 (uS) }
DERIVATIVE decay { g' = -g/tau }
NET_RECEIVE(weight (uS)) { g = g + weight }
