/** Connection rules as PyNN's connectors. */

import type { Expression } from '../../../src/lang/ast.js';
import { binary, name as nameOf } from '../../../src/lang/build.js';
import { equalExpressions } from '../../../src/lang/walk.js';
import { excludesSelf, isDrawn } from '../../../src/model/tagged.js';
import { numbersOf } from '../../../src/model/arrays.js';
import { mapped } from '../../../src/model/collections.js';
import { formula, type ConnectionRule, type DrawnValues, type Value } from '../../../src/model/typed.js';
import { unusual } from '../../shared/vocabulary.js';
import { connectors } from '../connectors.js';
import type { Connector, Value as PynnValue } from '../specification.generated.js';
import type { ExportContext } from './context.js';
import { given } from './given.js';
import { inUnit } from '../../shared/in-unit.js';
import { formulaText, isMissing, pynnValue, type FormulaOf, type Pair } from './values.js';

type Values = Readonly<Record<string, PynnValue>>;
type Columns = readonly (readonly [name: string, values: PynnValue])[];

/** Returns the connector of a projection; undefined after a report that PyNN has no such connector. */
export function connectorOf(
  context: ExportContext,
  rules: readonly ConnectionRule[],
  pointer: string,
): Connector | undefined {
  const [rule] = rules;
  if (rule === undefined || rules.length > 1)
    return context.report.missing(pointer, 'several connection rules in one projection');
  return ofRule(context, rule, pointer);
}

/** Returns the pairs of listed connections, which have values of their own; for others, that formulas are of pairs. */
export const pairsOf = ({ type, params }: Connector): FormulaOf =>
  type === 'FromListConnector' ? ((params?.['conn_list'] ?? []) as readonly Pair[]) : 'ij';

/** The condition of the half of the pairs that 'NoMutual' leaves. */
const later = binary('>', nameOf('i'), nameOf('j'));

/**
 * Returns a connector with the parameters that differ from PyNN's usual ones. @param rng who draws; absent: PyNN's
 * usual generator
 */
function made(type: string, params: Readonly<Record<string, unknown>>, rng?: string): Connector {
  const written = unusual(connectors[type]?.parameters ?? {}, params);
  return { type, ...given('params', written), ...(rng === undefined ? {} : { rng }) };
}

function ofRule(context: ExportContext, rule: ConnectionRule, pointer: string): Connector | undefined {
  const { data, generators, report, label } = context;
  const allow_self_connections = !excludesSelf(rule);
  switch (rule.rule) {
    case 'all':
      return made('AllToAllConnector', { allow_self_connections });
    case 'oneToOne':
      return { type: 'OneToOneConnector' };
    case 'list': {
      const targets = numbersOf(rule.targets, data);
      const pairs = numbersOf(rule.sources, data).map((source, k) => [source, targets[k] ?? 0]);
      return { type: 'FromListConnector', params: { conn_list: pairs } };
    }
    case 'pairs': {
      const isMutual = rule.condition !== null && equalExpressions(rule.condition, later);
      if ((rule.condition !== null && !isMutual) || rule.copies !== 1)
        return report.missing(pointer, 'a connection rule with a condition or multiple connections per pair');
      const rest = { allow_self_connections: isMutual ? 'NoMutual' : allow_self_connections };
      return probability(context, rule.p, rest, pointer, generators.native());
    }
    case 'fixedInDegree':
    case 'fixedOutDegree':
    case 'fixedTotal':
    case 'smallWorld':
      return drawn(context, rule.rule, { ...rule, allow_self_connections }, pointer, generators.native());
    case 'clone':
      return { type: 'CloneConnector', params: { reference: label(rule.of) } };
    case 'hostDrawn':
      return hostDrawn(context, rule.arguments, pointer);
    case 'csa':
    case 'generator':
      return report.missing(pointer, `the connection rule ${rule.rule}; --freeze lists its connections`);
    default:
      return rule satisfies never;
  }
}

/**
 * Returns independent pairs: with one probability, or with one that depends on the indices, the distance or the
 * displacement.
 */
