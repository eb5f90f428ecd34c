import { metre } from '../../lang/dimension.js';
import type {
  ArrayDocument,
  ConnectionDocument,
  ConnectionObjectDocument,
  ExpressionDocument as Written,
} from '../document.generated.js';
import { messages } from '../messages.js';
import type { ArrayValue, ConnectionRule } from '../model.js';
import { child } from '../pointer.js';
import type { Context } from './context.js';
import { allNames, checkedExpression, normaliseExpression, textOf, type Slot } from './expressions.js';
import { checkGeneratorSeed, largestCount, literalValue, nonNegativeQuantity, normaliseCount } from './literals.js';
import { checkVariableName, namesFrom, pureUnit, siUnit, special, type Names } from './names.js';
import type { Selection } from './selections.js';
import { indicesOf } from './selections.js';
import { dimensionless } from '../../lang/ast.js';

/** The ends that a connection rule connects. */
interface Between {
  readonly from: Selection;
  readonly to: Selection;
  /** Names that expressions of pairs may read: i, j, values of both ends. */
  readonly scopes: readonly Names[];
  /** Whether another projection has the same ends; undefined if no projection has the name. */
  readonly sameEnds?: (projection: string) => boolean | undefined;
  readonly projections?: Pick<ReadonlyMap<string, unknown>, 'keys'>;
}

/** Normalises the rules of a projection; reports mistakes and leaves wrong rules out. */
export function normaliseConnections(
  context: Context,
  written: ConnectionDocument | readonly ConnectionDocument[],
  between: Between,
  pointer: string,
): ConnectionRule[] {
  const list: readonly (readonly [ConnectionDocument, string])[] = Array.isArray(written)
    ? (written as readonly ConnectionDocument[]).map((item, index) => [item, child(pointer, index)] as const)
    : [[written as ConnectionDocument, pointer]];
  return list
    .map(([item, at]) => normaliseRule(context, typeof item === 'string' ? { rule: item } : item, between, at))
    .filter((rule) => rule !== undefined);
}

const condition: Slot = { what: 'the condition of the connection', unit: pureUnit, type: 'boolean' };
const probability: Slot = { what: 'the probability', unit: pureUnit, type: 'real' };

function normaliseRule(
  context: Context,
  rule: ConnectionObjectDocument,
  between: Between,
  pointer: string,
): ConnectionRule | undefined {
  const { scopes } = between;
  switch (rule.rule) {
    case 'all':
      return { rule: 'all', self: rule.self ?? true };
    case 'oneToOne':
      return oneToOne(context, between, pointer);
    case 'probability':
    case 'pairs': {
      const p = rule.p === undefined ? 1 : numberOrText(context, rule.p, scopes, probability, `${pointer}/p`, 0, 1);
      const copies = copiesOf(context, rule.copies, scopes, `${pointer}/copies`);
      return {
        rule: 'pairs',
        condition: conditionOf(context, rule.condition, scopes, `${pointer}/condition`),
        p: p ?? 1,
        copies,
        self: rule.self ?? true,
      };
    }
    case 'generator':
      return generator(context, rule, scopes, pointer);
    case 'list':
      return listRule(context, rule, between, pointer);
    case 'fixedInDegree':
    case 'fixedOutDegree': {
      const n = numberOrText(
        context,
        rule.n,
        scopes,
        { what: 'the number of connections', unit: pureUnit, type: 'integer' },
        `${pointer}/n`,
        0,
        Infinity,
      );
      const available = otherEnd(rule.rule === 'fixedInDegree' ? between.from : between.to, rule.self ?? true, between);
      if (typeof n === 'number' && rule.replace !== true && n > available)
        context.report(messages.outOfRange('the number of connections', 0, available, n), `${pointer}/n`);
      return { rule: rule.rule, n: n ?? 0, replace: rule.replace ?? false, self: rule.self ?? true };
    }
    case 'fixedTotal': {
      const n = normaliseCount(context, rule.n, 'the number of connections', `${pointer}/n`);
      const available = pairsBetween(rule.self ?? true, between);
      if (n !== undefined && (rule.replace === false || available === 0) && n > available)
        context.report(messages.outOfRange('the number of connections', 0, available, n), `${pointer}/n`);
      return { rule: 'fixedTotal', n: n ?? 0, replace: rule.replace ?? true, self: rule.self ?? true };
    }
    case 'smallWorld':
      return smallWorld(context, rule, pointer);
    case 'clone':
      return clone(context, rule, between, pointer);
    case 'csa':
      return connectionSet(context, rule.arguments ?? {}, between, pointer);
    case 'table':
      context.report(messages.tableNotRead(rule.from), pointer);
      return undefined;
    case 'hostDrawn':
      return hostDrawn(context, rule.arguments, scopes, pointer);
    default:
      return rule satisfies never;
  }
}

/**
 * Returns the number of elements that one element can be connected to; an upper bound if a selection hides how many are
 * the same.
 */
function otherEnd(end: Selection, self: boolean, between: Between): number {
  const count = end.count ?? Infinity;
  return !self && sameSelection(between) ? Math.max(0, count - 1) : count;
}

