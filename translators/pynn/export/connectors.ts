/** Connection rules as PyNN's connectors. */

import { excludesSelf } from '../../../src/model/tagged.js';
import { numbersOf } from '../../../src/model/arrays.js';
import type { ConnectionRule, DrawnValues } from '../../../src/model/model.js';
import type { Connector, Value as PynnValue } from '../specification.generated.js';
import type { ExportContext } from './context.js';
import { given } from './given.js';
import { formulaText, inUnit, isMissing, pynnValue, readCanonical } from './values.js';

/** The connector of a projection; undefined after it was reported that PyNN has none. */
export function connectorOf(
  context: ExportContext,
  rules: readonly ConnectionRule[],
  pointer: string,
  names: ReadonlySet<string>,
): Connector | undefined {
  const [rule] = rules;
  if (rule === undefined || rules.length > 1)
    return context.report.missing(pointer, 'several connection rules in one projection');
  return ofRule(context, rule, pointer, names);
}

function ofRule(
  context: ExportContext,
  rule: ConnectionRule,
  pointer: string,
  names: ReadonlySet<string>,
): Connector | undefined {
  const { data, generators, report, label } = context;
  const self = excludesSelf(rule) ? { allow_self_connections: false } : {};
  switch (rule.rule) {
    case 'all':
      return { type: 'AllToAllConnector', ...given('params', self) };
    case 'oneToOne':
      return { type: 'OneToOneConnector' };
    case 'list': {
      const targets = numbersOf(rule.targets, data);
      const pairs = numbersOf(rule.sources, data).map((source, k) => [source, targets[k] ?? 0]);
      return { type: 'FromListConnector', params: { conn_list: pairs } };
    }
    case 'pairs': {
      // The half of the pairs that 'NoMutual' leaves.
      const mutual = rule.condition === 'i > j' ? { allow_self_connections: 'NoMutual' } : undefined;
      if ((rule.condition !== null && mutual === undefined) || rule.copies !== 1)
        return report.missing(pointer, 'a connection rule with a condition or multiple connections per pair');
      return probability(context, rule.p, mutual ?? self, pointer, names, { rng: generators.native() });
    }
    case 'fixedInDegree':
    case 'fixedOutDegree':
      return {
        type: rule.rule === 'fixedInDegree' ? 'FixedNumberPreConnector' : 'FixedNumberPostConnector',
        params: {
          n: countOf(context, rule.n, pointer, names),
          ...(rule.replace ? { with_replacement: true } : {}),
          ...self,
        },
        rng: generators.native(),
      };
    case 'fixedTotal':
      return {
        type: 'FixedTotalNumberConnector',
        params: { n: rule.n, ...(rule.replace ? {} : { with_replacement: false }), ...self },
        rng: generators.native(),
      };
    case 'smallWorld':
      return {
        type: 'SmallWorldConnector',
        params: {
          degree: inUnit(rule.degree, 'um'),
          rewiring: rule.rewiring,
          ...(rule.n === null ? {} : { n_connections: rule.n }),
          ...self,
        },
        rng: generators.native(),
      };
    case 'clone':
      return { type: 'CloneConnector', params: { reference: label(rule.of) } };
    case 'hostDrawn':
      return hostDrawn(context, rule.arguments, pointer, names);
    case 'csa':
    case 'generator':
      return report.missing(pointer, `the connection rule ${rule.rule}; --freeze lists its connections`);
    default:
      return rule satisfies never;
  }
}

/** Independent pairs: of one probability, or of one that depends on the indices, the distance or the displacement. */
function probability(
  { report }: ExportContext,
  p: unknown,
  rest: Readonly<Record<string, unknown>>,
  pointer: string,
  names: ReadonlySet<string>,
  generator: Pick<Connector, 'rng'>,
): Connector | undefined {
  if (typeof p === 'number')
    return { type: 'FixedProbabilityConnector', params: { p_connect: p, ...rest }, ...generator };
  const formula = formulaText(readCanonical(String(p), names), 'ij');
  if (isMissing(formula)) return report.missing(pointer, `${formula.missing} as the probability of a connection`);
  switch (formula.of) {
    case 'd':
      return {
        type: 'DistanceDependentProbabilityConnector',
        params: { d_expression: formula.expr, ...rest },
        ...generator,
      };
    case 'displacement':
      return {
        type: 'DisplacementDependentProbabilityConnector',
        params: { disp_function: formula.expr, ...rest },
        ...generator,
      };
    default:
      return {
        type: 'IndexBasedProbabilityConnector',
        params: { index_expression: { expr: formula.expr, of: 'ij' }, ...rest },
        ...generator,
      };
  }
}

