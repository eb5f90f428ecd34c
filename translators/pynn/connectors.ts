/** PyNN's connectors as connection rules of the canonical model. */

import { child } from '../../src/model/pointer.js';
import { own, type Setting } from './context.js';
import { translateFormula } from './formulas.js';
import * as messages from './messages.js';
import type { Connector, Formula } from './specification.js';
import { sizeOf, type Target } from './selections.js';
import { numpyGenerator, type NumpyGenerator } from './values.js';

/** Both ends of each synapse. */
export interface Pairs {
  readonly sources: readonly number[];
  readonly targets: readonly number[];
}

/** Which cells are connected, and what else a connector says of its synapses. */
export interface Connections {
  readonly rule: unknown;
  /** Ends of all synapses in order, where they are known now. */
  readonly pairs?: () => Pairs;
  /** Values of synaptic parameters, one for each synapse, with their place. */
  readonly columns?: Readonly<Record<string, readonly number[]>>;
  readonly columnsAt?: string;
}

/** What a connector is used between. */
export interface Ends {
  readonly label: string;
  readonly pre: Target;
  readonly post: Target;
  /** Connections of other projections by label, for copies. */
  readonly others: ReadonlyMap<string, Connections>;
}

/** PyNN's seed where a connector is given no generator: such connections are the same in every script. */
const usualSeed = '151985012';

type Parameters = Readonly<Record<string, unknown>>;
interface Call {
  readonly params: Parameters;
  readonly at: (key: string) => string;
  readonly pointer: string;
  readonly ends: Ends;
  readonly connector: Connector;
  readonly setting: Setting;
}
interface Known {
  readonly parameters: readonly string[];
  readonly make: (call: Call) => Connections | undefined;
}

/** Connectors by class name. */
const connectors: Readonly<Record<string, Known>> = {
  AllToAllConnector: {
    parameters: ['allow_self_connections'],
    make: (call) => ({ rule: { rule: 'all', ...selfOf(call) }, pairs: () => allPairs(call) }),
  },
  OneToOneConnector: { parameters: [], make: ({ ends }) => ({ rule: { rule: 'oneToOne' }, pairs: () => oneToOnePairs(ends) }) },
  FixedProbabilityConnector: { parameters: ['p_connect', 'allow_self_connections'], make: fixedProbability },
  IndexBasedProbabilityConnector: {
    parameters: ['index_expression', 'allow_self_connections'],
    make: (call) => probabilityOf(call, 'index_expression', ['ij']),
  },
  DistanceDependentProbabilityConnector: {
    parameters: ['d_expression', 'allow_self_connections'],
    make: (call) => probabilityOf(call, 'd_expression', ['d']),
  },
  FromListConnector: { parameters: ['conn_list', 'column_names'], make: fromList },
  ArrayConnector: { parameters: ['array'], make: fromArray },
  FixedNumberPreConnector: {
    parameters: ['n', 'allow_self_connections', 'with_replacement'],
    make: (call) => fixedNumber(call, 'fixedNumberPre', 'fixedInDegree'),
  },
  FixedNumberPostConnector: {
    parameters: ['n', 'allow_self_connections', 'with_replacement'],
    make: (call) => fixedNumber(call, 'fixedNumberPost', 'fixedOutDegree'),
  },
  FixedTotalNumberConnector: { parameters: ['n', 'allow_self_connections', 'with_replacement'], make: fixedTotal },
  CloneConnector: { parameters: ['reference', 'reference_projection'], make: clone },
};

/** Connectors that PyNN has and that cannot be imported yet. */
const missing: Readonly<Record<string, string>> = {
  DisplacementDependentProbabilityConnector: 'probabilities that depend on displacement',
  FromFileConnector: 'connections read from a file',
  SmallWorldConnector: 'small-world connections',
  CSAConnector: 'connection sets',
};

