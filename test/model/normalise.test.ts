import { describe, expect, test } from 'vitest';
import { isKeyword } from '../../src/lang/parse-expression.js';
import { commonUnitNames } from '../../src/lang/units.js';
import { check, findings, normalised } from './support.js';

/** A valid document; each case below changes one thing in it. */
const base = `interneuron: 1
parameters: { tau_p: 10 ms, n_p: 4 }
tables: { stim: { dt: 1 ms, unit: nA, values: [0, 1, 2] } }
neurons:
  lif:
    parameters: { tau: tau_p, R: 10 Mohm, E: -60 mV }
    inputs: { I: nA }
    state: { v: { unit: mV, initial: E }, g: { unit: mV } }
    derived: { drive: R*I }
    derivatives: { v: (E - v + drive + g)/tau, g: -g/tau }
    events:
      spike: { when: v > -50*mV, do: [v = E], refractory: { for: 2 ms, rate: [v] } }
synapses:
  exc:
    parameters: { w: 1 mV, d: 1 ms }
    state: { x: 0 }
    derivatives: { x: { rate: -x/tau_p, eventDriven: true } }
    pathways:
      pre: { delay: d, do: [port += w, x += 1] }
populations:
  a: { type: lif, size: n_p }
  b: { type: lif, size: 2*n_p, values: { E: { array: [-60, -61, -62, -63, -64, -65, -66, -67], unit: mV } } }
projections:
  ab: { from: a, to: "b[0:4]", synapse: exc, connect: { rule: probability, p: 0.5 }, receptor: g, values: { w: 2 mV }, delay: 1 ms }
stimuli:
  dc: { kind: current, to: a, input: I, value: 1 nA }
operations:
  kick: { on: a, do: v += 1*mV, every: 10 ms }
clocks: { fine: 0.05 ms }
record:
  - { of: a, variables: [v], every: 1 ms, name: trace }
experiment: { dt: 0.1 ms, seed: 1, protocol: [run: 10 ms, { set: { a.E: -61 mV } }, { runUntil: 20 ms }] }
`;

test('the document by itself is valid', () => expect(findings(base)).toEqual([]));

