: A receptor that binds transmitter twice, with a pore that magnesium blocks: the potential drives part of the reactions.
NEURON {
  POINT_PROCESS receptor
  NONSPECIFIC_CURRENT i
  RANGE g, gmax, bind, amount, width, e
}
UNITS { (nA) = (nanoamp) (mV) = (millivolt) (uS) = (microsiemens) (mM) = (milli/liter) }
PARAMETER {
  gmax = 0.02 (uS)
  e = -5 (mV)
  amount = 0.8 (mM)
  width = 0.9 (ms)
  bind = 11 (/mM/ms)
  magnesium = 1.2 (mM)
}
ASSIGNED { v (mV) i (nA) g (uS) level (mM) meeting (/ms) block (/ms) leave (/ms) }
STATE { c0 c1 c2 d o b }
INITIAL {
  level = 0
  c0 = 1
}
BREAKPOINT {
  SOLVE kin METHOD sparse
  g = gmax*o
  i = g*(v - e)
}
KINETIC kin {
  meeting = bind*level
  block = 0.6*magnesium*exp(-v/(17 (mV)))
  leave = 5.4*exp(v/(47 (mV)))
  ~ c0 <-> c1 (2*meeting, 0.4)
  ~ c1 <-> c2 (meeting, 0.8)
  ~ c2 <-> d (0.7, 0.05)
  ~ c2 <-> o (2.9, 0.35)
  ~ o <-> b (block, leave)
  CONSERVE c0 + c1 + c2 + d + o + b = 1
}
NET_RECEIVE (weight, spikes) {
  if (flag == 0) {
    spikes = spikes + 1
    level = amount
    net_send(width, spikes)
  }
  if (flag == spikes) { level = 0 }
}
