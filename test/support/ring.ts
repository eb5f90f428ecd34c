/** A model with many populations and projections. */

/**
 * Populations in a ring, each with noise, a recording, and a projection of either type to the next; sizes and
 * parameters differ. Together they have about as many neurons whatever their number, since the choice of some
 * representations depends on it.
 */
export function ring(count: number): string {
  const each = (lines: (k: number) => string): string => Array.from({ length: count }, (_, k) => lines(k)).join('\n');
  return `
interneuron: 1
name: ring
neurons:
  lif:
    parameters: { tau: 10 ms, tau_syn: 2 ms, E: -65 mV }
    state: { v: { unit: mV, initial: 'normal(E, 1*mV)' }, I: { unit: mV } }
    derivatives: { v: (E - v + I)/tau, I: -I/tau_syn }
    events: { spike: { when: v >= -50*mV, do: [v = E], refractory: { for: 2 ms, rate: [v], writes: block } } }
synapses:
  current: { parameters: { w: 1 mV }, ports: { port: mV }, pathways: { pre: port += w } }
  plastic:
    parameters: { tau_pre: 20 ms, tau_post: 20 ms, a_pre: 0.06 mV, a_post: -0.063 mV, w_max: 6 mV }
    ports: { port: mV }
    state: { w: { unit: mV, initial: 3 mV }, x: { unit: mV }, y: { unit: mV } }
    derivatives: { x: { rate: -x / tau_pre, eventDriven: true }, y: { rate: -y / tau_post, eventDriven: true } }
    pathways:
      pre: { on: pre.spike, do: [port += w, x += a_pre, 'w = clip(w + y, 0*mV, w_max)'] }
      post: { on: post.spike, do: [y += a_post, 'w = clip(w + x, 0*mV, w_max)'] }
populations:
${each((k) => `  p${k}: { type: lif, size: ${8 * (Math.floor(250 / count) + k)} }`)}
stimuli:
${each((k) => `  noise${k}: { kind: poisson, to: p${k}, variable: I, n: 100, rate: 10 Hz, weight: ${1 + k} mV }`)}
projections:
${each((k) => {
  const ends = `from: p${k}, to: p${(k + 1) % count}`;
  const delay = `delay: 'uniform(1*ms, 3*ms)', delayRange: { min: 1 ms, max: 3 ms }`;
  return [
    `  fixed${k}: { ${ends}, synapse: current, receptor: I, connect: { rule: probability, p: 0.0${1 + k} }, ` +
      `values: { w: 'normal(${1 + k}*mV, 1*mV)' }, ${delay} }`,
    `  plastic${k}: { ${ends}, synapse: plastic, receptor: I, connect: { rule: fixedInDegree, n: ${3 + k} }, ` +
      'delay: 1 ms }',
  ].join('\n');
})}
record:
${each((k) => `  - { of: p${k}, events: spike }\n  - { of: 'p${k}[0:5]', variables: [v], every: 1 ms }`)}
timing: grid
experiment: { dt: 0.1 ms, seed: 55, duration: 1 s }
`;
}
