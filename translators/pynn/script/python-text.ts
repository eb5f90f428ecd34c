/** Values and types of a PyNN-style document as Python. */

import type { Synapse } from '../specification.js';

type RngName = (label: string | null | undefined) => string;

/** A call; long ones have an argument a line. */
export function call(name: string, args: readonly string[]): string {
  const short = `${name}(${args.join(', ')})`;
  if (short.length <= 110 && !short.includes('\n')) return short;
  return `${name}(\n${args.map((argument) => `    ${argument.replaceAll('\n', '\n    ')},`).join('\n')}\n)`;
}

const isRecord = (item: unknown): item is Readonly<Record<string, unknown>> =>
  typeof item === 'object' && item !== null && !Array.isArray(item);

/** A value as Python. */
export function value(item: unknown, rngOf: RngName): string {
  if (typeof item === 'number') return Number.isFinite(item) ? String(item) : item > 0 ? "float('inf')" : "float('-inf')";
  if (typeof item === 'boolean') return item ? 'True' : 'False';
  if (typeof item === 'string') return JSON.stringify(item);
  if (item === null || item === undefined) return 'None';
  if (Array.isArray(item)) return `[${item.map((one) => value(one, rngOf)).join(', ')}]`;
  if (!isRecord(item)) return 'None';
  if (typeof item['random'] === 'string') {
    const rng = typeof item['rng'] === 'string' ? [`rng=${rngOf(item['rng'])}`] : [];
    const params = isRecord(item['params']) ? Object.entries(item['params']).map(([key, one]) => `${key}=${value(one, rngOf)}`) : [];
    return call('RandomDistribution', [`'${item['random']}'`, ...params, ...rng]);
  }
  if (typeof item['expr'] === 'string') {
    if (item['of'] === 'd') return JSON.stringify(item['expr']);
    if (item['of'] !== 'ij') return `lambda i: ${numpyText(item['expr'])}`;
    return `type('Expression', (IndexBasedExpression,), {'__call__': lambda self, i, j: ${numpyText(item['expr'])}})()`;
  }
  if (Array.isArray(item['sequence'])) return `Sequence(${value(item['sequence'], rngOf)})`;
  if (Array.isArray(item['sequences'])) return `[${item['sequences'].map((one) => `Sequence(${value(one, rngOf)})`).join(', ')}]`;
  return 'None';
}

/** Functions of an expression are NumPy's. */
const numpyText = (text: string): string =>
  text
    .replace(/\b([a-z]\w*)(?=\()/g, 'np.$1')
    .replace(/\bpi\b/g, 'np.pi')
    .replace(/(?<![\w.])e(?![\w.(])/g, 'np.e');

/** A synapse type with its parameters. */
export function synapseText(synapse: Synapse | undefined, rngOf: RngName): string {
  if (synapse === undefined) return 'sim.StaticSynapse()';
  const args = (params: Synapse['params']): string[] => Object.entries(params ?? {}).map(([key, one]) => `${key}=${value(one, rngOf)}`);
  const parts = (
    [
      ['timing_dependence', synapse.timing_dependence],
      ['weight_dependence', synapse.weight_dependence],
    ] as const
  ).flatMap(([key, part]) => (part === undefined ? [] : [`${key}=sim.${call(part.type, args(part.params))}`]));
  const fraction = synapse.dendritic_delay_fraction === undefined ? [] : [`dendritic_delay_fraction=${synapse.dendritic_delay_fraction}`];
  return `sim.${call(synapse.type, [...parts, ...fraction, ...args(synapse.params)])}`;
}
