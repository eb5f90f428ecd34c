/** Values for each synapse as PyNN's scripts take them: a matrix with a row for each sender. */

import type { Connector, Projection, Synapse, Value } from '../specification.generated.js';
import { isNumbers } from '../values.js';
import type { Script } from './script.js';

type Pair = readonly [sender: number, receiver: number];

/**
 * Returns a synapse with matrices in place of lists of values in order of the synapses. PyNN raises an error for lists
 * in synapse types.
 *
 * @returns the part of the synapse that scripts can express; the rest is reported
 */
export function withMatrices(script: Script, projection: Projection, label: string): Synapse | undefined {
  const { connector, synapse } = projection;
  const listed = Object.entries(synapse?.params ?? {}).filter(([, value]) => isNumbers(value));
  // Rows of lists have values of their own.
  if (synapse === undefined || listed.length === 0) return synapse;
  const pairs = pairsOf(script, projection);
  const changed = listed.map(([name, value]): readonly [string, Value] | undefined => {
    const matrix = pairs && matrixOf(script, projection, value as readonly number[], pairs);
    if (matrix === undefined)
      script.missing(
        `${name} of each synapse of ${label}, which scripts have for listed connections, not those of a ${connector.type}; --freeze lists them`,
      );
    return matrix === undefined ? undefined : [name, matrix];
  });
  const others = Object.entries(synapse.params ?? {}).filter(([, value]) => !isNumbers(value));
  return { ...synapse, params: Object.fromEntries([...others, ...changed.flatMap((one) => (one ? [one] : []))]) };
}

function matrixOf(
  script: Script,
  { pre, post }: Projection,
  values: readonly number[],
  pairs: readonly Pair[],
): Value | undefined {
  if (values.length !== pairs.length) return undefined;
  const [rows, columns] = [script.cellsOf(pre), script.cellsOf(post)];
  const matrix = Array.from({ length: rows }, () => new Array<number | null>(columns).fill(null));
  pairs.forEach(([sender, receiver], k) => {
    const row = matrix[sender];
    if (row !== undefined) row[receiver] = values[k] ?? null;
  });
  return matrix;
}

/**
 * Returns the pairs that a connector connects, in order; undefined if they are drawn or depend on the cells in views.
 */
function pairsOf(script: Script, { connector, pre, post }: Projection): readonly Pair[] | undefined {
  const [senders, receivers] = [script.cellsOf(pre), script.cellsOf(post)];
  const count = (length: number): readonly number[] => Array.from({ length }, (_, k) => k);
  const all = (isConnected: (sender: number, receiver: number) => boolean): readonly Pair[] =>
    count(senders).flatMap((i) => count(receivers).flatMap((j) => (isConnected(i, j) ? [[i, j] as const] : [])));
  if (connector.type === 'OneToOneConnector') return count(Math.min(senders, receivers)).map((k) => [k, k]);
  if (connector.type === 'ArrayConnector') return all((i, j) => isOn(connector, i, j));
  if (connector.type !== 'AllToAllConnector') return undefined;
  if (connector.params?.['allow_self_connections'] !== false) return all(() => true);
  if (pre === post) return all((i, j) => i !== j);
  const apart = !script.populationsOf(pre).some((population) => script.populationsOf(post).includes(population));
  return apart ? all(() => true) : undefined;
}

function isOn({ params }: Connector, sender: number, receiver: number): boolean {
  const on: unknown = (params?.['array'] as readonly (readonly unknown[])[] | undefined)?.[sender]?.[receiver];
  return on === true || on === 1;
}
