NEURON {
  SUFFIX hcurrent
  NONSPECIFIC_CURRENT i
  RANGE gbar
}
UNITS { (mA) = (milliamp) (mV) = (millivolt) (S) = (siemens) }
PARAMETER { gbar = 0.0002 (S/cm2) e = -43 (mV) }
ASSIGNED { v (mV) i (mA/cm2) }
STATE { m }
BREAKPOINT {
  SOLVE states METHOD cnexp
  i = gbar*m*(v - e)
}
INITIAL { m = 1/(1 + exp((v + 85)/7)) }
DERIVATIVE states { m' = (1/(1 + exp((v + 85)/7)) - m)/slow(v) }
FUNCTION slow(v (mV)) (ms) { slow = 5 + 60*exp(-(v + 75)^2/484) }
