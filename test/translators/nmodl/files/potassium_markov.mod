: A channel of three closed states and one open state, which starts in its steady state.
DEFINE steps 2

NEURON {
  SUFFIX markov
  USEION k READ ek WRITE ik
  NONSPECIFIC_CURRENT il
  RANGE gbar, gl
}

PARAMETER {
  gbar = 20 (mS/cm2)
  gl = 1e-4 (S/cm2)
  el = -61.5 (mV)
}

ASSIGNED {
  v (mV)
  ek (mV)
  ik (mA/cm2)
  il (mA/cm2)
  up[2] (/ms)
  down[2] (/ms)
  open (/ms)
  close (/ms)
}

STATE { c[3] o }

INITIAL { SOLVE kin STEADYSTATE sparse }

BREAKPOINT {
  SOLVE kin METHOD sparse
  ik = (1e-3)*gbar*o*(v - ek)
  il = gl*(v - el)
}

KINETIC kin {
  rates()
  FROM i = 0 TO steps - 1 {
    ~ c[i] <-> c[i+1] (up[i], down[i])
  }
  ~ c[2] <-> o (open, close)
  CONSERVE c[0] + c[1] + c[2] + o = 1
}

PROCEDURE rates() {
  FROM i = 0 TO 1 {
    up[i] = (2 - i)*0.3(/ms)*exp((v + 20(mV))/(25(mV)))
    down[i] = (i + 1)*0.08(/ms)*exp(-(v + 20)/40)
  }
  open = 1.5
  close = 0.7
}
