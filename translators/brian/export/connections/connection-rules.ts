/** Connection rules in Brian's notation. */

import { numbersOf } from '../../../../src/model/arrays.js';
import type { Expression } from '../../../../src/lang/ast.js';
import { binary, call, integer, name as nameOf } from '../../../../src/lang/build.js';
import { namesIn } from '../../../../src/lang/walk.js';
import {
  endsIn,
  readsVariable,
  type ConnectionRule,
  type Model,
  type Projection,
  type SelectionRule,
  type ValidModel,
} from '../../../../src/model/typed.js';
import { child } from '../../../../src/model/pointer.js';
import {
  elementsIn,
  populationOf,
  populationsOf,
  rowOf,
  selectionSize,
  wholePopulation,
} from '../../../../src/model/selected.js';
import { excludesSelf, isDrawn, isSelection } from '../../../../src/model/tagged.js';
import type { IdiomContext } from '../idiom-context.js';

/** The most synapses that are listed if a similar rule of Brian exists. */
export const mostListed = 50_000;

/** Returns a rule of Brian, or undefined if Brian has no such rule. */
export function ruleInBrian(
  rule: ConnectionRule,
  projection: Projection,
  pointer: string,
  context: IdiomContext,
): ConnectionRule | undefined {
  const own = rule.rule === 'hostDrawn' ? drawnByBrian(rule, projection, context) : rule;
  const others = own && withoutSelf(own, projection, context);
  const made = others && sayable(others);
  if (made && rule.rule === 'hostDrawn') remarkDraws(rule, child(pointer, 'connect'), context);
  return made;
}

/**
 * Returns a rule that excludes the cell itself, in the numbers of Brian's groups, which begin at 0 in each subgroup.
 * Returns undefined if the numbers do not identify equal cells.
 */
export function withoutSelf(
  rule: ConnectionRule,
  ends: Pick<Projection, 'from' | 'to'>,
  { model, data }: Pick<IdiomContext, 'model' | 'data'>,
): ConnectionRule | undefined {
  if (!excludesSelf(rule)) return rule;
  const shift = shiftOf(ends, model, data);
  if (shift === 'same') return rule;
  if (shift === 'apart') return { ...rule, self: true };
  if (shift === undefined || (rule.rule !== 'all' && rule.rule !== 'pairs')) return undefined;
  if (shift === 0) return rule;
  const [i, j] = [nameOf('i'), nameOf('j')];
  const others =
    shift > 0 ? binary('!=', binary('+', i, integer(shift)), j) : binary('!=', i, binary('+', j, integer(-shift)));
  const { condition, p, copies } = rule.rule === 'pairs' ? rule : { condition: null, p: 1, copies: 1 };
  return {
    rule: 'pairs',
    condition: condition === null ? others : binary('and', condition, others),
    p,
    copies,
    self: true,
  };
}

/**
 * Returns the offset in the population between a source and the target with the same number. Returns `same` if both
 * ends are the same cells, `apart` if they share no cell, and undefined if there is no constant offset.
 */
function shiftOf(
  { from, to }: Pick<Projection, 'from' | 'to'>,
  { populations }: Model,
  data: ValidModel['data'],
): number | 'same' | 'apart' | undefined {
  if (!populationsOf(from.of).some((population) => populationsOf(to.of).includes(population))) return 'apart';
  const whole = wholePopulation(from.of);
  if (whole !== undefined && whole === wholePopulation(to.of)) return 'same';
  const [sources, targets] = [from.of, to.of].map((rule) =>
    elementsIn(rule, populations[populationOf(rule) ?? '']?.size ?? 0, data),
  );
  if (sources === undefined || targets === undefined) return undefined;
  if (sources.length === targets.length && sources.every((source, k) => source === targets[k])) return 'same';
  const [before, after] = [rowOf(sources), rowOf(targets)];
  if (before === undefined || after === undefined) return undefined;
  return before[1] <= after[0] || after[1] <= before[0] ? 'apart' : before[0] - after[0];
}

/** A rule that a simulator's generator draws. */
type HostDrawn = Extract<ConnectionRule, { readonly arguments: unknown }>;

const argumentsOf = ({ arguments: given }: HostDrawn) =>
  given as {
    readonly connector?: string;
    readonly p?: number | Expression;
    readonly n?: unknown;
    readonly self?: boolean;
    readonly replace?: boolean;
    readonly mutual?: boolean;
  };

/** Returns Brian's equivalent of a rule that a simulator's generator draws, or undefined without an equivalent. */
function drawnByBrian(
  rule: HostDrawn,
  { from, to }: Projection,
  { model, data }: IdiomContext,
): ConnectionRule | undefined {
  const { connector, p, n, self = true, replace = false, mutual = true } = argumentsOf(rule);
  const plain = { condition: mutual ? null : binary('>', nameOf('i'), nameOf('j')), copies: 1, self } as const;
  switch (connector) {
    case 'fixedProbability':
      return typeof p === 'number' ? { rule: 'pairs', p, ...plain } : undefined;
    case 'probability':
      return p === undefined || (typeof p === 'object' && [...namesIn(p)].some((name) => !['i', 'j'].includes(name)))
        ? undefined
        : { rule: 'pairs', p, ...plain };
    case 'fixedNumberPre':
    case 'fixedNumberPost': {
      const inward = connector === 'fixedNumberPre';
      if (typeof n !== 'number' || isAssembly(inward ? from.of : to.of)) return undefined;
      return { rule: inward ? 'fixedInDegree' : 'fixedOutDegree', n, replace, self };
    }
    case 'fixedTotal': {
      if (typeof n !== 'number' || listedSynapses(model) <= mostListed) return undefined;
      const sizeOf = ({ of }: Projection['from']): number => selectionSize(of, model.populations, data);
      return { rule: 'pairs', p: Number((n / (sizeOf(from) * sizeOf(to))).toPrecision(12)), ...plain };
    }
    default:
      return undefined;
  }
}