/** The connections of a projection; undefined after what is wrong was reported. */
export function translateConnector(connector: Connector, pointer: string, ends: Ends, setting: Setting): Connections | undefined {
  const known = own(connectors, connector.type);
  if (known === undefined) {
    const feature = own(missing, connector.type);
    const finding =
      feature === undefined
        ? messages.unknownType('connector', connector.type, [...Object.keys(connectors), ...Object.keys(missing)])
        : messages.unsupported(`${connector.type} (${feature})`);
    return void setting.report(finding, child(pointer, 'type'));
  }
  const params = connector.params ?? {};
  const place = child(pointer, 'params');
  // Arguments that every connector takes, and that change nothing here.
  const common = ['safe', 'callback', 'location_selector'];
  let whole = true;
  for (const key of Object.keys(params)) {
    if (known.parameters.includes(key) || common.includes(key)) continue;
    whole = false;
    setting.reportKey(messages.unknownParameter(key, connector.type, known.parameters), child(place, key));
  }
  return whole ? known.make({ params, at: (key) => child(place, key), pointer, ends, connector, setting }) : undefined;
}

// --- Arguments ----------------------------------------------------------------------------------------------------

/** Whether self-connections are excluded; only cells of one population can be the same. */
function selfOf({ params, at, setting, connector }: Call): { readonly self?: false } {
  const value = own(params, 'allow_self_connections') ?? true;
  if (value === 'NoMutual')
    setting.report(messages.unsupported(`${connector.type} with allow_self_connections 'NoMutual'`), at('allow_self_connections'));
  else if (typeof value !== 'boolean')
    setting.report(messages.wrongValue('allow_self_connections', 'true or false', value), at('allow_self_connections'));
  return value === false ? { self: false } : {};
}

const samePopulation = ({ pre, post }: Ends): boolean => pre.label === post.label;

function numberOf(call: Call, key: string, fits: (value: number) => boolean, expected: string): number | undefined {
  const value = own(call.params, key);
  if (value === undefined) return void call.setting.report(messages.missingParameter(key, call.connector.type), call.pointer);
  if (typeof value === 'number' && fits(value)) return value;
  return void call.setting.report(messages.outOfRange(key, expected, value), call.at(key));
}

/** The generator of a connector: the one it names, PyNN's usual one, or null for the target's own. */
function generatorOf({ connector, pointer, ends, setting }: Call): NumpyGenerator | null | undefined {
  if (connector.rng === undefined || connector.rng === null)
    return { generator: 'numpy-mt19937', seed: usualSeed, stream: `connector of ${ends.label}` };
  return numpyGenerator(connector.rng, child(pointer, 'rng'), setting);
}

/** A rule whose draws a NumpyRNG makes in PyNN's order. */
function hostDrawn(call: Call, connector: string, generator: NumpyGenerator, rest: Readonly<Record<string, unknown>>): Connections {
  const { generator: name, seed, stream } = generator;
  return {
    rule: { rule: 'hostDrawn', arguments: { connector, ...rest, generator: { name, seed, stream }, order: call.setting.nextOrder() } },
  };
}

// --- Connectors ---------------------------------------------------------------------------------------------------

function allPairs(call: Call): Pairs {
  const { ends } = call;
  const [n, m] = [sizeOf(ends.pre), sizeOf(ends.post)];
  const skipSelf = own(call.params, 'allow_self_connections') === false && samePopulation(ends);
  const sources: number[] = [];
  const targets: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      if (skipSelf && i === j) continue;
      sources.push(i);
      targets.push(j);
    }
  }
  return { sources, targets };
}

function oneToOnePairs({ pre, post }: Ends): Pairs {
  const both = Array.from({ length: Math.min(sizeOf(pre), sizeOf(post)) }, (_, k) => k);
  return { sources: both, targets: both };
}