/** A number of connections, one for all cells or drawn for each. */
function countOf(
  { data, generators, report }: ExportContext,
  n: unknown,
  pointer: string,
  names: ReadonlySet<string>,
): unknown {
  if (typeof n === 'number') return n;
  // A draw of a whole number by our own counters is written int(...).
  const text = typeof n === 'string' ? n.replace(/^int\((.*)\)$/, '$1') : undefined;
  const translated = pynnValue(text ?? (n as DrawnValues), '1', data, generators, names);
  return isMissing(translated)
    ? report.missing(pointer, `${translated.missing} as the number of connections`)
    : translated;
}

/** Connections that a NumpyRNG draws in PyNN's order. */
function hostDrawn(
  context: ExportContext,
  values: Readonly<Record<string, unknown>>,
  pointer: string,
  names: ReadonlySet<string>,
): Connector | undefined {
  const { connector, p, n, replace, self, mutual, degree, rewiring, generator } = values as {
    readonly connector: string;
    readonly p?: unknown;
    readonly n?: unknown;
    readonly replace?: boolean;
    readonly self?: boolean;
    readonly mutual?: boolean;
    readonly degree?: number;
    readonly rewiring?: number;
    readonly generator: { readonly seed: string; readonly stream?: string; readonly skip?: number };
  };
  // A connector without a generator has PyNN's usual one.
  const usual = generator.stream?.startsWith('connector of ') ?? false;
  const rng =
    generator.seed === 'model'
      ? { rng: context.generators.native() }
      : usual
        ? {}
        : { rng: context.generators.numpy(generator) };
  const rest = {
    ...(self === false ? { allow_self_connections: false } : {}),
    ...(mutual === false ? { allow_self_connections: 'NoMutual' } : {}),
  };
  switch (connector) {
    case 'fixedProbability':
    case 'probability':
      return probability(context, p, rest, pointer, names, rng);
    case 'fixedNumberPre':
    case 'fixedNumberPost':
    case 'fixedTotal': {
      const type = {
        fixedNumberPre: 'FixedNumberPreConnector',
        fixedNumberPost: 'FixedNumberPostConnector',
        fixedTotal: 'FixedTotalNumberConnector',
      }[connector];
      const usually = connector === 'fixedTotal';
      const count = countOf(context, n, pointer, names);
      return {
        type,
        params: {
          n: count,
          ...(replace === undefined || replace === usually ? {} : { with_replacement: replace }),
          ...rest,
        },
        ...rng,
      };
    }
    case 'smallWorld': {
      const count = n === undefined || n === null ? {} : { n_connections: n };
      return {
        type: 'SmallWorldConnector',
        params: { degree: inUnit(degree ?? 0, 'um'), rewiring, ...count, ...rest },
        ...rng,
      };
    }
    default:
      return context.report.missing(pointer, `the connector ${connector}; --freeze lists its connections`);
  }
}

/** Listed connections with columns of values. */
export function withColumns(connector: Connector, columns: readonly (readonly [string, PynnValue])[]): Connector {
  if (columns.length === 0) return connector;
  const list = (connector.params?.['conn_list'] ?? []) as readonly (readonly number[])[];
  const names = columns.map(([name]) => name);
  const usual = names.length === 2 && names[0] === 'weight' && names[1] === 'delay';
  return {
    ...connector,
    params: {
      conn_list: list.map((pair, k) => [
        ...pair,
        ...columns.map(([, values]) => (values as readonly number[])[k] ?? 0),
      ]),
      ...(usual ? {} : { column_names: names }),
    },
  };
}