/** The mistake; a text of the document and its replacement; the code, line and column of all findings. */
const cases: readonly (readonly [string, string, string, readonly string[]])[] = [
  ['an unknown key', 'name: trace }', 'name: trace, evry: 1 ms }', ['model/unknown-key@31:56']],
  ['an unknown key at the top', 'clocks: {', 'clokcs: {', ['model/unknown-key@29:1']],
  ['a missing key', 'kind: current, to: a, ', 'kind: current, ', ['model/missing-key@26:7']],
  ['a value of the wrong type', 'size: n_p }', 'size: [4] }', ['model/wrong-type@21:25']],
  ['a word that is not allowed', 'rule: probability, p: 0.5', 'rule: probabilty, p: 0.5', ['model/not-allowed@24:63']],
  ['a name with other characters', '  dc: {', '  d-c: {', ['model/bad-name@26:3']],
  ['a name that is no name', '  dc: {', '  2dc: {', ['model/bad-name@26:3']],
  ['another version', 'interneuron: 1', 'interneuron: 2', ['model/not-allowed@1:14']],
  [
    'unknown keys and wrong units are told at once',
    'R: 10 Mohm, E: -60 mV }',
    'R: 10 Mohm, E: -60 mq }\n    inputz: {}',
    ['lang/unknown-unit@6:50', 'model/unknown-key@7:5'],
  ],
  ['a time as a name', 'w: 1 mV, d: 1 ms', 'w: 1 mV, t: 1 ms, d: 1 ms', ['model/reserved-name@15:28']],
  ['a unit as a name', 'w: 1 mV, d: 1 ms', 'w: 1 mV, volt: 1, d: 1 ms', ['model/reserved-name@15:28']],
  ['a word of the language as a name', 'w: 1 mV, d: 1 ms', 'w: 1 mV, and: 1, d: 1 ms', ['model/reserved-name@15:28']],
  ['a name that the machine keeps', '  dc: {', '  constructor: {', ['model/reserved-name@26:3']],
  ['a name declared twice in a type', 'state: { x: 0 }', 'state: { x: 0, w: 0 }', ['model/declared-twice@16:20']],
  [
    'connections copied from between other elements',
    'delay: 1 ms }\nstimuli',
    'delay: 1 ms }\n  ba: { from: b, to: a, synapse: exc, connect: { rule: clone, of: ab }, receptor: g, delay: ' +
      '1 ms }\nstimuli',
    ['model/other-ends@25:67'],
  ],
  ['a name shared by a population and a projection', '  ab: {', '  a: {', ['model/shared-name@24:6']],
  ['an undefined name', 'derived: { drive: R*I }', 'derived: { drive: R*J }', ['lang/unknown-name@9:25']],
  ['a misspelt name', '(E - v + drive + g)/tau', '(E - v + driv + g)/tau', ['lang/unknown-name@10:32']],
  [
    'an undefined function',
    'derived: { drive: R*I }',
    'derived: { drive: R*I*expp(1) }',
    ['lang/unknown-function@9:27'],
  ],
  [
    'a table without its argument',
    'derived: { drive: R*I }',
    'derived: { drive: R*stim }',
    ['lang/function-as-value@9:25'],
  ],
  ['a malformed expression', '(E - v + drive + g)/tau', '(E - v + drive + g/tau', ['lang/unclosed-parenthesis@10:23']],
  ['a wrong dimension in a sum', '(E - v + drive + g)/tau', '(E - v + I + g)/tau', ['lang/dimension-mismatch@10:32']],
  ['a rate without time', '(E - v + drive + g)/tau', 'E - v + drive + g', ['lang/dimension-mismatch@10:23']],
  ['a condition that is none', 'when: v > -50*mV', 'when: v + 50*mV', ['lang/not-boolean@12:22']],
  ['a comparison of unlike things', 'when: v > -50*mV', 'when: v > -50*nA', ['lang/dimension-mismatch@12:26']],
  ['a missing unit', 'when: v > -50*mV', 'when: v > -50', ['lang/dimension-mismatch@12:26']],
  [
    'a quantity of another dimension',
    'v: { unit: mV, initial: E }',
    'v: { unit: mV, initial: 5 ms }',
    ['lang/dimension-mismatch@8:38'],
  ],
  ['an unknown unit', 'R: 10 Mohm', 'R: 10 Mohn', ['lang/unknown-unit@6:37']],
  ['a value of another dimension for a population', 'w: 2 mV', 'w: 2 nA', ['lang/dimension-mismatch@24:112']],
  ['a division by zero', '-g/tau }', '-g/(0*ms) }', ['lang/division-by-zero@10:54']],
  ['a division by what turns out to be zero', '-g/tau }', '-g/(tau_p*(n_p - 4)) }', ['lang/division-by-zero@10:54']],
  ['a parameter that is not a number', 'E: -60 mV }', 'E: .nan }', ['model/not-finite@6:46']],
  ['an infinite parameter', 'E: -60 mV }', 'E: inf*mV }', ['model/not-finite@6:46']],
  ['a number that is too large', 'E: -60 mV }', 'E: 1e400 mV }', ['lang/number-out-of-range@6:46']],
  [
    'derived variables in a circle',
    'derived: { drive: R*I }',
    'derived: { drive: { unit: mV, value: boost }, boost: { unit: mV, value: 2*third }, third: { unit: mV, ' +
      'value: drive } }',
    ['model/derived-cycle@9:23'],
  ],
  [
    'units that depend on each other',
    'derived: { drive: R*I }',
    'derived: { drive: boost, boost: drive }',
    ['model/unit-unknown@9:23'],
  ],
  [
    'initial values in a circle',
    'v: { unit: mV, initial: E }, g: { unit: mV }',
    'v: { unit: mV, initial: g }, g: { unit: mV, initial: v }',
    ['model/value-cycle@8:17'],
  ],
  [
    'model parameters in a circle',
    '{ tau_p: 10 ms, n_p: 4 }',
    '{ tau_p: 10 ms, n_p: m_p, m_p: n_p }',
    ['model/parameter-loop@2:34'],
  ],
  [
    'a parameter that is linked to itself',
    'size: n_p }',
    'size: n_p, linked: { R: { population: a, variable: R } } }',
    ['model/link-cycle@21:43'],
  ],
  [
    'parameters that are linked to each other',
    'size: n_p }\n  b: { type: lif, size: 2*n_p, ',
    'size: n_p, linked: { R: { population: b, variable: R, index: 0 } } }\n' +
      '  b: { type: lif, size: 2*n_p, linked: { R: { population: a, variable: R, index: 0 } }, ',
    ['model/link-cycle@21:43'],
  ],
  ['a model parameter that is drawn', 'n_p: 4 }', 'n_p: poisson(4) }', ['model/not-constant@2:34']],
  ['a derivative of a parameter', '-g/tau }', '-g/tau, R: R/tau }', ['model/not-integrable@10:59']],
  ['a derivative of nothing', '-g/tau }', '-g/tau, gg: -g/tau }', ['model/unknown-variable@10:59']],
  [
    'noise in a condition',
    'tau, g: -g/tau }\n    events:\n      spike: { when: v > -50*mV',
    'tau + xi*mV/sqrt(tau), g: -g/tau }\n    events:\n      spike: { when: v > -50*mV + xi*mV*sqrt(tau)',
    ['model/noise-outside-rate@12:22'],
  ],
  ['a random derived variable', 'drive: R*I }', 'drive: R*I*uniform() }', ['model/random-derived@9:23']],
  [
    'a shared derived variable that reads what is not',
    'drive: R*I }',
    'drive: { unit: mV, value: R*I, shared: true } }',
    ['model/shared-reads-own@9:23'],
  ],
  [
    'an action that writes what is shared',
    'g: { unit: mV } }\n    derived: { drive: R*I }\n    derivatives: { v: (E - v + drive + g)/tau, g: -g/tau }\n    events:\n      spike: { when: v > -50*mV, do: [v = E]',
    'g: { unit: mV }, k: { initial: 0, shared: true } }\n    derived: { drive: R*I }\n    derivatives: { v: (E - v + drive + g)/tau, g: -g/tau }\n    events:\n      spike: { when: v > -50*mV, do: [v = E, k += 1]',
    ['model/shared-written@12:46'],
  ],
  [
    'an event-driven variable of a neuron',
    'g: -g/tau }',
    'g: { rate: -g/tau, eventDriven: true } }',
    ['model/event-driven@10:80'],
  ],
  ['writing a parameter', 'do: [v = E]', 'do: [E = v]', ['model/not-writable@12:39']],
  ['writing a derived variable', 'do: [v = E]', 'do: [drive = v]', ['model/not-writable@12:39']],
  ['writing nothing that is known', 'do: [v = E]', 'do: [v = E, u += 1*mV]', ['model/unknown-variable@12:46']],
  ['writing a value of another dimension', 'do: [v = E]', 'do: [v = E/tau]', ['lang/dimension-mismatch@12:43']],
  [
    'a temporary is fine, its wrong use is not',
    'do: [v = E]',
    'do: ["h = v/2", "v = h/tau"]',
    ['lang/dimension-mismatch@12:55'],
  ],
  ['sending from a neuron', 'do: [v = E]', 'do: ["send(v, E, 1*ms)"]', ['model/send-outside@12:40']],
  ['refractoriness of an unknown variable', 'rate: [v]', 'rate: [u]', ['model/unknown-variable@12:79']],
  ['a negative refractory time', 'for: 2 ms', 'for: -2 ms', ['model/negative@12:66']],
  ['a refractory time that is none', 'for: 2 ms', 'for: 2 mV', ['lang/dimension-mismatch@12:66']],
  ['a refractoriness without end', '{ for: 2 ms, rate: [v] }', '{ rate: [v] }', ['model/missing-key@12:59']],
  ['an unknown event of a pathway', 'pre: { delay: d', 'pre: { on: pre.spkie, delay: d', ['model/unknown-event@19:18']],
  ['an end that is none', 'pre: { delay: d', 'pre: { on: here.spike, delay: d', ['model/bad-pathway-event@19:18']],
  ['a pathway that reacts to nothing', 'pre: { delay: d', 'main: { delay: d', ['model/missing-key@19:13']],
  ['setting a port', '[port += w, x += 1]', '[port = w, x += 1]', ['model/port-only-adds@19:29']],
  [
    'a variable that the target lacks',
    '[port += w, x += 1]',
    '[port += w, post.u += w]',
    ['model/unknown-variable@19:40'],
  ],
  ['a negative delay', 'delay: 1 ms }', 'delay: -1 ms }', ['model/negative@24:127']],
  ['a delay that can be negative', 'delay: 1 ms }', 'delay: "uniform(-1*ms, 1*ms)" }', ['model/negative@24:127']],
  [
    'a delay above the stated maximum',
    'delay: 1 ms }',
    'delay: 11 ms, delayRange: { max: 10 ms } }',
    ['model/delay-out-of-range@24:127'],
  ],
  [
    'a drawn delay above the stated maximum',
    'delay: 1 ms }',
    'delay: "uniform(1*ms, 11*ms)", delayRange: { max: 10 ms } }',
    ['model/delay-out-of-range@24:127'],
  ],
  ['a delay that is no time', 'delay: 1 ms }', 'delay: 1 mV }', ['lang/dimension-mismatch@24:127']],
  ['an unknown neuron type', 'type: lif, size: n_p', 'type: lfi, size: n_p', ['model/unknown-neuron-type@21:14']],
  ['a size that is not whole', 'size: n_p }', 'size: 3.5 }', ['model/not-whole@21:25']],
  ['a negative size', 'size: n_p }', 'size: -3 }', ['model/negative@21:25']],
  ['a size of 10^12', 'size: n_p }', 'size: 1000000000000 }', ['model/too-large@21:25']],
  ['a size with a unit', 'size: n_p }', 'size: tau_p }', ['model/not-whole@21:25']],
  ['a value of an unknown parameter', 'values: { w: 2 mV }', 'values: { W: 2 mV }', ['model/unknown-variable@24:109']],
  [
    'a list of another length',
    '[-60, -61, -62, -63, -64, -65, -66, -67]',
    '[-60, -61, -62, -63, -64, -65, -66]',
    ['model/wrong-length@22:45'],
  ],
  [
    'a list of a type for a population of another size',
    'R: 10 Mohm, E: -60 mV }',
    'R: 10 Mohm, E: { unit: mV, value: [-60, -61, -62, -63, -64, -65, -66, -67] } }',
    ['model/wrong-length@6:46'],
  ],
  [
    'a list with something else in it',
    '[-60, -61, -62, -63, -64, -65, -66, -67]',
    '[-60, -61, x, -63, -64, -65, -66, -67]',
    ['lang/bad-quantity@22:65'],
  ],
  [
    'a list with infinity in it',
    '[-60, -61, -62, -63, -64, -65, -66, -67]',
    '[-60, -61, .inf, -63, -64, -65, -66, -67]',
    ['model/not-finite@22:65'],
  ],
  ['an unknown population', 'from: a, to', 'from: aa, to', ['model/unknown-population@24:15']],
  ['a slice that leaves the population', 'b[0:4]', 'b[0:9]', ['model/index-out-of-range@24:22']],
  ['an index that leaves the population', 'b[0:4]', 'b[1, 8]', ['model/index-out-of-range@24:22']],
  ['a selection that is none', 'b[0:4]', 'b[0:4', ['model/bad-selection@24:22']],
  ['an unknown synapse type', 'synapse: exc', 'synapse: inh', ['model/unknown-synapse-type@24:41']],
  ['a probability above one', 'p: 0.5', 'p: 1.5', ['model/out-of-range@24:79']],
  ['a condition of a connection that is none', 'p: 0.5', 'p: 0.5, condition: i + j', ['lang/not-boolean@24:95']],
  [
    'more sources than there are',
    '{ rule: probability, p: 0.5 }',
    '{ rule: fixedInDegree, n: 5 }',
    ['model/out-of-range@24:81'],
  ],
  [
    'pairs that do not exist',
    '{ rule: probability, p: 0.5 }',
    '{ rule: list, sources: [0, 4], targets: [0, 1] }',
    ['model/index-out-of-range@24:82'],
  ],
  [
    'lists of different length',
    '{ rule: probability, p: 0.5 }',
    '{ rule: list, sources: [0, 1], targets: [0] }',
    ['model/wrong-length@24:95'],
  ],
  [
    'a table without the folder of the document',
    '{ rule: probability, p: 0.5 }',
    '{ rule: table, from: edges.csv, source: pre, target: post }',
    ['model/table-not-read@24:55'],
  ],
  [
    'ends of different size',
    '"b[0:4]", synapse: exc, connect: { rule: probability, p: 0.5 }',
    'b, synapse: exc, connect: oneToOne',
    ['model/unequal-sizes@24:48'],
  ],
  ['a receptor that the target lacks', 'receptor: g,', 'receptor: h,', ['model/unknown-variable@24:96']],
  ['a receptor of another dimension', 'receptor: g,', 'receptor: I,', ['lang/dimension-mismatch@24:96']],
  ['no receptor', 'receptor: g, ', '', ['model/missing-receptor@24:7']],
  ['an input that is none', 'input: I', 'input: v', ['model/unknown-variable@26:38']],
  ['a current that is none', 'value: 1 nA', 'value: 1 mV', ['lang/dimension-mismatch@26:48']],
  ['an operation on nothing', 'on: a, do', 'on: c, do', ['model/unknown-population@28:15']],
  ['an interval of zero', 'every: 10 ms', 'every: 0 ms', ['model/not-positive@28:40']],
  ['an interval and times', 'every: 10 ms', 'every: 10 ms, times: [1 ms]', ['model/two-schedules@28:54']],
  ['a time before 0', 'every: 10 ms', 'times: [-1 ms]', ['model/negative@28:41']],
  ['a variable to record that is not there', 'variables: [v]', 'variables: [v, u]', ['model/unknown-variable@31:29']],
  ['recording nothing', 'variables: [v], every: 1 ms', 'every: 1 ms', ['model/missing-key@31:5']],
  [
    'recording events and a rate',
    'variables: [v], every: 1 ms',
    'events: spike, rate: true',
    ['model/conflicting-keys@31:5'],
  ],
  ['setting what does not exist', 'a.E: -61 mV', 'a.F: -61 mV', ['model/unknown-variable@32:68']],
  ['setting a value of another dimension', 'a.E: -61 mV', 'a.E: -61 ms', ['lang/dimension-mismatch@32:73']],
  ['attaching what does not exist', '{ runUntil: 20 ms }', '{ attach: ac }', ['model/unknown-stimulus@32:95']],
  ['restoring what was not stored', '{ runUntil: 20 ms }', '{ restore: early }', ['model/unknown-stored-state@32:96']],
  ['running until the past', '{ runUntil: 20 ms }', '{ runUntil: 5 ms }', ['model/time-passed@32:97']],
  ['a phase of two things', '{ runUntil: 20 ms }', '{ runUntil: 20 ms, store: x }', ['model/conflicting-keys@32:85']],
  ['a time step of zero', 'dt: 0.1 ms, seed', 'dt: 0 ms, seed', ['model/not-positive@32:19']],
  ['a negative seed', 'seed: 1,', 'seed: -1,', ['model/out-of-range@32:33']],
  ['a seed in words', 'seed: 1,', 'seed: abc,', ['model/bad-form@32:33']],
  ['a seed that has lost digits', 'seed: 1,', 'seed: 18446744073709551615,', ['model/seed-too-large@32:33']],
  ['a table without values', 'values: [0, 1, 2]', 'values: []', ['model/empty-table@3:47']],
  ['rows of different length', 'values: [0, 1, 2]', 'values: [[0, 1], [2]]', ['model/ragged-rows@3:56']],
  ['a negative time to run', 'run: 10 ms', 'run: -10 ms', ['model/negative@32:52']],
  [
    'a duplicate key in the text',
    'R: 10 Mohm, E: -60 mV }',
    'R: 10 Mohm, R: 10 Mohm, E: -60 mV }',
    ['read/duplicate-key@6:43'],
  ],
  ['a list where one value is needed', 'a.E: -61 mV', 'a.E: [-61 mV, -62 mV]', ['model/wrong-length@32:73']],
  ['a mask of another length', '"b[0:4]"', '{ population: b, mask: [1, 0] }', ['model/wrong-length@24:45']],
  [
    'two ways to narrow a selection',
    '"b[0:4]"',
    '{ population: b, slice: [0, 4], indices: [1] }',
    ['model/conflicting-keys@24:22'],
  ],
  [
    'a linked variable of another dimension',
    'size: n_p }',
    'size: n_p, linked: { E: { population: b, variable: tau } } }',
    ['model/wrong-length@21:43', 'lang/dimension-mismatch@21:70'],
  ],
  [
    'a link to an element that there is not',
    'size: n_p }',
    'size: n_p, linked: { R: { population: b, variable: R, index: [0, 1, 7, 8] } } }',
    ['model/out-of-range@21:90'],
  ],
  ['a clock that is not there', 'size: n_p }', 'size: n_p, clock: coarse }', ['model/unknown-clock@21:37']],
  ['a source without spikes', 'type: lif, size: n_p', 'size: n_p', ['model/missing-key@21:6']],
  [
    'a spike before the beginning',
    '  a: { type: lif, size: n_p }',
    '  a: { type: lif, size: n_p }\n  s: { size: 2, spikes: { indices: [0, 1], times: [1 ms, -1 ms] } }',
    ['model/negative@22:58'],
  ],
  [
    'a spike of an element that is not there',
    '  a: { type: lif, size: n_p }',
    '  a: { type: lif, size: n_p }\n  s: { size: 2, spikes: { indices: [0, 2], times: [1 ms, 2 ms] } }',
    ['model/index-out-of-range@22:40'],
  ],
  ['an unknown slot', 'every: 10 ms', 'every: 10 ms, slot: resetss', ['model/not-allowed@28:53']],
  [
    'a regime that is not there',
    '    events:\n      spike',
    '    regimes: { on: { initial: true, transitions: [{ when: v > E, to: off }] } }\n    events:\n      spike',
    ['model/unknown-regime@11:70'],
  ],
  [
    'no initial regime',
    '    events:\n      spike',
    '    regimes: { on: {}, off: {} }\n    events:\n      spike',
    ['model/initial-regime@11:14'],
  ],
  [
    'a derivative inside and outside the regimes',
    '    events:\n      spike',
    '    regimes: { on: { initial: true, derivatives: { g: 0 } } }\n    events:\n      spike',
    ['model/two-derivatives@11:55'],
  ],
  [
    'sections in a loop',
    '    events:\n      spike',
    '    compartments: { sections: { soma: { length: 1 um, diameter: 1 um }, a: { parent: b, length: 1 um, ' +
      'diameter: 1 um }, b: { parent: a, length: 1 um, diameter: 1 um } } }\n    events:\n      spike',
    ['model/section-loop@11:86'],
  ],
  [
    'a section of one point',
    '    events:\n      spike',
    '    compartments: { sections: { soma: { points: [[0 um, 0 um, 0 um, 1 um]] } } }\n    events:\n      spike',
    ['model/section-points@11:49'],
  ],
  [
    'points in one place, one with a negative diameter',
    '    events:\n      spike',
    '    compartments: { sections: { soma: { points: [[1 um, 0 um, 0 um, 1 um], [1 um, 0 um, 0 um, -1 um]] } } }\n' +
      '    events:\n      spike',
    ['model/section-points@11:49', 'model/not-positive@11:95'],
  ],
  [
    'a group of nothing',
    '    events:\n      spike',
    '    compartments: { sections: { soma: { length: 1 um, diameter: 1 um } }, groups: { none: [] } }\n' +
      '    events:\n      spike',
    ['model/empty-group@11:91'],
  ],
  [
    'a cell of ten metres',
    '    events:\n      spike',
    '    compartments: { sections: { soma: { length: 10, diameter: 10 } } }\n    events:\n      spike',
    ['model/huge-cell@11:31'],
  ],
  [
    'a soma of 20 mm',
    '    events:\n      spike',
    '    compartments: { sections: { soma: { length: 20 mm, diameter: 20 mm } } }\n    events:\n      spike',
    ['model/huge-cell@11:39'],
  ],
  [
    'a cell of nanometres',
    '    events:\n      spike',
    '    compartments: { sections: { soma: { length: 20e-12, diameter: 20e-12 } } }\n    events:\n      spike',
    ['model/tiny-cell@11:31'],
  ],
  [
    'a section without form',
    '    events:\n      spike',
    '    compartments: { sections: { soma: {} } }\n    events:\n      spike',
    ['model/missing-key@11:39'],
  ],
  [
    'a mechanism on a section that is not there',
    '    events:\n      spike',
    '    compartments: { sections: { soma: { length: 1 um, diameter: 1 um } }, mechanisms: { leak: { on: [some], ' +
      'parameters: { G: 1 S/m**2 }, reads: [v], writes: { i: G*v } } } }\n    events:\n      spike',
    ['model/unknown-section@11:102'],
  ],
  [
    'a mechanism that writes what is no current',
    '    events:\n      spike',
    '    compartments: { sections: { soma: { length: 1 um, diameter: 1 um } }, mechanisms: { leak: { parameters: ' +
      '{ G: 1 S }, reads: [v, ca_i], writes: { i: G*v } } } }\n    events:\n      spike',
    ['model/unknown-variable@11:132', 'lang/dimension-mismatch@11:152'],
  ],
  [
    'a section of a population without structure',
    'from: a, to',
    'from: { of: a, section: soma }, to',
    ['model/unknown-section@24:33'],
  ],
  [
    'an event that the source does not have',
    'from: a, to',
    'from: { of: a, event: burst }, to',
    ['model/unknown-event@24:31'],
  ],
  ...['"_x"', '-1', '4294967296', '"9999999999"'].map((seed): [string, string, string, string[]] => [
    `a drawn value with the seed ${seed}`,
    'w: 2 mV }',
    `w: { generator: numpy-mt19937, seed: ${seed}, distribution: uniform, arguments: [0, 1], unit: mV } }`,
    [seed === '"_x"' ? 'model/bad-form@24:146' : 'model/out-of-range@24:146'],
  ]),
  [
    'a drawn value in a unit that is no power of ten',
    'w: 2 mV }',
    'd: { generator: numpy-mt19937, seed: 1, distribution: uniform, arguments: [0, 1], unit: minute } }',
    ['model/unit-scale@24:197'],
  ],
  [
    'data without its values in SI',
    'w: 2 mV }',
    'w: { $data: "0000000000000000000000000000000000000000000000000000000000000000", dtype: f64, shape: [4], ' +
      'unit: mV } }',
    ['model/data-unit@24:219'],
  ],
  [
    'a list for a projection with pairs of three',
    '{ rule: probability, p: 0.5 }',
    '{ rule: list, pairs: [[0, 1], [1, 2, 3]] }',
    ['model/wrong-length@24:85'],
  ],
  [
    'one delay for several pathways',
    '      pre: { delay: d, do: [port += w, x += 1] }',
    '      pre: { delay: d, do: [port += w, x += 1] }\n      more: { on: pre.spike, do: [] }',
    ['model/delay-pathways@25:127'],
  ],
  ['a receptor without a port', '[port += w, x += 1]', '[x += 1]', ['model/receptor-ports@24:96']],
  ['a setting that names no variable', 'a.E: -61 mV', 'E: -61 mV', ['model/bad-setting@32:68']],
  [
    'one thing set twice',
    '{ set: { a.E: -61 mV } }',
    '{ set: { a.E: -61 mV, "a[0:4].E": -62 mV } }',
    ['model/set-twice@32:81'],
  ],
  ['record and recordings', 'clocks: { fine: 0.05 ms }', 'recordings: []', ['model/conflicting-keys@29:13']],
  ['a duration beside a protocol', 'seed: 1, ', 'seed: 1, duration: 1 s, ', ['model/conflicting-keys@32:46']],
  ['a stimulus onto synapses', 'kind: current, to: a,', 'kind: current, to: ab,', ['model/projection-not-here@26:28']],
  [
    'a projection from its own synapses',
    'from: a, to',
    'from: { of: { projection: ab } }, to',
    ['model/end-cycle@24:7'],
  ],
  ['true where a number is needed', 'E: -60 mV }', 'E: { unit: mV, value: true } }', ['model/not-a-number@6:65']],
  [
    'a map in a list of numbers',
    '[-60, -61, -62, -63, -64, -65, -66, -67]',
    '[-60, -61, { a: 1 }, -63, -64, -65, -66, -67]',
    ['model/not-a-number@22:65'],
  ],
  [
    'a condition that is a number',
    'E: -60 mV }',
    'E: -60 mV, f: { type: boolean, value: 2 } }',
    ['model/not-boolean@6:81'],
  ],
  [
    'sending to what is no port',
    '[port += w, x += 1]',
    '["send(x, 1, 1*ms)"]',
    ['model/not-a-port@19:30', 'model/receptor-ports@24:96'],
  ],
  [
    'a slice without end of synapses',
    '{ of: a, variables: [v], every: 1 ms, name: trace }',
    '{ of: { projection: ab, slice: [0, ""] }, variables: [x] }',
    ['model/bad-slice@31:36'],
  ],
  [
    'a slice of four',
    '{ of: a, variables: [v]',
    '{ of: { population: a, slice: [0, 1, 2, 3] }, variables: [v]',
    ['model/bad-slice@31:35'],
  ],
  [
    'a place that a synapse cannot act on',
    '    pathways:\n',
    '    contributes: { postv: w }\n    pathways:\n',
    ['model/bad-target@18:20'],
  ],
  [
    'a range of delays that is empty',
    'delay: 1 ms }',
    'delay: 1 ms, delayRange: { min: 2 ms, max: 1 ms, outOfRange: clip } }',
    ['model/empty-range@24:145'],
  ],
  [
    'two roots of a cell',
    '    events:\n      spike',
    '    compartments: { sections: { soma: { length: 1 um, diameter: 1 um }, axon: { length: 1 um, diameter: 1 ' +
      'um } } }\n    events:\n      spike',
    ['model/section-root@11:31'],
  ],
  ['axes that are none', 'delay: 1 ms }', 'delay: 1 ms, space: { axes: yx } }', ['model/bad-form@24:148']],
  [
    'an ORCID that is none',
    'clocks:',
    'metadata: { authors: [{ name: A, orcid: 0000-0002 }] }\nclocks:',
    ['model/bad-form@29:41'],
  ],
];

