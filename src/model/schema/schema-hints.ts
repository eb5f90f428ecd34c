/** Hints on correcting a document that breaks the schema of its notation. */

import { shorten } from '../../diagnostics/suggest.js';

/**
 * An example entry for each key. Keys that mean the same in all notations have one example; if a notation differs, its
 * example has the key `notation/key`.
 */
const examples: Readonly<Record<string, string>> = {
  $data: '$data: DIGEST, with the digest of the array',
  arguments: 'arguments: [0, 1]',
  array: 'array: [1, 2, 3]',
  capacitance: 'capacitance: 1 pF',
  cell: '"cell": { "type": "IF_curr_exp" }',
  code: 'code: v = 0*mV',
  column: 'column: weight',
  count: 'count: 10',
  current: 'current: 1*pA',
  condition: 'condition: v > 10*mV',
  connect: 'connect: all',
  connector: 'connector: fixedProbability',
  'pynn/connector': '"connector": { "type": "AllToAllConnector" }',
  degree: 'degree: 100 um',
  distribution: 'distribution: normal',
  do: 'do: v = 0*mV',
  dt: 'dt: 0.1 ms',
  dtype: 'dtype: f64',
  event: 'event: spike',
  expr: '"expr": "0.1*d"',
  far: 'far: [1 um, 2 um]',
  file: 'file: spikes.csv',
  first: 'first: 0',
  'model/format': 'interneuron: 1',
  'brian/format': 'format: interneuron/brian',
  'pynn/format': '"format": "interneuron/pynn"',
  from: 'from: exc',
  generator: 'generator: numpy-mt19937',
  id: 'id: root_id',
  index: 'index: k',
  indices: 'indices: [0, 1]',
  input: 'input: I',
  interneuron: 'interneuron: 1',
  intervals: 'intervals: 200',
  kind: 'kind: current',
  'pynn/kind': '"kind": "conductance"',
  label: '"label": "exc"',
  'brian/morphology': 'morphology: { sections: { soma: { diameter: 20*um } } }',
  'brian/model': 'model: "dv/dt = -v/tau : volt"',
  'brian/compartments': 'compartments: { soma: { cm_abs: 200 pF, gl_abs: 10 nS } }',
  'brian/after': 'after: 0.8 ms',
  'brian/channel': 'channel: AMPA',
  'brian/tag': 'tag: proximal',
  'brian/g': 'g: 1 nS',
  'brian/t_decay': 't_decay: 5 ms',
  'brian/threshold': 'threshold: -40 mV',
  'brian/g_rise': 'g_rise: 12 nS',
  'brian/g_fall': 'g_fall: 9 nS',
  'brian/duration_rise': 'duration_rise: 1.2 ms',
  'brian/duration_fall': 'duration_fall: 2.4 ms',
  'brian/reversal_rise': 'reversal_rise: E_Na',
  'brian/reversal_fall': 'reversal_fall: E_K',
  n: 'n: 10',
  N: 'N: 100',
  name: 'name: exc',
  near: 'near: [1 um, 2 um]',
  'pynn/name': '"name": "exc"',
  of: 'of: exc',
  'pynn/of': '"of": "exc"',
  on: 'on: exc',
  p: 'p: 0.1',
  'pynn/params': '"params": { "low": 0, "high": 1 }',
  parents: 'parents: [-1, 0]',
  'pynn/points': '"points": [[0, 0, 0, 10], [10, 0, 0, 10]]',
  population: 'population: exc',
  post: '"post": "exc"',
  pre: '"pre": "exc"',
  random: '"random": "uniform"',
  range: 'range: { from: 0, to: N_post }',
  rate: 'rate: 10 Hz',
  rates: 'rates: 10*Hz',
  resistivity: 'resistivity: 1.5 ohm*m',
  rewiring: 'rewiring: 0.1',
  rule: 'rule: all',
  section: 'section: soma',
  'pynn/section': '"section": "soma"',
  sections: 'sections: { soma: { length: 20 um, diameter: 20 um } }',
  seed: 'seed: 1',
  select: '"select": { "slice": [0, 10] }',
  sequence: '"sequence": [1, 2]',
  sequences: '"sequences": [[1, 2], [3]]',
  shape: 'shape: [3]',
  size: 'size: 100',
  'pynn/size': '"size": 100',
  source: 'source: exc',
  structure: 'structure: grid2d',
  synapse: 'synapse: ampa',
  target: 'target: exc',
  'pynn/target': '"target": "exc"',
  target_var: 'target_var: v',
  times: 'times: [1 ms, 2 ms]',
  to: 'to: exc',
  type: 'type: lif',
  'pynn/type': '"type": "IF_curr_exp"',
  unit: 'unit: mV',
  valence: 'valence: 2',
  value: 'value: 1*mV',
  values: 'values: [1, 2, 3]',
  'pynn/values': '"values": { "v": -65 }',
  variable: 'variable: v',
  'pynn/variable': '"variable": "v"',
  variables: 'variables: [v]',
  'pynn/variables': '"variables": ["spikes"]',
  voltage: 'voltage: v',
  weight: 'weight: 1*mV',
  when: 'when: v > -50*mV',
};