/** Returns the number of pairs between two ends. */
function pairsBetween(self: boolean, between: Between): number {
  const { from, to } = between;
  if (from.count === undefined || to.count === undefined) return Infinity;
  return from.count * to.count - (!self && sameSelection(between) ? from.count : 0);
}

const sameSelection = ({ from, to }: Between): boolean => JSON.stringify(from.rule) === JSON.stringify(to.rule);

function smallWorld(
  context: Context,
  rule: Extract<ConnectionObjectDocument, { rule: 'smallWorld' }>,
  pointer: string,
): ConnectionRule {
  const degree = nonNegativeQuantity(context, rule.degree, siUnit(metre), 'the degree', `${pointer}/degree`) ?? 0;
  const rewiring =
    nonNegativeQuantity(context, rule.rewiring, pureUnit, 'the probability of rewiring', `${pointer}/rewiring`) ?? 0;
  if (rewiring > 1)
    context.report(messages.outOfRange('the probability of rewiring', 0, 1, rewiring), `${pointer}/rewiring`);
  const n = rule.n === undefined ? null : normaliseCount(context, rule.n, 'the number of connections', `${pointer}/n`);
  return { rule: 'smallWorld', degree, rewiring, n: n ?? null, self: rule.self ?? true };
}

/** Required arguments of each connector of a named generator. */
const neededBy: Readonly<Record<string, readonly string[]>> = {
  fixedProbability: ['p'],
  probability: ['p'],
  fixedNumberPre: ['n'],
  fixedNumberPost: ['n'],
  fixedTotal: ['n'],
  smallWorld: ['degree', 'rewiring'],
};

function hostDrawn(
  context: Context,
  given: Readonly<Record<string, unknown>>,
  scopes: readonly Names[],
  pointer: string,
): ConnectionRule {
  const at = `${pointer}/arguments`;
  const connector = String(given['connector']);
  for (const key of neededBy[connector] ?? [])
    if (given[key] === undefined) context.report(messages.neededKey(key, connector), at);
  // The threshold that a generator compares its numbers with is kept as written.
  if (given['p'] !== undefined) numberOrText(context, given['p'] as Written, scopes, probability, `${at}/p`, 0, 1);
  const { seed } = (given['generator'] ?? {}) as { readonly seed?: number | string };
  if (seed !== undefined) checkGeneratorSeed(context, seed, `${at}/generator/seed`);
  return { rule: 'hostDrawn', arguments: given };
}

function clone(
  context: Context,
  { of }: Extract<ConnectionObjectDocument, { rule: 'clone' }>,
  { sameEnds, projections }: Between,
  pointer: string,
): ConnectionRule | undefined {
  const same = sameEnds?.(of);
  if (same === undefined)
    context.report(messages.unknownReference('projection', of, [...(projections?.keys() ?? [])]), `${pointer}/of`);
  else if (!same) context.report(messages.otherEnds(of), `${pointer}/of`);
  return same === true ? { rule: 'clone', of } : undefined;
}

/** Returns a connection set as its list of edges. */
function connectionSet(
  context: Context,
  { edges }: Readonly<Record<string, unknown>>,
  between: Between,
  pointer: string,
): ConnectionRule | undefined {
  const isPair = (edge: unknown): edge is readonly number[] =>
    Array.isArray(edge) && edge.every((index) => typeof index === 'number');
  if (Array.isArray(edges) && edges.every(isPair))
    return listRule(context, { rule: 'list', pairs: edges }, between, `${pointer}/arguments`);
  context.report(messages.bothKeys(['arguments', 'edges']), pointer);
  return undefined;
}

/**
 * Ends of different size are as in the notations that allow them: the surplus stays unconnected. An empty overlap is a
 * mistake.
 */
function oneToOne(context: Context, { from, to }: Between, pointer: string): ConnectionRule {
  if (from.count !== undefined && to.count !== undefined && from.count !== to.count) {
    context.report(messages.unequalSizes(from.count, to.count), pointer);
  }
  return { rule: 'oneToOne' };
}

function conditionOf(
  context: Context,
  written: Written | null | undefined,
  scopes: readonly Names[],
  pointer: string,
): string | null {
  if (written === undefined || written === null) return null;
  const text = normaliseExpression(context, written, scopes, condition, pointer);
  return text === undefined || text === 'True' ? null : text;
}

function copiesOf(
  context: Context,
  written: Written | undefined,
  scopes: readonly Names[],
  pointer: string,
): number | string {
  if (written === undefined) return 1;
  return (
    numberOrText(
      context,
      written,
      scopes,
      { what: 'the number of synapses of a pair', unit: pureUnit, type: 'integer' },
      pointer,
      0,
      Infinity,
    ) ?? 1
  );
}