describe('every mistake is found at its place, without other findings', () => {
  test.each(cases)('%s', (_, from, to, expected) => {
    expect(base).toContain(from);
    expect(findings(base.replace(from, () => to))).toEqual(expected);
  });
});

describe('a name of the model wins over a unit with its symbol', () => {
  const reserved =
    /^(?:volt|siemens|farad|ohm|joule|watt|newton|pascal|weber|tesla|henry|hertz|kilogram|amp|meter|second|mole|kelvin|candela)$/;
  const symbols = commonUnitNames().filter((name) => !isKeyword(name) && !reserved.test(name));
  const model = (name: string): string => `interneuron: 1
name: m
parameters: { ${name}: 0.5 ms, total: 4*${name} }
neurons:
  n:
    parameters: { own: 4*${name} }
    state: { v: { unit: s, initial: 4*${name} } }
    derivatives: { v: 4*${name}/second }
    events: { spike: { when: v > 4*${name}, do: [v = 4*${name}], refractory: { for: 4*${name} } } }
synapses: { syn: { pathways: { pre: { on: pre.spike, delay: 4*${name}, do: [port += 4*${name}] } } } }
populations: { p: { type: n, size: 2, values: { own: 4*${name} } } }
projections: { pp: { from: p, to: p, synapse: syn, receptor: v, connect: { rule: all } } }
experiment: { dt: 0.1 ms, protocol: [{ run: 4*${name} }, { set: { p.own: 4*${name} } }] }
`;

  test('in every place of a document, with one warning', () => {
    const strip = (text: string, name: string): string => text.replaceAll(`"${name}":{`, '"given":{');
    const expected = strip(JSON.stringify(normalised(model('given')).model), 'given');
    for (const name of symbols) {
      const { valid, list } = check(model(name), { warnsOfUnits: true });
      expect(strip(JSON.stringify(valid?.model), name), name).toBe(expected);
      expect(
        list
          .filter(({ message }) => message.includes('here it means the name'))
          .map(({ code, severity, related }) => [code, severity, related?.[0]?.place.line]),
        name,
      ).toEqual([['lang/unit-shadowed', 'warning', 3]]);
    }
  });

  test('a symbol directly after a number is a unit, a factor after * the name', () => {
    const { parameters } = normalised(base.replace('n_p: 4 }', 'n_p: 4, m: 2 um, a: 3 m, b: 3 m*m, c: 3*m }')).model;
    expect([parameters['a'], parameters['b'], parameters['c']].map((one) => one?.value)).toEqual([3, 6e-6, 6e-6]);
  });
});

