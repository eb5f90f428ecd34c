COMMENT
A synapse of two exponentials whose resources recover, with the magnesium block of NMDA on a part of its current.
ENDCOMMENT
NEURON {
  POINT_PROCESS Depressing
  RANGE tau1, tau2, e, U, recovery, i
  NONSPECIFIC_CURRENT i
}
PARAMETER {
  tau1 = 0.4 (ms)
  tau2 = 3 (ms)
  e = 2 (mV)
  U = 0.6
  recovery = 300 (ms)
  part = 0.3
  mg = 1.2 (mM)
}
ASSIGNED { v (mV) i (nA) factor }
STATE { A (uS) B (uS) }
INITIAL {
  LOCAL tp
  if (tau1/tau2 > .9999) { tau1 = .9999*tau2 }
  A = 0
  B = 0
  tp = (tau1*tau2)/(tau2 - tau1)*log(tau2/tau1)
  factor = 1/(-exp(-tp/tau1) + exp(-tp/tau2))
}
BREAKPOINT {
  SOLVE state METHOD cnexp
  i = (B - A)*(1 - part + part*block(v))*(v - e)
}
DERIVATIVE state {
  A' = -A/tau1
  B' = -B/tau2
}
FUNCTION block(v (mV)) { block = 1/(1 + 0.28*mg*exp(-0.062*v)) }
NET_RECEIVE(weight (uS), R, last (ms)) {
  LOCAL used
  INITIAL { R = 1 last = t }
  R = 1 - (1 - R)*exp(-(t - last)/recovery)
  used = R*U
  R = R - used
  last = t
  A = A + weight*used*factor
  B = B + weight*used*factor
}
