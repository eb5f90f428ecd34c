import type { ArrayDocument, ConnectionDocument, ConnectionObjectDocument } from '../document.generated.js';
import { dimensionless } from '../../lang/ast.js';
import { messages } from '../messages.js';
import type { ConnectionRule } from '../model.js';
import { child } from '../pointer.js';
import { connectionRules, drawnProbability } from '../shape/connections.js';
import type { Context } from './context.js';
import { checkGeneratorSeed } from './literals.js';
import { readObject, within, type Place } from './members.js';
import { checkVariableName, namesFrom, special, type Names } from './names.js';
import { indicesOf, type Selection } from './selections.js';

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
  const list = Array.isArray(written) ? (written as readonly ConnectionDocument[]) : [written as ConnectionDocument];
  return list.flatMap((item, index) => {
    const at = { context, scopes: between.scopes, pointer: Array.isArray(written) ? child(pointer, index) : pointer };
    return normaliseRule(typeof item === 'string' ? { rule: item } : item, between, at) ?? [];
  });
}

function normaliseRule(rule: ConnectionObjectDocument, between: Between, at: Place): ConnectionRule | undefined {
  const { context, pointer } = at;
  const { from, to } = between;
  const members = <R extends keyof typeof connectionRules>(name: R) =>
    readObject<(typeof connectionRules)[R]['reading']['slots']>(connectionRules[name].reading.slots, rule, at);
  const checkAvailable = (n: unknown, available: number): void => {
    if (typeof n === 'number' && n > available)
      context.report(messages.outOfRange('the number of connections', 0, available, n), `${pointer}/n`);
  };
  switch (rule.rule) {
    case 'all':
      return { rule: 'all', ...members('all') };
    case 'probability':
      return { rule: 'pairs', ...members('probability') };
    case 'pairs':
      return { rule: 'pairs', ...members('pairs') };
    case 'smallWorld':
      return { rule: 'smallWorld', ...members('smallWorld') };
    case 'oneToOne':
      // The surplus of the larger end stays unconnected, as in the notations that allow it.
      if (from.count !== undefined && to.count !== undefined && from.count !== to.count)
        context.report(messages.unequalSizes(from.count, to.count), pointer);
      return { rule: 'oneToOne' };
    case 'fixedInDegree':
    case 'fixedOutDegree': {
      const read = members(rule.rule);
      // An upper bound: a selection hides how many elements are the same.
      const others = (rule.rule === 'fixedInDegree' ? from : to).count ?? Infinity;
      if (!read.replace) checkAvailable(read.n, excludesSelf(read, between) ? Math.max(0, others - 1) : others);
      return { rule: rule.rule, ...read };
    }
    case 'fixedTotal': {
      const read = members('fixedTotal');
      const own = excludesSelf(read, between) ? (from.count ?? 0) : 0;
      const all = from.count === undefined || to.count === undefined ? Infinity : from.count * to.count - own;
      if (!read.replace || all === 0) checkAvailable(read.n, all);
      return { rule: 'fixedTotal', ...read };
    }
    case 'generator':
      return generator(rule, at);
    case 'list':
      return listRule(context, rule, between, pointer);
    case 'clone': {
      const same = between.sameEnds?.(rule.of);
      const known = [...(between.projections?.keys() ?? [])];
      if (same === undefined) context.report(messages.unknownReference('projection', rule.of, known), `${pointer}/of`);
      else if (!same) context.report(messages.otherEnds(rule.of), `${pointer}/of`);
      return same === true ? { rule: 'clone', of: rule.of } : undefined;
    }
    case 'csa':
      return connectionSet(context, rule.arguments ?? {}, between, pointer);
    case 'table':
      context.report(messages.tableNotRead(rule.from), pointer);
      return undefined;
    case 'hostDrawn':
      return hostDrawn(rule.arguments, within(at, 'arguments'));
    default:
      return rule satisfies never;
  }
}

