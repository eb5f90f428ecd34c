: Calcium in a shell with a buffer that begins in equilibrium with the first concentration of the ion
NEURON {
  SUFFIX cashell
  USEION ca READ cai, ica WRITE cai
  RANGE total, bind, unbind
}
UNITS {
  (molar) = (1/liter)
  (mM) = (millimolar)
  (um) = (micron)
  (mA) = (milliamp)
  FARADAY = (faraday) (10000 coulomb)
  PI = (pi) (1)
}
PARAMETER {
  bind = 20 (/mM-ms)
  unbind = 0.05 (/ms)
  total = 0.01 (mM)
}
ASSIGNED { diam (um) ica (mA/cm2) cai (mM) start (mM) }
STATE { ca (mM) bound (mM) free (mM) }
BREAKPOINT { SOLVE state METHOD sparse }
INITIAL {
  ca = cai
  start = total/(1 + bind/unbind*cai)
  free = start
  bound = total - start
}
KINETIC state {
  COMPARTMENT diam*diam*PI/4 { ca bound free }
  ~ ca << (-ica*PI*diam/(2*FARADAY))
  ~ ca + free <-> bound (bind*diam*diam*PI/4, unbind*diam*diam*PI/4)
  CONSERVE free + bound = total*diam*diam*PI/4
  cai = ca
}