function fixedProbability(call: Call): Connections | undefined {
  const p = numberOf(call, 'p_connect', (value) => value >= 0 && value <= 1, 'a probability from 0 to 1');
  const generator = generatorOf(call);
  const mutual = own(call.params, 'allow_self_connections') === 'NoMutual';
  if (mutual && !samePopulation(call.ends))
    return void call.setting.report(
      messages.wrongValue('allow_self_connections', "'NoMutual' only within one population", 'NoMutual'),
      call.at('allow_self_connections'),
    );
  if (p === undefined || generator === undefined) return undefined;
  if (mutual && generator !== null) return hostDrawn(call, 'fixedProbability', generator, { p, mutual: false });
  const self = selfOf(call);
  return generator === null
    ? { rule: { rule: 'probability', p, ...self } }
    : hostDrawn(call, 'fixedProbability', generator, { p, ...self });
}

/** A probability for each pair. */
function probabilityOf(call: Call, key: string, formulas: readonly NonNullable<Formula['of']>[]): Connections | undefined {
  const written = own(call.params, key);
  if (written === undefined) return void call.setting.report(messages.missingParameter(key, call.connector.type), call.pointer);
  const formula: Formula | undefined = typeof written === 'string' ? { expr: written } : isFormula(written) ? written : undefined;
  if (formula === undefined) return void call.setting.report(messages.wrongValue(key, 'an expression', written), call.at(key));
  const p = translateFormula(formula, formulas, call.at(key), call.setting);
  const generator = generatorOf(call);
  if (p === undefined || generator === undefined) return undefined;
  const self = selfOf(call);
  return generator === null ? { rule: { rule: 'probability', p, ...self } } : hostDrawn(call, 'probability', generator, { p, ...self });
}

const isFormula = (value: unknown): value is Formula =>
  typeof value === 'object' && value !== null && 'expr' in value && typeof value.expr === 'string';

function fixedNumber(call: Call, connector: 'fixedNumberPre' | 'fixedNumberPost', rule: string): Connections | undefined {
  const written = own(call.params, 'n');
  if (typeof written === 'object' && written !== null && 'random' in written)
    return void call.setting.report(messages.unsupported(`a random number n for ${call.connector.type}`), call.at('n'));
  const n = numberOf(call, 'n', (value) => Number.isSafeInteger(value) && value >= 0, 'a whole number of 0 or more');
  const replace = own(call.params, 'with_replacement') ?? false;
  const generator = generatorOf(call);
  if (typeof replace !== 'boolean')
    return void call.setting.report(messages.wrongValue('with_replacement', 'true or false', replace), call.at('with_replacement'));
  if (n === undefined || generator === undefined) return undefined;
  const self = selfOf(call);
  return generator === null ? { rule: { rule, n, replace, ...self } } : hostDrawn(call, connector, generator, { n, replace, ...self });
}

function fixedTotal(call: Call): Connections | undefined {
  const n = numberOf(call, 'n', (value) => Number.isSafeInteger(value) && value >= 0, 'a whole number of 0 or more');
  const generator = generatorOf(call);
  if (own(call.params, 'with_replacement') === false)
    return void call.setting.report(messages.unsupported('FixedTotalNumberConnector without replacement'), call.at('with_replacement'));
  if (own(call.params, 'allow_self_connections') === false && samePopulation(call.ends)) {
    return void call.setting.report(
      messages.unsupported('FixedTotalNumberConnector without self-connections'),
      call.at('allow_self_connections'),
    );
  }
  if (n === undefined || generator === undefined) return undefined;
  return generator === null ? { rule: { rule: 'fixedTotal', n, replace: true } } : hostDrawn(call, 'fixedTotal', generator, { n });
}

