: a point process without NET_RECEIVE, which reads the calcium of its section
NEURON { POINT_PROCESS careader USEION ca READ cai, eca NONSPECIFIC_CURRENT i RANGE g }
PARAMETER { g = 0.01 (uS) }
ASSIGNED { v (mV) cai (mM) eca (mV) i (nA) }
BREAKPOINT { i = g*(v - eca)*cai/(cai + 1e-4) }
