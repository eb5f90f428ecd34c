: NEURON keeps six digits of parameters, and states begin with START
NEURON { SUFFIX six NONSPECIFIC_CURRENT i RANGE g }
PARAMETER { g = 0.00123456789 (S/cm2) }
ASSIGNED { v (mV) i (mA/cm2) }
STATE { m START 0.25 }
BREAKPOINT { SOLVE s METHOD cnexp i = g*m*(v + 20) }
DERIVATIVE s { m' = (1 - m)/5 }