describe('operations on variables with one value for all elements', () => {
  const operating = (code: string): string =>
    base
      .replace('g: { unit: mV } }', 'g: { unit: mV }, k: { initial: 0, shared: true }, c: 0 }')
      .replace('do: v += 1*mV', `do: [${code}]`);

  test.each([
    ['k += 1, c = k', []],
    ['more = 2*k, k = more', []],
    ['c = k, k += 1', ['model/shared-written-late@28:23']],
    ['k = c', ['model/shared-reads-own@28:27']],
    ['more = k, k += 1, c = more', ['model/shared-temporary@28:45']],
  ])('%s', (code, expected) => expect(findings(operating(code))).toEqual(expected));
});

describe('delays that are no multiples of the time step', () => {
  const told = (delay: string): unknown =>
    check(base.replace('delay: 1 ms }', `delay: ${delay} }`)).list.map(({ code, severity, message }) => [
      code,
      severity,
      message,
    ]);
  test.each([
    ['1 ms', []],
    ['0.3 ms', []],
    [
      '0.03 ms',
      [['model/delay-rounded', 'note', 'this delay is not a multiple of the time step: spikes arrive without delay']],
    ],
    [
      '0.25 ms',
      [['model/delay-rounded', 'note', 'this delay is not a multiple of the time step: spikes arrive after 0.3 ms']],
    ],
  ])('%s', (delay, expected) => expect(told(delay)).toEqual(expected));

  test('in a phase', () => {
    const changed = (delay: string): string[] =>
      check(
        base.replace(/protocol: .*/, `protocol: [{ run: 1 ms }, { delays: { ab.pre: ${delay} } }, { run: 1 ms }] }`),
      )
        .list.filter(({ severity }) => severity !== 'warning')
        .map(({ message }) => message);
    expect(changed('0.2 ms')).toEqual([]);
    expect(changed('0.03 ms')).toEqual(['this delay is not a multiple of the time step: spikes arrive without delay']);
  });
});

