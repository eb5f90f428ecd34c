/** Input and output types of the translation of connectors, and arguments that several connectors share. */

import { isRandom, limitAsNumber } from '../value-kinds.js';
import { child } from '../../../src/model/pointer.js';
import { own, type Setting } from '../context.js';
import { distributions } from '../../../src/library/pynn/distributions.js';
import * as messages from '../messages.js';
import { sizeOf, type Target } from '../selections.js';
import type { Connector, DataReference } from '../specification.generated.js';
import { numpyGenerator, type NumpyGenerator } from '../values.js';

/** Both ends of each synapse. */
export interface Pairs {
  /** Number of each synapse's cell within the presynaptic end. */
  readonly sources: ArrayLike<number>;
  /** Number of each synapse's cell within the postsynaptic end. */
  readonly targets: ArrayLike<number>;
}

/** Values of all synapses, in the document or in a file next to it. */
export type Column = readonly number[] | DataReference;

/** The connected cells, and further values of synapses that a connector gives. */
export interface Connections {
  /** A connection rule in the canonical document's form. */
  readonly rule: unknown;
  /** Returns the ends of all synapses in order, if they are known before the run. */
  readonly pairs?: () => Pairs;
  /** Values of synaptic parameters, one for each synapse, with their place. */
  readonly columns?: Readonly<Record<string, Column>>;
  /** Pointer of the values. */
  readonly columnsAt?: string;
  /** Whether a random value begins again with its generator for each receiver, as PyNN's lists do. */
  readonly drawsAnew?: true;
  /** Labels of the connected ends, for copies. */
  readonly between?: readonly [pre: string, post: string];
}

/** The two ends that a connector connects. */
export interface Ends {
  /** Of the projection. */
  readonly label: string;
  /** Presynaptic cells. */
  readonly pre: Target;
  /** Postsynaptic cells. */
  readonly post: Target;
  /** Connections of other projections by label, for copies. */
  readonly others: ReadonlyMap<string, Connections & { readonly id: string }>;
}

/** A connector with its arguments, which fit the schema, and their places. */
export interface Call {
  /** The value of an argument, or PyNN's usual one. */
  readonly value: (key: string) => unknown;
  /** Pointer of an argument. */
  readonly at: (key: string) => string;
  /** Pointer of the connector. */
  readonly pointer: string;
  readonly ends: Ends;
  readonly connector: Connector;
  readonly setting: Setting;
}

/** PyNN's seed for a connector without a generator: its connections are the same in every script. */
const usualSeed = '151985012';

/** Returns numbers of cells at both ends. */
export const sizesOf = ({ pre, post }: Ends): readonly [number, number] => [sizeOf(pre), sizeOf(post)];

/** Checks whether both ends are one population, view or assembly. */
export const sameEnds = ({ pre, post }: Ends): boolean => pre.label === post.label;

/**
 * Returns a generator seeded by the model, for draws without a generator that must be known before the target builds
 * them.
 */
export const ownGenerator = (stream: string): NumpyGenerator => ({ generator: 'numpy-mt19937', seed: 'model', stream });

/** Returns the generator of a connector: the one it names, PyNN's usual one, or null for the target's own. */
export function generatorOf({ connector, pointer, ends, setting }: Call): NumpyGenerator | null | undefined {
  if (connector.rng === undefined || connector.rng === null)
    return { generator: 'numpy-mt19937', seed: usualSeed, stream: `connector of ${ends.label}` };
  const generator = numpyGenerator(connector.rng, child(pointer, 'rng'), setting);
  return generator === null && setting.needsConnections(ends.label)
    ? ownGenerator(`connector of ${ends.label}`)
    : generator;
}

/** Returns a rule with draws that a NumpyRNG makes in PyNN's order. */
export function hostDrawn(
  { setting }: Call,
  connector: string,
  generator: NumpyGenerator,
  rest: Readonly<Record<string, unknown>>,
): Connections {
  const { generator: name, ...which } = generator;
  return {
    rule: {
      rule: 'hostDrawn',
      arguments: { connector, ...rest, generator: { name, ...which }, order: setting.nextOrder() },
    },
  };
}

/**
 * Reads `allow_self_connections`: whether cells may connect to themselves, and pairs both ways. Undefined after a
 * finding.
 */
export function selfOf({
  value,
  at,
  setting,
  ends,
}: Call): { readonly self?: false; readonly mutual?: false } | undefined {
  const allowed = value('allow_self_connections');
  if (allowed !== 'NoMutual') return allowed === false ? { self: false } : {};
  if (sameEnds(ends)) return { mutual: false };
  const place = at('allow_self_connections');
  return void setting.report(
    messages.wrongValue('allow_self_connections', "'NoMutual' only within one population", allowed),
    place,
  );
}

/** A number of connections: one number, or a distribution that is drawn for each cell. */
export type NumberOfConnections =
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'drawn'; readonly draw: Readonly<Record<string, unknown>> }
  | { readonly kind: 'expression'; readonly text: string; readonly draw: () => Readonly<Record<string, unknown>> };

/** Distributions that only give whole numbers. */
const whole: ReadonlySet<string> = new Set(['uniform_int', 'poisson', 'binomial']);

/** Returns the number of connections of a cell; undefined after a finding. */
export function countOf(call: Call): NumberOfConnections | undefined {
  const { setting, at, value } = call;
  const written = value('n');
  if (!isRandom(written)) return { kind: 'number', number: written as number };
  const { random, params, rng } = written;
  const distribution = own(distributions, random);
  if (distribution === undefined || !whole.has(random))
    return void setting.report(messages.unknownDistribution(`${random} of whole numbers`, [...whole]), at('n'));
  const given = Object.keys(params);
  if (
    given.length !== distribution.parameters.length ||
    !distribution.parameters.every((key) => typeof own(params, key) === 'number')
  )
    return void setting.report(messages.distributionParameters(random, distribution.parameters, given), at('n'));
  const numbers = distribution.parameters.map((key) => limitAsNumber(own(params, key) ?? 0));
  const problem =
    distribution.check?.(numbers) ??
    (random === 'uniform_int' && (numbers[0] ?? 0) < 0 ? 'numbers of 0 or more' : undefined);
  if (problem !== undefined)
    return void setting.report(messages.outOfRange(`a parameter of ${random}`, problem, numbers), at('n'));
  const generator = numpyGenerator(rng, child(at('n'), 'rng'), setting);
  if (generator === undefined) return undefined;
  const drawnBy = generator ?? ownGenerator(`number of ${call.ends.label}`);
  const draw = (): Readonly<Record<string, unknown>> => ({
    ...drawnBy,
    distribution: random,
    arguments: numbers,
    order: setting.nextOrder(),
  });
  if (generator !== null) return { kind: 'drawn', draw: draw() };
  const text = distribution.expression?.(numbers, '1') ?? '0';
  return { kind: 'expression', text: random === 'uniform_int' ? `int(${text})` : text, draw };
}
