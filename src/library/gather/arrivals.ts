/** In which steps spikes of LEMS arrive at cells in Brian. */

import { binary, conditional, name as named } from '../../lang/build.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { printStatement } from '../../lang/print.js';
import { expressionsOf, mapStatement, namesIn, substitute } from '../../lang/walk.js';
import type { Expression } from '../../lang/ast.js';
import { numbersOf } from '../../model/arrays.js';
import type { Projection, SelectionRule, SynapseType, Value } from '../../model/model.js';
import { mapped } from '../../model/collections.js';
import { child } from '../../model/pointer.js';
import { delayInSteps } from '../../model/steps.js';
import { populationsOf } from '../../model/selected.js';
import { isGiven } from '../../model/tagged.js';
import { ownNames } from '../../model/declared-names.js';
import { everywhere, plain, tidy } from '../recognise/numbers.js';
import { environmentOf, withNumbers } from '../recognise/values.js';
import { freeName } from '../../model/free-name.js';
import type { Gathering } from './gathering.js';
import { punctual } from './late-arrivals.js';
import { stepsWaited } from './regimes.js';
import { inSameStep, isForward, isSilent, spaced } from './same-step.js';
import { sumsAhead } from './shown-sums.js';
import { derivedOf } from './texts.js';

/** Delays of different lengths of one pathway for which the steps that LEMS waits are counted. */
const mostDelays = 100;

/**
 * Fits what projections send to Brian's order within a step, and reports where it arrives a step sooner or later.
 *
 * LEMS delivers what was sent before the first step in which its delay is over, and what has no delay at once; a synapse
 * acts before it decays. In Brian, a spike acts behind the equations of its step, so that it is felt a step later.
 *
 * @param isSpaced  whether the orders of populations need room between them in any case
 */
export function fitArrivals(gathering: Gathering, isSpaced: boolean): void {
  const kinds = Object.entries(gathering.projections).flatMap(([name, projection]): [string, Kind][] => {
    const type = gathering.synapses[projection.synapse];
    return type === undefined ? [] : [[name, kindOf(gathering, name, projection, type)]];
  });
  const isPrompt = ({ kind }: Kind): boolean => kind === 'prompt';
  const every = isSpaced || kinds.some(([, kind]) => isPrompt(kind)) ? spaced(gathering) : 1;
  for (const [name, { kind, type }] of kinds) {
    const projection = gathering.projections[name];
    if (projection === undefined) continue;
    const early = kind === 'early';
    if (early) gathering.early.add(name);
    const fitted = { ...projection, order: orderOf(gathering, name, projection, type, early) };
    const prompt = kind === 'prompt' ? inSameStep(gathering, name, fitted, type, every) : undefined;
    const timed = timesSeen(prompt?.type ?? type, prompt === undefined ? kind : prompt.isAhead ? 'late' : 'prompt');
    if (prompt?.isAhead === false) gathering.prompt.add(name);
    const given = prompt?.projection ?? fitted;
    const synapse = timed === type ? given.synapse : freeName(name, (one) => Object.hasOwn(gathering.synapses, one));
    gathering.synapses[synapse] = timed;
    const placed = { ...given, synapse };
    const shorter = prompt === undefined ? 1 : 0;
    const made = gathering.strict ? inTime(gathering, name, placed, timed, shorter) : undefined;
    gathering.projections[name] = made ?? { ...placed, ...withDelays(gathering, name, placed, timed, shorter) };
    if (kind === 'split' || (kind === 'prompt' && prompt === undefined))
      gathering.report.approximated(
        `${gathering.stage}/order-in-step`,
        child('/projections', name),
        'LEMS advances one cell after another: spikes without delay reach later cells in the same step; in Brian they ' +
          'do so a step later',
      );
  }
}

/** When spikes of a projection arrive at its synapses. */
interface Kind {
  /**
   * `late`: behind the step of their cells. `early`: in the step in which they are emitted, by synapses that are advanced
   * first. `prompt`: in the step in which they are emitted, before the cells are advanced. `silent`: when does not matter,
   * but for the time that synapses see. `split`: those of some cells as if `late`, of others as if `prompt`.
   */
  readonly kind: 'late' | 'early' | 'prompt' | 'silent' | 'split';
  readonly type: SynapseType;
}

function kindOf(gathering: Gathering, name: string, projection: Projection, type: SynapseType): Kind {
  if (gathering.late.has(name)) return { kind: 'late', type };
  const { atOnce, always } = arrivalOf(gathering, projection);
  if (always && startsFromNothing(gathering, type, projection)) return { kind: 'early', type };
  if (!atOnce) return { kind: 'late', type };
  if (gathering.strict && isForward(gathering, projection)) return { kind: 'prompt', type };
  const silent = gathering.strict ? silently(gathering, projection, type) : undefined;
  return silent === undefined ? { kind: 'split', type } : { kind: 'silent', type: silent };
}

