/**
 * A model with cells that have no name in PyNN, for tests of NESTML: its two types together use most of NESTML's
 * constructs.
 */

import '../../../translators/brian/road.js';

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

/**
 * Rules of plasticity without a name in PyNN: pairs with a soft upper limit; triplets of Pfister and Gerstner (2006),
 * https://doi.org/10.1523/JNEUROSCI.1425-06.2006; and a release probability that presynaptic spikes change.
 */
export const plasticRules = `
format: interneuron/brian
version: 1
name: Plastic rules
dt: 0.1 ms
namespace:
  vt: -54 mV
  vr: -60 mV
  El: -70 mV
spike_generators:
  source: { N: 3, indices: [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2], times: { values: [2, 3.5, 7, 11, 11.5, 17.5, 20, 24.5, 30, 33, 41.5, 45, 52.5, 55, 62, 64, 70.5, 75.5], unit: ms } }
neuron_groups:
${['paired', 'triple', 'releasing']
  .map(
    (name) => `  ${name}:
    N: 2
    model: |
      dv/dt = (El + drive - v + g)/tau : volt
      dg/dt = -g/(4*ms) : volt
      drive = gain*volt : volt
      gain : 1 (constant)
      tau : second (constant)
    threshold: v > vt
    reset: v = vr
    method: exact
    initializers: { v: vr, tau: 10*ms + 2*ms*i, gain: 0.01*(1 + i) }
`,
  )
  .join('')}synapses:
  P:
    source: source
    target: paired
    model: |
      w : volt
      dx/dt = -x/(20*ms) : 1 (event-driven)
      dy/dt = -y/taupost : 1 (event-driven)
    namespace: { taupost: 25 ms, wmax: 20 mV, eta: 0.2 }
    on_pre: |
      g += w
      x += 1
      w = clip(w - 0.1*w*y, 0*mV, wmax)
    on_post: |
      y += 1
      w = clip(w + eta*(wmax - w)*x, 0*mV, wmax)
    connect: true
    initializers: { w: 8*mV + 1*mV*i }
    delay: 0.8 ms
  T:
    source: source
    target: triple
    model: |
      w : volt
      dr1/dt = -r1/(16.8*ms) : 1 (event-driven)
      dr2/dt = -r2/(101*ms) : 1 (event-driven)
      do1/dt = -o1/(33.7*ms) : 1 (event-driven)
      do2/dt = -o2/(125*ms) : 1 (event-driven)
    on_pre: |
      w = clip(w - o1*(0.5*mV + 0.2*mV*r2), 0*mV, 20*mV)
      r1 += 1
      r2 += 1
      g += w
    on_post: |
      o1 += 1
      o2 += 1
      w = clip(w + r1*(0.3*mV + 1*mV*o2), 0*mV, 20*mV)
    connect: true
    initializers: { w: 9*mV }
    delay: 1.2 ms
  R:
    source: source
    target: releasing
    model: |
      w : volt (constant)
      U : 1 (constant)
      du/dt = (U - u)/(50*ms) : 1 (event-driven)
    on_pre: |
      g += w*u
      u += 0.4*(1 - u)
    connect: true
    initializers: { w: 15*mV, U: 0.3 + 0.1*i, u: 0.5 }
    delay: 0.3 ms
spike_monitors:
${['paired', 'triple', 'releasing'].map((name) => `  ${name}_spikes: { source: ${name} }\n`).join('')}state_monitors:
  trace: { source: paired, variables: [v, drive], record: true }
  weights: { source: P, variables: w, record: true, dt: 1 ms }
run: 90 ms
`;

/**
 * Pairs of spikes as in PyNN's additive rule, with the delay before the synapse, which NEST refuses in that rule.
 */
export const axonalRule = `
format: interneuron/brian
version: 1
name: Axonal rule
dt: 0.1 ms
neuron_groups:
  drive:
    N: 4
    model: "dv/dt = (1.4 - v)/tau : 1\\ntau : second (constant)"
    threshold: v > 1
    reset: v = 0
    method: exact
    initializers: { tau: 4*ms + 2*ms*i }
  out:
    N: 2
    model: |
      du/dt = (-58*mV - u + h)/(12*ms) : volt
      dh/dt = -h/(4*ms) : volt
    threshold: u > -55*mV
    reset: u = -64*mV
    method: exact
    initializers: { u: -63*mV }
synapses:
  S:
    source: drive
    target: out
    model: |
      w : volt
      dtr/dt = -tr/(15*ms) : 1 (event-driven)
      dpo/dt = -po/(30*ms) : 1 (event-driven)
    on_pre: |
      h_post += w
      tr += 1
      w = clip(w - 0.3*mV*po, 0*mV, 12*mV)
    on_post: |
      po += 1
      w = clip(w + 0.5*mV*tr, 0*mV, 12*mV)
    delay: 2 ms
    connect: true
    initializers: { w: "4*mV + 1*mV*j" }
spike_monitors: { out_spikes: { source: out }, drive_spikes: { source: drive } }
state_monitors: { weights: { source: S, variables: w, record: true, dt: 1 ms } }
run: 120 ms
`;