/** Returns an example of a missing entry; undefined if the table has no example. */
export function exampleOf(stage: string, key: string): string | undefined {
  const own = `${stage}/${key}`;
  return Object.hasOwn(examples, own) ? examples[own] : Object.hasOwn(examples, key) ? examples[key] : undefined;
}

const word = (value: unknown): string => {
  const text = shorten(value);
  return text.length > 30 ? 'the text' : text;
};

/**
 * Returns a hint for a value of the wrong type.
 *
 * @param types  allowed types, as JSON Schema names them
 */
export function typeHint(types: readonly string[], found: unknown): string {
  const allows = (type: string): boolean => types.includes(type);
  const number = allows('number') || allows('integer');
  if (found === null || found === undefined) return 'write a value after the key, or remove the key';
  if (typeof found === 'string' && number && found.trim() !== '' && Number.isFinite(Number(found)))
    return `write ${found.trim()} without quotes`;
  if (typeof found === 'string' && allows('array') && !number) return `write a list: [${word(found)}]`;
  if (typeof found === 'string' && allows('boolean') && /^(?:yes|no|on|off)$/i.test(found))
    return `write ${/^(?:yes|on)$/i.test(found) ? 'true' : 'false'}`;
  if (typeof found === 'string' && number) return 'write a number in digits';
  if (typeof found === 'number' && allows('integer') && !Number.isInteger(found))
    return `write a whole number, such as ${Math.round(found)}`;
  if (typeof found === 'number' && allows('string'))
    return `write text, with a unit if it has one: "${word(found)} ms"`;
  if (typeof found !== 'object' && allows('string')) return `put it in quotes: "${word(found)}"`;
  if (typeof found !== 'object' && allows('array')) return `write a list: [${word(found)}]`;
  if (Array.isArray(found) && found.length === 1 && typeof found[0] !== 'object' && !allows('object'))
    return `write ${word(found[0])} alone, not a list`;
  // PyNN's values: a map has some forms only.
  if (types.join() === 'number,boolean,array,null')
    return (
      'write a distribution as { "random": "uniform", "params": { "low": 0, "high": 1 } }, ' +
      'a formula as { "expr": "0.1*i" }'
    );
  if (Array.isArray(found) && allows('object')) return 'write a map, with a key for each entry of this list';
  if (typeof found === 'object' && allows('array'))
    return 'write a list, without keys: each entry after a dash or between [ and ]';
  if (allows('object')) return 'write a map: keys with values, one to a line and indented, or between { and }';
  if (typeof found === 'object') return 'write one value, not several';
  return allows('boolean') ? 'write true or false, without quotes' : 'write a number in digits';
}
