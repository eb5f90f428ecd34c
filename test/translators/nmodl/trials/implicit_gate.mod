: one state, which NEURON advances by an implicit step
NEURON { SUFFIX implicit USEION k READ ek WRITE ik RANGE g }
PARAMETER { g = 0.004 (S/cm2) }
ASSIGNED { v (mV) ek (mV) ik (mA/cm2) }
STATE { n }
BREAKPOINT { SOLVE opening METHOD derivimplicit ik = g*n*(v - ek) }
INITIAL { n = 0.9 }
DERIVATIVE opening { n' = (1/(1 + exp(-(v + 70)/8)) - n)/1.5 (ms) }
