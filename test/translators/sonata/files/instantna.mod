TITLE Sodium channel that activates at once: its current is not linear in the potential within a step
NEURON {
  SUFFIX instantna
  USEION na READ ena WRITE ina
  RANGE gbar
}
UNITS { (mA) = (milliamp) (mV) = (millivolt) (S) = (siemens) }
PARAMETER { gbar = 0.0005 (S/cm2) }
ASSIGNED { v (mV) ena (mV) ina (mA/cm2) }
STATE { h }
BREAKPOINT {
  SOLVE states METHOD cnexp
  ina = gbar*open(v)*h*(v - ena)
}
INITIAL { h = closed(v) }
DERIVATIVE states { h' = (closed(v) - h)/(20 + 60/(1 + exp((v + 45)/6))) }
FUNCTION open(v (mV)) { open = 1/(1 + exp(-(v + 50)/5)) }
FUNCTION closed(v (mV)) { closed = 1/(1 + exp((v + 52)/8)) }
