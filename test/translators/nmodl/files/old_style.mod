: A gate that a PROCEDURE advances, as files of the 1990s do.
NEURON {
  SUFFIX oldk
  USEION k READ ek WRITE ik
  RANGE gbar
}
PARAMETER { gbar = 0.01 (mho/cm2) dt (ms) }
ASSIGNED { v (mV) ek (mV) ik (mA/cm2) inf exponent tau (ms) }
STATE { n }
BREAKPOINT {
  SOLVE states
  ik = gbar*n*n*n*n*(v - ek)
}
PROCEDURE states() {
  rates(v)
  n = n + exponent*(inf - n)
  VERBATIM
  return 0;
  ENDVERBATIM
}
INITIAL { rates(v) n = inf }
PROCEDURE rates(v (mV)) {
  LOCAL alpha, beta
  alpha = 0.02*(v + 25)/(1 - exp(-(v + 25)/9))
  beta = -0.002*(v + 25)/(1 - exp((v + 25)/9))
  tau = 1/(alpha + beta)
  inf = alpha/(alpha + beta)
  exponent = 1 - exp(-dt/tau)
}