test('a run that ends between two steps', () => {
  const { list } = check(base.replace(/protocol: .*/, 'protocol: [{ run: 1.05 ms }] }'));
  expect(list.map(({ code, severity, found, expected }) => [code, severity, found, expected])).toContainEqual([
    'model/time-rounded',
    'note',
    '1.05 ms',
    'a multiple of 0.1 ms',
  ]);
});

describe('a conductance that spikes make smaller', () => {
  const conducting = base.replaceAll('g: { unit: mV }', 'g: { unit: nS }').replace('+ drive + g)', '+ drive)');
  const told = (w: string, set: Record<string, string> = {}): unknown =>
    check(conducting.replace('w: 1 mV', 'w: 1 nS').replace('values: { w: 2 mV }', `values: { w: ${w} }`), { set })
      .list.filter(({ code }) => code === 'model/weight-sign')
      .map(({ severity, message, found }) => [severity, message, found]);
  const note = (found: string): unknown => [['note', 'each spike decreases the conductance port', found]];
  test.each([
    ['2 nS', {}, []],
    ['-2 nS', {}, note('-2 nS')],
    ['{ array: [-2, -1], unit: nS }', {}, note('-2 to -1 nS')],
    ['-2 nS', { 'ab.w': '1 nS' }, []],
    ['2 nS', { 'ab.w': '-1 nS' }, note('-1 nS')],
  ])('w: %s, given %j', (w, set, expected) => expect(told(w, set)).toEqual(expected));
});