function probability(
  { report }: ExportContext,
  p: number | Expression,
  rest: Readonly<Record<string, unknown>>,
  pointer: string,
  rng: string | undefined,
): Connector | undefined {
  if (typeof p === 'number') return made('FixedProbabilityConnector', { p_connect: p, ...rest }, rng);
  const formula = formulaText(p);
  if (isMissing(formula)) return report.missing(pointer, `${formula.missing} as the probability of a connection`);
  const { expr, of } = formula;
  if (of === 'd') return made('DistanceDependentProbabilityConnector', { d_expression: expr, ...rest }, rng);
  if (of === 'displacement')
    return made('DisplacementDependentProbabilityConnector', { disp_function: expr, ...rest }, rng);
  return made('IndexBasedProbabilityConnector', { index_expression: { expr, of: 'ij' }, ...rest }, rng);
}

/** Returns a connector that draws a number of connections, or among near cells. */
function drawn(
  context: ExportContext,
  rule: string,
  given: Readonly<Record<string, unknown>>,
  pointer: string,
  rng: string | undefined,
): Connector | undefined {
  const [type, known] = Object.entries(connectors).find(([, { rules }]) => rules?.includes(rule)) ?? [];
  if (type === undefined || known === undefined)
    return context.report.missing(pointer, `the connector ${rule}; --freeze lists its connections`);
  const params = mapped(known.parameters, ({ unit, ours }, key) => {
    const value = given[ours ?? key];
    return key === 'n'
      ? countOf(context, value as number | Expression | DrawnValues, pointer)
      : unit === undefined
        ? value
        : inUnit(Number(value), unit);
  });
  return made(type, params, rng);
}

const isDraw = (count: Expression | DrawnValues): count is DrawnValues => isDrawn(count);

/** Returns the draw of a whole number, which by our own counters is int(...). */
function drawnCount(count: Expression | DrawnValues): Value {
  if (isDraw(count)) return { ...count, kind: 'draw' };
  const whole = count.kind === 'call' && count.function === 'int' ? count.arguments[0] : undefined;
  return formula(whole ?? count);
}

/** Returns a number of connections, one for all cells or drawn for each. */
function countOf(
  { data, generators, report }: ExportContext,
  n: number | Expression | DrawnValues,
  pointer: string,
): unknown {
  if (typeof n === 'number') return n;
  const translated = pynnValue(drawnCount(n), '1', data, generators);
  return isMissing(translated)
    ? report.missing(pointer, `${translated.missing} as the number of connections`)
    : translated;
}

/** Returns connections that a NumpyRNG draws in PyNN's order. */
function hostDrawn(
  context: ExportContext,
  {
    connector,
    p = 0,
    self = true,
    mutual,
    generator,
    ...rest
  }: Extract<ConnectionRule, { readonly arguments: unknown }>['arguments'],
  pointer: string,
): Connector | undefined {
  const { generators } = context;
  const named = generator as { readonly seed: string; readonly stream?: string; readonly skip?: number };
  // A connector without a generator has PyNN's usual one.
  const isUsual = named.stream?.startsWith('connector of ') ?? false;
  const rng = named.seed === 'model' ? generators.native() : isUsual ? undefined : generators.numpy(named);
  const allow_self_connections = mutual === false ? 'NoMutual' : self;
  if (connector === 'fixedProbability' || connector === 'probability')
    return probability(context, p, { allow_self_connections }, pointer, rng);
  return drawn(context, String(connector), { ...rest, allow_self_connections }, pointer, rng);
}

/** Returns columns of listed connections, and the other values. */
export function columnsOf({ type }: Connector, values: Values): readonly [columns: Columns, rest: Values] {
  if (type !== 'FromListConnector') return [[], values];
  const columns = Object.entries(values).filter(([, value]) => Array.isArray(value));
  const listed = new Set(columns.map(([key]) => key));
  return [columns, Object.fromEntries(Object.entries(values).filter(([key]) => !listed.has(key)))];
}

/** Returns listed connections with columns of values. */
export function withColumns(connector: Connector, columns: Columns): Connector {
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
