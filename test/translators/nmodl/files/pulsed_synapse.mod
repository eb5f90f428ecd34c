: Transmitter is present for a fixed time after each spike. Pulses of several spikes overlap.
NEURON {
  POINT_PROCESS pulsed_synapse
  RANGE g, gmax, width, bind, unbind, e
  NONSPECIFIC_CURRENT i
}
UNITS { (nA) = (nanoamp) (mV) = (millivolt) (uS) = (microsiemens) }
PARAMETER {
  gmax = 0.8 (uS)
  width = 12 (ms)
  bind = 0.07 (/ms)
  unbind = 0.05 (/ms)
  e = -20 (mV)
}
ASSIGNED { v (mV) i (nA) g (uS) pulses }
STATE { open closing }
INITIAL { open = 0 closing = 0 pulses = 0 }
BREAKPOINT {
  SOLVE states METHOD cnexp
  g = gmax*(open + closing)
  i = g*(v - e)
}
DERIVATIVE states {
  open' = bind*pulses - (bind + unbind)*open
  closing' = -unbind*closing
}
NET_RECEIVE (weight, part, last (ms)) {
  if (flag == 1) {
    part = weight*bind/(bind + unbind) + (part - weight*bind/(bind + unbind))*exp(-(t - last)*(bind + unbind))
    pulses = pulses - weight
    open = open - part
    closing = closing + part
  } else {
    part = part*exp(-(t - last)*unbind)
    pulses = pulses + weight
    open = open + part
    closing = closing - part
    net_send(width, 1)
  }
  last = t
}
