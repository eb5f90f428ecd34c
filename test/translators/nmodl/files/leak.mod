NEURON {
  SUFFIX leak
  NONSPECIFIC_CURRENT i
  RANGE g, e
}
UNITS { (mA) = (milliamp) (mV) = (millivolt) (S) = (siemens) }
PARAMETER { g = 5e-5 (S/cm2) e = -78 (mV) }
ASSIGNED { v (mV) i (mA/cm2) }
BREAKPOINT { i = g*(v - e) }