test.each([
  ['10 kHz', []],
  ['20 kHz', [['model/rate-beyond-step', 'warning', '20000 Hz']]],
])('a Poisson input of %s with steps of 0.1 ms', (rate, expected) => {
  const poisson = `stimuli:\n  noise: { kind: poisson, to: a, variable: v, n: 1, rate: ${rate}, weight: 1*mV }\n`;
  const { list } = check(base.replace('stimuli:\n', poisson));
  expect(list.map(({ code, severity, found }) => [code, severity, found])).toEqual(expected);
});

test.each(['toString: x', 'valueOf: [1]', '__proto__: 1', 'toString: { a: 1 }'])(
  "a map in place of a string, with a key of JavaScript's prototypes: %s",
  (entry) => {
    const { list } = check(`interneuron: 1\ntiming: { ${entry} }\n`);
    expect(list.map(({ code }) => code)).toEqual(['model/not-allowed']);
  },
);

describe('a number that a double does not keep', () => {
  const withTau = (tau: string): string => base.replace('tau_p: 10 ms', `tau_p: 10 ms, odd: ${tau}`);
  const told = (text: string): readonly string[] => check(text).list.map(({ code }) => code);
  test.each(['1e-400', '1e400', '"1e-400"', '1e-400 mV', '1e-330 mV', '1e400 mV', '3e-324', '-1e-400', '2*1e-400'])(
    'in YAML: %s',
    (value) => {
      expect(told(withTau(value))).toEqual(['lang/number-out-of-range']);
    },
  );
  test.each(['1e-400', '1e400', '-1e-400', '3e-324', `0.${'0'.repeat(400)}1`])('in JSON: %s', (value) => {
    const json = `{ "interneuron": 1, "parameters": { "a": 1, "b": "1e-400 in a string is text", "c": ${value} } }`;
    const { list } = check(json.replace('"b": "1e-400 in a string is text", ', ''));
    expect(list.map(({ code, place }) => [code, place?.line, place?.column])).toEqual([
      ['lang/number-out-of-range', 1, json.indexOf('"b"') + 6],
    ]);
  });
  test.each(['0', '0.0', '0e-999', '-0e5', '5e-324', '2.2250738585072014e-308', '1.7976931348623157e308', '1e-300'])(
    'unlike %s',
    (value) => {
      expect(told(withTau(value))).toEqual([]);
      expect(told(`{ "interneuron": 1, "parameters": { "a": ${value} } }`)).toEqual([]);
    },
  );
});

