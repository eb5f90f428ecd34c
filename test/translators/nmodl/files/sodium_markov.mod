TITLE Sodium channels of seven states, with rates up to 1000/ms

NEURON {
  SUFFIX namarkov
  USEION na READ ena WRITE ina
  RANGE gbar
}

UNITS {
  (mV) = (millivolt)
  (mA) = (milliamp)
  (S) = (siemens)
}

PARAMETER {
  gbar = 0.05 (S/cm2)
  kon = 1000 (/ms)
  koff = 40 (/ms)
  slow = 0.02 (/ms)
}

ASSIGNED {
  v (mV)
  ena (mV)
  ina (mA/cm2)
  celsius (degC)
  a (/ms)
  b (/ms)
}

STATE { c1 c2 c3 o i1 i2 b1 }

INITIAL {
  rates(v)
  c1 = 1
}

BREAKPOINT {
  SOLVE scheme METHOD sparse
  ina = gbar*o*(v - ena)
}

KINETIC scheme {
  rates(v)
  ~ c1 <-> c2 (3*a, b)
  ~ c2 <-> c3 (2*a, 2*b)
  ~ c3 <-> o (a, 3*b)
  ~ o <-> i1 (2, slow)
  ~ c3 <-> i2 (0.5, slow)
  ~ i2 <-> i1 (a, b/4)
  ~ o <-> b1 (kon, koff)
  CONSERVE c1 + c2 + c3 + o + i1 + i2 + b1 = 1
}

PROCEDURE rates(v (mV)) {
  LOCAL q
  q = 2^((celsius - 22)/10)
  a = q*20*exp(v/25)
  b = q*0.3*exp(-v/18)
}