function fromList(call: Call): Connections | undefined {
  const { setting, ends, at } = call;
  const list = own(call.params, 'conn_list');
  if (!Array.isArray(list)) return void setting.report(messages.missingParameter('conn_list', 'FromListConnector'), call.pointer);
  const rows: readonly unknown[] = list;
  const width = Array.isArray(rows[0]) ? rows[0].length : 2;
  const names = columnNames(call, width);
  if (names === undefined) return undefined;
  const sources = new Array<number>(rows.length);
  const targets = new Array<number>(rows.length);
  const columns = names.map(() => new Array<number>(rows.length));
  const sizes = [sizeOf(ends.pre), sizeOf(ends.post)];
  for (let k = 0; k < rows.length; k++) {
    const row: unknown = rows[k];
    const place = (): string => child(at('conn_list'), k);
    if (!Array.isArray(row) || row.length !== width || !row.every((item) => typeof item === 'number'))
      return void setting.report(messages.wrongValue('a connection', `a list of ${width} numbers, as the first is`, row), place());
    const numbers = row as readonly number[];
    for (const side of [0, 1] as const) {
      const index = numbers[side] ?? -1;
      if (Number.isInteger(index) && index >= 0 && index < (sizes[side] ?? 0)) continue;
      return void setting.report(
        messages.outOfRange(side === 0 ? 'the index of the sender' : 'the index of the receiver', `0 to ${(sizes[side] ?? 0) - 1}`, index),
        child(place(), side),
      );
    }
    sources[k] = numbers[0] ?? 0;
    targets[k] = numbers[1] ?? 0;
    columns.forEach((column, c) => (column[k] = numbers[c + 2] ?? 0));
  }
  return {
    rule: { rule: 'list', sources, targets },
    pairs: () => ({ sources, targets }),
    columns: Object.fromEntries(names.map((name, c) => [name, columns[c] ?? []])),
    columnsAt: at('conn_list'),
  };
}

/** What the columns after the two indices are. */
function columnNames({ params, at, setting }: Call, width: number): readonly string[] | undefined {
  const given = own(params, 'column_names');
  const extra = width - 2;
  if (given === undefined || given === null) {
    if (extra === 0) return [];
    if (extra === 2) return ['weight', 'delay'];
    return void setting.report(
      messages.wrongValue('conn_list', 'rows of 2 or 4 numbers, or column_names', `rows of ${width}`),
      at('conn_list'),
    );
  }
  const names = Array.isArray(given) ? given.map(String) : [];
  // PyNN allows the two indices among the names.
  const own_ = names.filter((name) => name !== 'i' && name !== 'j');
  if (own_.length === extra) return own_;
  return void setting.report(messages.wrongLength('column_names', extra, own_.length), at('column_names'));
}

/** A matrix of truth values; PyNN goes through it by target. */
function fromArray(call: Call): Connections | undefined {
  const { setting, ends, at } = call;
  const array = own(call.params, 'array');
  const [n, m] = [sizeOf(ends.pre), sizeOf(ends.post)];
  if (!Array.isArray(array)) return void setting.report(messages.missingParameter('array', 'ArrayConnector'), call.pointer);
  if (array.length !== n) return void setting.report(messages.wrongLength('array', n, array.length), at('array'));
  const wrong = array.findIndex((row) => !Array.isArray(row) || row.length !== m);
  if (wrong >= 0)
    return void setting.report(
      messages.wrongLength('a row of the array', m, Array.isArray(array[wrong]) ? array[wrong].length : 0),
      child(at('array'), wrong),
    );
  const sources: number[] = [];
  const targets: number[] = [];
  for (let j = 0; j < m; j++) {
    for (let i = 0; i < n; i++) {
      if (!(array[i] as readonly unknown[])[j]) continue;
      sources.push(i);
      targets.push(j);
    }
  }
  return { rule: { rule: 'list', sources, targets }, pairs: () => ({ sources, targets }) };
}

/** The same pairs as another projection has. */
function clone({ params, at, ends, setting, pointer }: Call): Connections | undefined {
  const key = own(params, 'reference') === undefined ? 'reference_projection' : 'reference';
  const label = own(params, key);
  if (typeof label !== 'string') return void setting.report(messages.missingParameter('reference', 'CloneConnector'), pointer);
  const other = ends.others.get(label);
  if (other === undefined)
    return void setting.report(messages.unknownReference('earlier projection', label, [...ends.others.keys()]), at(key));
  if (other.pairs === undefined) return void setting.report(messages.unsupported('a copy of connections that are drawn'), at(key));
  return { rule: { rule: 'list', ...other.pairs() }, pairs: other.pairs };
}
