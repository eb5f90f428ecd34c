TITLE Fast sodium channel with rates of Hodgkin and Huxley, shifted and scaled

COMMENT
Every way in which such files write formulas: a guarded FUNCTION, a table, a factor of the temperature, units that are
switched off.
ENDCOMMENT

UNITS {
  (mA) = (milliamp)
  (mV) = (millivolt)
  (S) = (siemens)
}

NEURON {
  SUFFIX sodium
  USEION na READ ena WRITE ina
  RANGE gbar, g, ina
  GLOBAL shift, q10
}

PARAMETER {
  gbar = 0.11 (S/cm2) <0,1e9>
  shift = -4 (mV)
  q10 = 2.7
}

ASSIGNED {
  v (mV)
  ena (mV)
  celsius (degC)
  ina (mA/cm2)
  g (S/cm2)
  minf hinf
  mtau (ms)
  htau (ms)
}

STATE { m FROM 0 TO 1 h FROM 0 TO 1 }

BREAKPOINT {
  SOLVE states METHOD cnexp
  g = gbar*m^3*h
  ina = g*(v - ena)
}

INITIAL {
  rates(v)
  m = minf
  h = hinf
}

DERIVATIVE states {
  rates(v)
  m' = (minf - m)/mtau
  h' = (hinf - h)/htau
}

FUNCTION linexp(x, y) {
  if (fabs(x/y) < 1e-6) {
    linexp = y*(1 - x/y/2)
  } else {
    linexp = x/(exp(x/y) - 1)
  }
}

UNITSOFF
PROCEDURE rates(u (mV)) {
  LOCAL a, b, speed, w
  TABLE minf, mtau, hinf, htau DEPEND celsius, shift FROM -100 TO 100 WITH 200
  speed = q10^((celsius - 21)/10) ? faster when warm
  w = u + shift
  a = 0.1*linexp(-(w + 40), 10)
  b = 4*exp(-(w + 65)/18)
  mtau = 1/(speed*(a + b))
  minf = a/(a + b)
  a = 0.07*exp(-(w + 65)/20)
  b = 1/(exp(-(w + 35)/10) + 1)
  htau = 1/(speed*(a + b))
  if (htau < 0.2) { htau = 0.2 }
  hinf = a/(a + b)
}
UNITSON