/**
 * Synapses within a population whose cells feel nothing of what reaches them, which see the time that LEMS shows them:
 * that of the step of their cell, which comes before or after that of the cell that spikes.
 */
function silently({ valid }: Gathering, { connect, delays }: Projection, type: SynapseType): SynapseType | undefined {
  const [rule, another] = connect;
  if (rule?.rule !== 'list' || another !== undefined || !isSilent(type)) return undefined;
  if (
    Object.entries(type.pathways).some(([key, { on, delay }]) => !on.startsWith('pre.') || (delays[key] ?? delay) !== 0)
  )
    return undefined;
  const [sources, targets] = [numbersOf(rule.sources, valid.data), numbersOf(rule.targets, valid.data)];
  const isEarlier = sources.map((source, k) => source < (targets[k] ?? 0));
  const { left, right } = { left: named('i'), right: named('j') };
  if (!isEarlier.includes(true)) return withTime(type, timeAtEnd);
  if (!isEarlier.includes(false)) return type;
  return withTime(type, conditional(binary('<', left, right), named('t'), timeAtEnd));
}

const timeAtEnd = binary('+', named('t'), named('dt'));

/** Synapses whose pathways have another time. */
function withTime(type: SynapseType, time: Expression): SynapseType {
  const code = Object.values(type.pathways).flatMap(({ do: texts }) => texts.flatMap((text) => parseStatements(text)));
  if (!code.some((one) => expressionsOf(one).some((e) => namesIn(e).has('t')))) return type;
  const later = (text: string): string =>
    parseStatements(text)
      .map((one) => printStatement(mapStatement(one, (e) => substitute(e, new Map([['t', time]])))))
      .join('; ');
  return { ...type, pathways: mapped(type.pathways, (one) => ({ ...one, do: one.do.map(later) })) };
}

/** Synapses whose pathways see the end of the last step in which they were advanced, as in LEMS. */
const timesSeen = (type: SynapseType, kind: Kind['kind']): SynapseType =>
  kind === 'late' || kind === 'split' ? withTime(type, timeAtEnd) : type;

const ordersOf = ({ populations }: Gathering, rule: SelectionRule): readonly number[] =>
  populationsOf(rule).map((name) => populations[name]?.order ?? 0);

const numbersIn = ({ valid }: Gathering, value: Value): readonly number[] | undefined =>
  typeof value === 'number' ? [value] : isGiven(value) ? numbersOf(value.array, valid.data) : undefined;

/** Whether spikes of a projection reach cells in the step in which they are emitted: some of them, or all. */
function arrivalOf(
  gathering: Gathering,
  { from, to, synapse, delays }: Projection,
): { readonly atOnce: boolean; readonly always: boolean } {
  const { synapses } = gathering;
  const listed = Object.entries(synapses[synapse]?.pathways ?? {}).flatMap(([key, { on, delay }]) =>
    on.startsWith('pre.') ? [...new Set(numbersIn(gathering, delays[key] ?? delay) ?? [NaN])] : [],
  );
  const [sources, targets] = [ordersOf(gathering, from.of), ordersOf(gathering, to.of)];
  return {
    atOnce: listed.includes(0) && Math.min(...sources) <= Math.max(...targets),
    always: listed.length > 0 && listed.every((one) => one === 0) && Math.max(...sources) < Math.min(...targets),
  };
}

/**
 * Whether spikes without delay are felt in the same step where synapses keep their own responses, and are advanced before
 * these are summed; in the variables of their targets they would be felt a step later.
 */
export function areInTimeAlone(gathering: Gathering, name: string, projection: Projection): boolean {
  if (gathering.late.has(name)) return false;
  const type = gathering.synapses[projection.synapse];
  const { atOnce, always } = arrivalOf(gathering, projection);
  return type !== undefined && atOnce && always && startsFromNothing(gathering, type, projection);
}

/** Whether a synapse has equations of its own, which are advanced beside those of the cells. */
const isClocked = ({ derivatives, contributes }: SynapseType): boolean =>
  Object.keys(derivatives).length > 0 && Object.keys(contributes).length > 0;

/**
 * Whether a spike does not change what a synapse adds to its target, as where two exponentials begin with the same
 * height: what it adds after its first step is the same, whether the spike came before that step or at its end.
 */
