TITLE Sodium channel with two gates, faster when warm
NEURON {
  SUFFIX quickna
  USEION na READ ena WRITE ina
  RANGE gbar
}
UNITS { (mA) = (milliamp) (mV) = (millivolt) (S) = (siemens) }
PARAMETER { gbar = 0.1 (S/cm2) }
ASSIGNED { v (mV) ena (mV) ina (mA/cm2) celsius (degC) }
STATE { m h }
BREAKPOINT {
  SOLVE states METHOD cnexp
  ina = gbar*m^3*h*(v - ena)
}
INITIAL {
  m = open(v)
  h = closed(v)
}
DERIVATIVE states {
  LOCAL speed
  speed = 2.5^((celsius - 21)/10)
  m' = (open(v) - m)*speed/(0.1 + 0.6*exp(-(v + 40)^2/500))
  h' = (closed(v) - h)*speed/(0.5 + 9/(1 + exp((v + 45)/6)))
}
FUNCTION open(v (mV)) { open = 1/(1 + exp(-(v + 37)/7)) }
FUNCTION closed(v (mV)) { closed = 1/(1 + exp((v + 60)/6.5)) }