describe('draws and probabilities that are known to be wrong', () => {
  const told = (text: string): unknown =>
    check(text).list.map(({ code, severity, expected }) => [code, severity, expected]);
  const bad = (expected: string): unknown => [['model/bad-draw', 'warning', expected]];
  const deviation = bad('a standard deviation of 0 or more');
  const range = bad('a lower end that is not above the upper one');
  const odd = 'wrong: -1, ';
  test.each([
    ['normal(0*mV, -1*mV)', deviation],
    ['normal(0*mV, wrong*mV)', deviation],
    ['1*mV + 2*mV*lognormal(0, -0.5)', deviation],
    ['uniform(5*mV, 2*mV)', range],
    ['uniform(n_p*mV, 2*mV)', range],
    ['truncatedNormal(0*mV, 1*mV, 5*mV, 2*mV)', range],
    ['exponential(-1*mV)', bad('a mean of 0 or more')],
    ['1*mV*poisson(-2)', bad('a mean of 0 or more')],
    ['gamma(-1, 1*mV)', bad('a shape and a scale of 0 or more')],
    ['1*mV*binomial(3, 1.5)', bad('a whole number of trials, and a probability from 0 to 1')],
    ['1*mV*vonMises(0, -1)', bad('a concentration of 0 or more')],
    ['uniform(2*mV, 5*mV) + normal(0*mV, 1*mV)', []],
    ['uniform(E + i*mV, -90*mV)', []],
    ['gamma(0.5, 0*mV)', []],
    // Arguments that only a run knows.
    ...['normal(0*mV, i*mV)', 'gamma(i, i*mV)', '1*mV*poisson(i)', '1*mV*binomial(i, i)', '1*mV*vonMises(0, i)'].map(
      (draw): [string, unknown] => [draw, []],
    ),
    ['1*mV*binomial(2.5, 0.5)', bad('a whole number of trials, and a probability from 0 to 1')],
  ])('%s', (value, expected) => {
    const first = base
      .replace('tau_p: 10 ms', `${odd}tau_p: 10 ms`)
      .replace('size: n_p }', `size: n_p, values: { g: "${value}" } }`);
    expect(told(first)).toEqual(expected);
  });
  test('of a named generator', () => {
    const draw = '{ generator: numpy-mt19937, seed: 1, distribution: normal, arguments: [0, -1], unit: mV }';
    expect(told(base.replace('size: n_p }', `size: n_p, values: { g: ${draw} } }`))).toEqual(deviation);
  });
  test.each([
    ['{ rule: probability, p: 1.5 }', [['model/out-of-range', 'error', 'from 0 to 1']]],
    ['{ rule: probability, p: 2*post.tau/(10*ms) }', [['model/not-probability', 'warning', 'from 0 to 1']]],
    ['{ rule: probability, p: pre.tau/(10*ms) }', []],
    [
      '{ rule: generator, index: k, range: { from: 0, to: N_post, sample: { p: 1.5 } } }',
      [['model/not-probability', 'warning', 'from 0 to 1']],
    ],
    [
      '{ rule: generator, index: k, range: { from: 0, to: N_post, sample: { p: -pre.tau/(10*ms) } } }',
      [['model/not-probability', 'warning', 'from 0 to 1']],
    ],
    [
      '{ rule: generator, index: k, range: { from: 0, to: N_post, sample: { size: -3 } } }',
      [['model/negative-sample', 'warning', '0 or more']],
    ],
  ])('connect: %s', (rule, expected) => {
    expect(told(base.replace('{ rule: probability, p: 0.5 }', rule))).toEqual(expected);
  });
});