function startsFromNothing({ valid }: Gathering, type: SynapseType, { values }: Projection): boolean {
  if (!isClocked(type)) return false;
  const derived = derivedOf(type);
  if (derived === undefined) return false;
  const given = Object.entries(type.parameters).map(([key, { value }]) => [key, values[key] ?? value] as const);
  const { numbers } = environmentOf(Object.fromEntries(given), valid.data);
  const read = (e: Expression): Expression => withNumbers(substitute(plain(e, ownNames(type)), derived), numbers);
  return Object.values(type.pathways).every(({ do: code }) => {
    const after = new Map<string, Expression>();
    for (const one of code.flatMap((text) => parseStatements(text))) {
      if (one.kind !== 'assignment') return false;
      const value = substitute(read(one.value), after);
      const before = substitute(parseExpression(one.target), after);
      const operator = one.operator === '=' ? undefined : one.operator[0];
      after.set(one.target, operator === undefined ? value : binary(operator as '+', before, value));
    }
    return Object.values(type.contributes).every((text) => {
      const e = read(parseExpression(text));
      // Of two differences of rounded numbers none is 0.
      return everywhere(binary('/', substitute(e, after), e)) === 1;
    });
  });
}

/**
 * The order of a projection in which its synapses are advanced after what they add has been summed, as in LEMS; or
 * before it, where that makes up for the step by which spikes are late.
 */
function orderOf(
  gathering: Gathering,
  name: string,
  { from, to, order }: Projection,
  type: SynapseType,
  early: boolean,
): number {
  if (!isClocked(type)) return order;
  const targets = ordersOf(gathering, to.of);
  // Such synapses read what the cells at both ends have kept, behind these.
  if (gathering.contacts.has(name)) return Math.max(...ordersOf(gathering, from.of), ...targets) + 1;
  return early ? Math.min(order, Math.min(...targets) - sumsAhead(gathering)) : Math.max(order, ...targets);
}

/** A projection with a pathway for each number of steps that spikes take; undefined where they always take as many. */
function inTime(
  gathering: Gathering,
  name: string,
  projection: Projection,
  type: SynapseType,
  shorter: 0 | 1,
): Projection | undefined {
  const { dt, end, report } = gathering;
  const most = Math.ceil(end / dt);
  const made = punctual(type, projection, (value) => numbersIn(gathering, value), { dt, most, shorter });
  if (made === undefined) return undefined;
  const synapse = freeName(name, (one) => Object.hasOwn(gathering.synapses, one));
  gathering.synapses[synapse] = made.type;
  report.equivalent(
    'brian/delay',
    child('/projections', name),
    'LEMS adds up its time, by whose rounding spikes take a step more in some stretches of the run: a second pathway ' +
      'delivers these',
  );
  return { ...made.projection, synapse };
}

/** Delays that are as many steps as in LEMS, where these are always as many. */
function withDelays(
  gathering: Gathering,
  name: string,
  { delays }: Projection,
  { pathways }: SynapseType,
  shorter: 0 | 1,
): Pick<Projection, 'delays'> {
  const { dt, end, report } = gathering;
  const made: Record<string, Value> = { ...delays };
  const most = Math.ceil(end / dt);
  let varied = 0;
  let moved = false;
  for (const [key, { on, delay }] of Object.entries(pathways)) {
    if (!on.startsWith('pre.')) continue;
    const given = delays[key] ?? delay;
    const listed = numbersIn(gathering, given);
    const different = new Set(listed?.filter((one) => one > 0));
    if (different.size === 0 || different.size > mostDelays) {
      if (different.size > 0) varied = Math.max(varied, 0.5);
      continue;
    }
    const fitting = new Map<number, number>();
    for (const seconds of different) {
      const { steps, share } = stepsWaited(seconds, dt, false, most);
      if (share < 1) varied = Math.max(varied, 1 - share);
      else if (delayInSteps(seconds, dt, 'brian') !== steps - shorter)
        fitting.set(seconds, tidy(Number(((steps - shorter) * dt).toPrecision(12))));
    }
    if (fitting.size === 0) continue;
    moved = true;
    const fit = (seconds: number): number => fitting.get(seconds) ?? seconds;
    made[key] = typeof given === 'number' ? fit(given) : { array: (listed ?? []).map(fit) };
  }
  const pointer = child('/projections', name);
  if (varied > 0)
    report.approximated(
      'brian/delay',
      pointer,
      `LEMS adds up its time, by whose rounding up to ${(100 * varied).toPrecision(2)} % of its spikes arrive a step sooner ` +
        'or later',
    );
  if (moved)
    report.equivalent(
      'brian/delay',
      pointer,
      shorter === 1
        ? 'delays are a step shorter: LEMS delivers spikes before its cells are advanced, Brian afterwards'
        : 'delays are as many steps as LEMS waits, whose time is a sum',
    );
  return { delays: made };
}