function remarkDraws(rule: HostDrawn, at: string, { report }: IdiomContext): void {
  const { connector, n: number } = argumentsOf(rule);
  if (connector === 'fixedTotal')
    report.different(
      'brian/number-of-connections',
      at,
      `${String(number)} connections on average, drawn with a probability, and at most one between two cells`,
    );
  else report.convention('brian/own-draws', at, 'the same rule, with other random numbers');
}

/** Returns a rule in terms that Brian can express, or undefined if there is no such rule. */
function sayable(rule: ConnectionRule): ConnectionRule | undefined {
  switch (rule.rule) {
    case 'fixedInDegree':
    case 'fixedOutDegree':
      return typeof rule.n === 'number'
        ? sampled(rule.rule === 'fixedInDegree' ? 'post' : 'pre', rule.n, rule.replace, rule.self)
        : undefined;
    case 'pairs':
      return readsPlaces([rule.condition, rule.p, rule.copies]) ? undefined : rule;
    case 'all':
    case 'oneToOne':
    case 'generator':
    case 'list':
      return rule;
    case 'fixedTotal':
    case 'smallWorld':
    case 'clone':
    case 'csa':
    case 'hostDrawn':
      return undefined;
    default:
      return rule satisfies never;
  }
}

/** Connects each cell to a number of others, by Brian's samples, or by drawn indices if repetition is allowed. */
function sampled(outer: 'pre' | 'post', n: number, replace: boolean, self: boolean): ConnectionRule | undefined {
  const [size, own] = outer === 'post' ? ['N_pre', 'j'] : ['N_post', 'i'];
  const rule = { rule: 'generator', outer, variable: 'k', condition: null, copies: 1, skipInvalid: false } as const;
  const range = { from: integer(0), step: integer(1) };
  if (replace)
    return self
      ? {
          ...rule,
          index: call('int', [binary('*', call('uniform', []), nameOf(size))]),
          range: { ...range, to: integer(n) },
        }
      : undefined;
  // Numbers from the cell's own on are moved up by one, to leave the cell out.
  const k = nameOf('k');
  const index = self ? k : binary('+', k, call('int', [binary('>=', k, nameOf(own))]));
  const to = self ? nameOf(size) : binary('-', nameOf(size), integer(1));
  return { ...rule, index, range: { ...range, to, sample: { size: integer(n) } } };
}

/** Connections of rules that would have to be listed. */
function listedSynapses(model: Model): number {
  return Object.values(model.projections)
    .flatMap(({ connect }) => connect)
    .reduce((sum, rule) => {
      const n = rule.rule === 'hostDrawn' ? rule.arguments['n'] : rule.rule === 'fixedTotal' ? rule.n : 0;
      return sum + (typeof n === 'number' ? n : 0);
    }, 0);
}

/**
 * Splits a projection between assemblies into one for each pair of populations. Returns undefined if its rule cannot be
 * split.
 */
export function partsOf(
  name: string,
  projection: Projection,
  data: ValidModel['data'],
): readonly (readonly [string, Projection])[] | undefined {
  const members = (rule: SelectionRule): readonly SelectionRule[] =>
    isSelection(rule, 'assembly') ? rule.assembly : [rule];
  const [sources, targets] = [members(projection.from.of), members(projection.to.of)];
  if (![...sources, ...targets].every((one) => isPlain(one, data))) return undefined;
  if (sources.length === 1 && targets.length === 1) return [[name, projection]];
  const simple = projection.connect.every(
    (rule) =>
      (rule.rule === 'all' && rule.self) ||
      (rule.rule === 'pairs' && typeof rule.p === 'number' && rule.condition === null && rule.self) ||
      (rule.rule === 'generator' && (rule.outer === 'post' ? sources.length === 1 : targets.length === 1)),
  );
  const given = [...Object.values(projection.values), ...Object.values(projection.delays)].every(
    (value) => typeof value === 'number' || (isDrawn(value) && value.pairs !== true),
  );
  if (!simple || !given) return undefined;
  return sources.flatMap((from) =>
    targets.map((to) => {
      const suffix = [
        ...(sources.length > 1 ? populationsOf(from) : []),
        ...(targets.length > 1 ? populationsOf(to) : []),
      ].join('_');
      return [
        `${name}_${suffix}`,
        { ...projection, from: { ...projection.from, of: from }, to: { ...projection.to, of: to } },
      ] as const;
    }),
  );
}

/** Checks whether a selection is a contiguous part of one population. */
function isPlain(rule: SelectionRule, data: ValidModel['data']): boolean {
  switch (rule.kind) {
    case 'slice':
      return rule.slice === undefined || rule.slice[2] === 1;
    case 'indices': {
      const numbers = numbersOf(rule.indices, data);
      return numbers.every((number, k) => number === (numbers[0] ?? 0) + k);
    }
    case 'mask':
    case 'sample':
    case 'sampleOf':
    case 'assembly':
    case 'synapses':
      return false;
    default:
      return rule satisfies never;
  }
}

/** Checks whether a part of a model reads places of cells, or distances between them. */
export const readsPlaces = (part: unknown): boolean =>
  readsVariable(part, 'distance') || endsIn(part).some(({ variable }) => ['x', 'y', 'z'].includes(variable));

const isAssembly = (rule: SelectionRule): boolean => isSelection(rule, 'assembly');
