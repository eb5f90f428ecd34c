/**
 * A model with cells that have no name in PyNN, for tests of NESTML: its two types together use most of NESTML's
 * constructs.
 */

/** Leaky cells with jumps of v and currents, which lose spikes that arrive while refractory; and quadratic cells. */
export const twoTypes = `
format: interneuron/brian
version: 1
name: Two types
dt: 0.1 ms

namespace:
  Vt: -50 mV
  Vr: -65 mV

spike_generators:
  source: { N: 2, indices: [0, 1, 0, 1, 0, 1], times: { values: [2, 3.5, 11, 11, 17.3, 30], unit: ms } }

neuron_groups:
  leaky:
    N: 3
    model: |
      dv/dt = (-55*mV - v + g)/tau : volt (unless refractory)
      dg/dt = -g/(5*ms) : volt
      tau : second (constant)
      theta : volt
    threshold: v > Vt + theta
    reset: |
      v = Vr
      theta += 1*mV
    refractory: 2 ms
    method: exact
    run_regularly:
      - { code: "theta *= 0.9", dt: 1 ms }
    initializers: { v: Vr, tau: 10*ms + 2*ms*i }
  quadratic:
    N: 2
    model: |
      dx/dt = (x**2 + drive)/(10*ms) : 1
      drive : 1 (constant)
      halves : integer
    threshold: x > 1
    refractory: x > -0.5
    reset: ""
    method: rk4
    events:
      half: { condition: x > 5, code: "x = -2; halves += 1" }
    initializers: { drive: 0.5 + 0.5*i }

synapses:
  currents:
    source: source
    target: leaky
    model: "w : volt"
    on_pre: g += w
    connect: true
    delay: 1 ms
    initializers: { w: 30*mV }
  jumps:
    source: source
    target: leaky
    on_pre: v += 6*mV
    connect: { j: i }
    delay: 2.5 ms
  recurrent:
    source: leaky
    target: leaky
    on_pre: v -= 2*mV
    connect: { condition: i != j }
    delay: 0.3 ms

spike_monitors:
  leaky_spikes: { source: leaky }
  quadratic_spikes: { source: quadratic }
state_monitors:
  trace: { source: leaky, variables: [v, g], record: true }

run: 60 ms
`;