describe('a state with a negative time constant', () => {
  const told = (text: string): unknown =>
    check(text).list.map(({ code, severity, message, found }) => [code, severity, message, found]);
  const growing = (name: string): unknown => [
    'model/growing-state',
    'warning',
    `${name} grows without bound: its time constant tau is negative`,
    '-0.01 s',
  ];
  test.each([
    ['tau: -10 ms', [growing('v'), growing('g')]],
    ['tau: -tau_p', [growing('v'), growing('g')]],
    ['tau: 10 ms', []],
  ])('%s', (tau, expected) => {
    expect(told(base.replace('tau: tau_p', tau))).toEqual(expected);
  });
  test('of one population', () => {
    expect(told(base.replace('size: n_p }', 'size: n_p, values: { tau: -10 ms } }'))).toEqual([
      growing('v'),
      growing('g'),
    ]);
  });
  test('unlike a state that is to grow, or a constant that differs between cells', () => {
    expect(told(base.replace('g: -g/tau', 'g: g/tau'))).toEqual([]);
    expect(
      told(
        base
          .replace('tau: tau_p', 'tau: -10 ms')
          .replace('-g/tau', 'g/tau')
          .replace('(E - v + drive + g)/tau', '(v - E)/tau'),
      ),
    ).toEqual([]);
    expect(told(base.replace('size: n_p }', 'size: n_p, values: { tau: -10*ms*(i - 1) } }'))).toEqual([]);
  });
});

test('a type may have 1000 differential equations, and no more', () => {
  const cells = (count: number): string => {
    const names = Array.from({ length: count }, (_, k) => `x${k}`);
    const of = (value: string): string => names.map((name) => `${name}: ${value}`).join(', ');
    return [
      'interneuron: 1',
      'neurons:',
      `  n: { state: { ${of('0')} },`,
      `    derivatives: { ${of('1/ms')} } }`,
      'populations: { p: { type: n, size: 1 } }',
      'experiment: { dt: 0.1 ms, duration: 1 ms }',
    ].join('\n');
  };
  expect(findings(cells(1000))).toEqual([]);
  expect(findings(cells(1001))).toEqual(['model/too-many-equations@4:18']);
});