/** Returns a literal within its range as a number, anything else as text. */
function numberOrText(
  context: Context,
  written: Written,
  scopes: readonly Names[],
  slot: Slot,
  pointer: string,
  least: number,
  most: number,
): number | string | undefined {
  const e = checkedExpression(context, written, scopes, slot, pointer);
  if (!e) return undefined;
  const value = literalValue(e);
  if (value === undefined) return textOf(e, allNames(scopes));
  if (most === Infinity && value > largestCount) {
    context.report(messages.tooLarge(slot.what, value, largestCount), pointer);
    return undefined;
  }
  if (value >= least && value <= most) return value;
  context.report(
    most === Infinity ? messages.negative(slot.what, value) : messages.outOfRange(slot.what, least, most, value),
    pointer,
  );
  return undefined;
}

function generator(
  context: Context,
  rule: Extract<ConnectionObjectDocument, { rule: 'generator' }>,
  scopes: readonly Names[],
  pointer: string,
): ConnectionRule {
  const variable = rule.variable ?? 'k';
  checkVariableName(context, variable, `${pointer}/variable`);
  const counter = new Map([[variable, special(dimensionless, 'integer')]]);
  const inner = scopes.map((names) => namesFrom(counter, names));
  const integer = (written: Written, what: string, key: string, names: readonly Names[]): string =>
    normaliseExpression(context, written, names, { what, unit: pureUnit, type: 'integer' }, `${pointer}/${key}`) ?? '0';
  const { from = 0, to, step = 1, sample } = rule.range;
  const chance =
    sample?.p === undefined
      ? undefined
      : normaliseExpression(context, sample.p, scopes, probability, `${pointer}/range/sample/p`);
  const size =
    sample?.size === undefined
      ? undefined
      : integer(sample.size, 'the size of the sample', 'range/sample/size', scopes);
  if (sample && (sample.p === undefined) === (sample.size === undefined))
    context.report(messages.oneOfKeys(['p', 'size'], sample.p === undefined ? 0 : 2), `${pointer}/range/sample`);
  const copies = copiesOf(context, rule.copies, inner, `${pointer}/copies`);
  return {
    rule: 'generator',
    outer: rule.outer ?? 'pre',
    variable,
    index: integer(rule.index, 'the index', 'index', inner),
    condition: conditionOf(context, rule.condition, inner, `${pointer}/condition`),
    copies,
    skipInvalid: rule.skipInvalid ?? false,
    range: {
      from: integer(from, 'the start of the range', 'range/from', scopes),
      to: integer(to, 'the end of the range', 'range/to', scopes),
      step: integer(step, 'the step of the range', 'range/step', scopes),
      ...(sample
        ? { sample: { ...(chance === undefined ? {} : { p: chance }), ...(size === undefined ? {} : { size }) } }
        : {}),
    },
  };
}

function listRule(
  context: Context,
  rule: Extract<ConnectionObjectDocument, { rule: 'list' }>,
  { from, to }: Between,
  pointer: string,
): ConnectionRule | undefined {
  if (rule.pairs) {
    if (rule.sources !== undefined || rule.targets !== undefined)
      context.report(messages.oneOfKeys(['pairs', 'sources and targets'], 2), pointer);
    const wrong = rule.pairs.findIndex((pair) => pair.length !== 2);
    if (wrong >= 0) {
      context.report(
        messages.wrongLength('a pair [source, target]', 2, rule.pairs[wrong]?.length ?? 0),
        `${pointer}/pairs/${wrong}`,
      );
      return undefined;
    }
    const bad = rule.pairs.findIndex(([source = 0, target = 0]) => !inside(source, from) || !inside(target, to));
    if (bad >= 0) {
      const [source = 0, target = 0] = rule.pairs[bad] ?? [];
      const [end, value] = inside(source, from) ? ([to, target] as const) : ([from, source] as const);
      context.report(messages.indexOutOfRange(nameOf(end), end.count, value), `${pointer}/pairs/${bad}`);
      return undefined;
    }
    return {
      rule: 'list',
      sources: rule.pairs.map(([source = 0]) => source),
      targets: rule.pairs.map(([, target = 0]) => target),
    };
  }
  if (rule.sources === undefined || rule.targets === undefined) {
    context.report(messages.bothKeys(['sources', 'targets']), pointer);
    return undefined;
  }
  const side = (
    written: ArrayDocument,
    end: Selection,
    key: string,
  ): { values: ArrayValue; length: number } | undefined => {
    const array = indicesOf(context, written, end.count, nameOf(end), `${pointer}/${key}`);
    return array && { values: array.values, length: array.shape[0] ?? 0 };
  };
  const sources = side(rule.sources, from, 'sources');
  const targets = side(rule.targets, to, 'targets');
  if (!sources || !targets) return undefined;
  if (sources.length !== targets.length) {
    context.report(messages.wrongLength('the targets', sources.length, targets.length), `${pointer}/targets`);
    return undefined;
  }
  return { rule: 'list', sources: sources.values, targets: targets.values };
}

function inside(index: number, end: Selection): boolean {
  return Number.isInteger(index) && index >= 0 && (end.count === undefined || index < end.count);
}

function nameOf(end: Selection): string {
  return end.members.map(({ id }) => id).join(' + ');
}
