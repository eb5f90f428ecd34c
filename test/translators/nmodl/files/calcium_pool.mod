TITLE A shell that calcium enters and leaves
NEURON {
  SUFFIX pool
  USEION ca READ ica WRITE cai
  RANGE depth, gamma
}
UNITS {
  (molar) = (1/liter)
  (mM) = (millimolar)
  (um) = (micron)
  (mA) = (milliamp)
  FARADAY = (faraday) (coulomb)
}
PARAMETER {
  gamma = 0.04
  decay = 70 (ms)
  depth = 0.1 (um)
  rest = 9e-5 (mM)
}
ASSIGNED { ica (mA/cm2) }
STATE { cai (mM) }
BREAKPOINT { SOLVE state METHOD cnexp }
DERIVATIVE state {
  cai' = -(10000)*ica*gamma/(2*FARADAY*depth) - (cai - rest)/decay
}
INITIAL { cai = rest }
