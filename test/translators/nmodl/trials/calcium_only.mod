: reads the potential of calcium, and no concentration
NEURON { SUFFIX caonly USEION ca READ eca WRITE ica RANGE g }
PARAMETER { g = 0.0005 (S/cm2) }
ASSIGNED { v (mV) eca (mV) ica (mA/cm2) }
BREAKPOINT { ica = g*(v - eca) }
