import { check } from './support.js';
import { hashModel } from '../../src/model/hash.js';
const n = 2_000_000;
const doc = { interneuron: 1, neurons: { n: { parameters: { tau: '10 ms' }, state: { v: '0 mV' }, derivatives: { v: '-v/tau' }, events: { spike: 'v > 1*mV' } } }, synapses: { s: { parameters: { w: '1 mV' }, pathways: { pre: 'post.v += w' } } },
  populations: { p: { type: 'n', size: 10000 } }, projections: { pp: { from: 'p', to: 'p', synapse: 's', connect: { rule: 'list', sources: Array.from({ length: n }, (_, i) => i % 10000), targets: Array.from({ length: n }, (_, i) => (i * 7) % 10000) }, values: { w: Array.from({ length: n }, (_, i) => i / 7) } } } };
const text = JSON.stringify(doc);
let t = performance.now();
const { valid, list } = check(text); console.log(text.length / 1e6, 'MB', (performance.now() - t).toFixed(0), 'ms', list.length, !!valid);
t = performance.now(); console.log(hashModel(valid!.model).model, (performance.now() - t).toFixed(0));
(doc.projections.pp.values as any).w = Array.from({ length: n }, () => 'x');
t = performance.now(); console.log(check(JSON.stringify(doc)).list.length, (performance.now() - t).toFixed(0));