/** Checks whether a rule leaves out the pairs of elements with themselves. */
const excludesSelf = ({ self }: { readonly self: boolean }, { from, to }: Between): boolean =>
  !self && JSON.stringify(from.rule) === JSON.stringify(to.rule);

/** Normalises a rule with a counter, which all members but its own range may read. */
function generator(rule: Extract<ConnectionObjectDocument, { rule: 'generator' }>, at: Place): ConnectionRule {
  const { range, ...slots } = connectionRules.generator.reading.slots;
  const { context, scopes, pointer } = at;
  const variable = rule.variable ?? 'k';
  checkVariableName(context, variable, `${pointer}/variable`);
  const counter = new Map([[variable, special(dimensionless, 'integer')]]);
  const inner = { ...at, scopes: scopes.map((names) => namesFrom(counter, names)) };
  const { sample } = rule.range;
  const given = (['p', 'size'] as const).filter((key) => sample?.[key] !== undefined).length;
  if (sample && given !== 1) context.report(messages.oneOfKeys(['p', 'size'], given), `${pointer}/range/sample`);
  return {
    rule: 'generator',
    ...readObject(slots, rule, inner),
    ...readObject({ range }, rule, at),
  };
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

function hostDrawn(given: Readonly<Record<string, unknown>>, at: Place): ConnectionRule {
  const { context, pointer } = at;
  const connector = String(given['connector']);
  for (const key of neededBy[connector] ?? [])
    if (given[key] === undefined) context.report(messages.neededKey(key, connector), pointer);
  // The threshold that a generator compares its numbers with is kept as written.
  readObject({ p: drawnProbability }, given, at);
  const { seed } = (given['generator'] ?? {}) as { readonly seed?: number | string };
  if (seed !== undefined) checkGeneratorSeed(context, seed, `${pointer}/generator/seed`);
  return { rule: 'hostDrawn', arguments: given };
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

function listRule(
  context: Context,
  { pairs, sources, targets }: Extract<ConnectionObjectDocument, { rule: 'list' }>,
  { from, to }: Between,
  pointer: string,
): ConnectionRule | undefined {
  const reject = (finding: Parameters<Context['report']>[0], key = ''): undefined =>
    void context.report(finding, pointer + key);
  if (pairs) {
    if (sources !== undefined || targets !== undefined) reject(messages.oneOfKeys(['pairs', 'sources and targets'], 2));
    const wrong = pairs.findIndex((pair) => pair.length !== 2);
    if (wrong >= 0)
      return reject(messages.wrongLength('a pair [source, target]', 2, pairs[wrong]?.length ?? 0), `/pairs/${wrong}`);
    for (const [k, [source = 0, target = 0]] of pairs.entries()) {
      if (!inside(source, from))
        return reject(messages.indexOutOfRange(nameOf(from), from.count, source), `/pairs/${k}`);
      if (!inside(target, to)) return reject(messages.indexOutOfRange(nameOf(to), to.count, target), `/pairs/${k}`);
    }
    return {
      rule: 'list',
      sources: pairs.map(([source = 0]) => source),
      targets: pairs.map(([, target = 0]) => target),
    };
  }
  if (sources === undefined || targets === undefined) return reject(messages.bothKeys(['sources', 'targets']));
  const side = (written: ArrayDocument, end: Selection, key: string): ReturnType<typeof indicesOf> =>
    indicesOf(context, written, end.count, nameOf(end), `${pointer}/${key}`);
  const first = side(sources, from, 'sources');
  const second = side(targets, to, 'targets');
  if (!first || !second) return undefined;
  const [length = 0] = first.shape;
  const [other = 0] = second.shape;
  if (length !== other) return reject(messages.wrongLength('the targets', length, other), '/targets');
  return { rule: 'list', sources: first.values, targets: second.values };
}

const inside = (index: number, { count }: Selection): boolean =>
  Number.isInteger(index) && index >= 0 && (count === undefined || index < count);

const nameOf = (end: Selection): string => end.members.map(({ id }) => id).join(' + ');
