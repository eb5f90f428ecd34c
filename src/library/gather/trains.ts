/** Spike times of cells that only read the time: given times, or a Poisson process. */

import type { Assignment, Expression } from '../../lang/ast.js';
import { assignedValue, name as nameOf } from '../../lang/build.js';
import { NoNumber } from '../../lang/evaluate.js';
import { isRandom } from '../../lang/functions.js';
import { linearForm } from '../../lang/linear.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { callsIn, mapExpression, namesIn, substitute, visit, writtenBy } from '../../lang/walk.js';
import { ownNames } from '../../model/declared-names.js';
import type { NeuronType } from '../../model/model.js';
import { constantOf, fold, near, plain, tidy, valueAt } from '../recognise/numbers.js';
import { withNumbers } from '../recognise/values.js';
import { derivedOf, readsOf } from './texts.js';

/** Spikes of one element. */
export type Train =
  | { readonly kind: 'times'; readonly times: readonly number[] }
  /** Intervals are `least` plus an exponential one; spikes fall between `start` and `end`, in s. */
  | {
      readonly kind: 'poisson';
      readonly rate: number;
      readonly least: number;
      readonly start: number;
      readonly end: number;
    };

/** The most conditions that are tried. */
const mostTrials = 2e7;

/** Returns the spikes of a type without inputs, or a text with the reason if they are neither given nor Poisson. */
export function trainOf(
  type: NeuronType,
  numbers: ReadonlyMap<string, number>,
  times: { readonly dt: number; readonly end: number },
): Train | string {
  try {
    return read(type, numbers, times);
  } catch (error) {
    if (error instanceof NoNumber) return 'its spikes depend on values known only during a run';
    throw error;
  }
}

function read(
  type: NeuronType,
  numbers: ReadonlyMap<string, number>,
  { dt, end }: { readonly dt: number; readonly end: number },
): Train | string {
  if (Object.keys(type.regimes).length + Object.keys(type.inputs).length + type.noise.length > 0)
    return 'its spikes depend on more than time';
  const own = ownNames(type);
  const derived = derivedOf(type);
  if (derived === undefined || Object.values(type.derived).some(({ held }) => held))
    return 'its variables depend on each other, or hold over a step';
  const settled = (text: Expression | string): Expression => {
    const whole = substitute(typeof text === 'string' ? parseExpression(text) : text, derived);
    return fold(withNumbers(plain(whole, own), numbers));
  };
  const events = Object.entries(type.events).filter(
    ([name, { emits }]) => emits === 'spike' || (emits === undefined && name === 'spike'),
  );
  const drawn = drawnBy(type);
  const [interval] = drawn;
  if (interval !== undefined) {
    if (drawn.length > 1 || events.length > 1) return 'more than its intervals is drawn';
    return poissonOf(type, interval.target, settled(interval.value), settled) ?? 'its intervals are not exponential';
  }
  const noted = events.map(([, event]) => notedOnce(type, event, settled));
  if (noted.length > 0 && noted.every((time) => time !== undefined))
    return { kind: 'times', times: noted.filter((time) => time <= end).sort((a, b) => a - b) };
  return simulated(type, settled, dt, end);
}

/** Returns the draws of a type's events. */
export const drawnBy = (type: NeuronType): readonly Assignment[] =>
  Object.values(type.events)
    .flatMap((event) => event.do.flatMap((text) => parseStatements(text)))
    .flatMap((statement) => (statement.kind === 'send' ? [] : [statement]))
    .filter(({ value }) => callsIn(value).some((one) => isRandom(one.function)));

/** Returns the time of an event that happens once: `t >= a and done == 0`, with `done = 1`. */
function notedOnce(
  type: NeuronType,
  event: NeuronType['events'][string],
  settled: (text: string) => Expression,
): number | undefined {
  const when = settled(event.when);
  if (when.kind !== 'binary' || when.operator !== 'and') return undefined;
  const time = [when.left, when.right].find((one) => one.kind === 'binary' && one.operator === '>=');
  const flag = [when.left, when.right].find((one) => one.kind === 'binary' && one.operator === '==');
  if (time?.kind !== 'binary' || flag?.kind !== 'binary' || flag.left.kind !== 'name') return undefined;
  const name = flag.left.name;
  if (time.left.kind !== 'name' || time.left.name !== 't' || constantOf(flag.right) !== 0) return undefined;
  if (type.state[name]?.initial !== 0) return undefined;
  const set = event.do
    .flatMap((text) => parseStatements(text))
    .some(
      (one) => one.kind === 'assignment' && one.target === name && (constantOf(settled(printed(one.value))) ?? 0) > 0,
    );
  const at = constantOf(time.right);
  return set && at !== undefined ? tidy(at) : undefined;
}

const printed = (e: Expression): string => (e.kind === 'number' ? String(e.value) : '0');

/** `least - mean*log(uniform())` */
function poissonOf(
  type: NeuronType,
  interval: string,
  e: Expression,
  settled: (text: string) => Expression,
): Train | undefined {
  const parts = exponential(e);
  const first = type.state[interval]?.initial;
  const begin = typeof first === 'string' ? exponential(settled(first)) : undefined;
  if (parts === undefined || begin === undefined || !near(parts.mean, begin.mean)) return undefined;
  // Sources that end move later spikes to a time that no run reaches.
  let end = Infinity;
  for (const { initial } of Object.values(type.state)) {
    if (typeof initial !== 'string') continue;
    visit(settled(initial), (part) => {
      if (part.kind !== 'call' || part.function !== 'sign') return;
      visit(part, (inner) => {
        if (inner.kind !== 'binary' || inner.operator !== '-' || !namesIn(inner.left).has(interval)) return;
        const time = constantOf(inner.right);
        if (time !== undefined && time > 0) end = tidy(time);
      });
    });
  }
  const start = begin.least - parts.least;
  return {
    kind: 'poisson',
    rate: tidy(1 / (parts.least + parts.mean)),
    least: parts.least,
    start: Math.abs(start) < 1e-15 ? 0 : tidy(start),
    end,
  };
}

function exponential(e: Expression): { readonly least: number; readonly mean: number } | undefined {
  const logs = callsIn(e).filter((one) => one.function === 'log');
  const [log] = logs;
  const [of] = log?.arguments ?? [];
  if (log === undefined || of === undefined || logs.length > 1) return undefined;
  const draws = callsIn(of).filter((one) => isRandom(one.function));
  const [draw] = draws;
  if (draw?.function !== 'uniform' || draw.arguments.length > 0 || draws.length > 1) return undefined;
  // `log(uniform())` and `log(1 - uniform())` have the same distribution.
  const at = (x: number): number =>
    valueAt(
      mapExpression(of, (part) =>
        part.kind === 'call' && part.function === 'uniform'
          ? { kind: 'number', value: x, text: String(x), integer: false, span: part.span }
          : part,
      ),
      () => NaN,
    );
  const ends = [at(0), at(1)].sort((a, b) => a - b);
  if (ends[0] !== 0 || ends[1] !== 1) return undefined;
  const name = 'drawn';
  const form = linearForm(
    mapExpression(e, (part) => (part === log ? nameOf(name, log.span) : part)),
    [name],
  );
  const mean = form && constantOf(fold(form.coefficients.get(name) ?? of));
  const least = form && constantOf(fold(form.constant));
  return typeof mean === 'number' && typeof least === 'number' && mean < 0
    ? { least: tidy(least), mean: tidy(-mean) }
    : undefined;
}

/** Returns a state that events of one part of a type read and another part changes, which a part sees as it was shown before. */
function betweenParts({ events, sequence = [], state }: NeuronType): string | undefined {
  const code = new Map(Object.entries(events).map(([name, event]) => [name, event.do.flatMap(parseStatements)]));
  const reads = (name: string): ReadonlySet<string> =>
    new Set([
      ...namesIn(parseExpression(events[name]?.when ?? '0')),
      ...(events[name]?.do ?? []).flatMap((one) => [...readsOf(one)]),
    ]);
  return Object.keys(state).find((name) => {
    const readers = sequence.filter((part) => (part.events ?? []).some((event) => reads(event).has(name)));
    const changers = sequence.filter(
      (part) =>
        (part.state ?? []).includes(name) ||
        (part.events ?? []).some((event) => writtenBy(code.get(event) ?? []).has(name)),
    );
    return readers.length > 0 && new Set([...readers, ...changers]).size > 1;
  });
}

/** Returns spikes by trying the conditions at each step. @throws NoNumber for values that only a run has */
function simulated(
  type: NeuronType,
  settled: (text: Expression | string) => Expression,
  dt: number,
  end: number,
): Train | string {
  const steps = Math.round(end / dt);
  const events = Object.entries(type.events).sort(([, a], [, b]) => a.order - b.order);
  if (events.length === 0) return { kind: 'times', times: [] };
  if (steps * events.length > mostTrials) return 'finding its spikes would take too many steps';
  if (events.some(([, { refractory, multiplicity }]) => refractory !== undefined || multiplicity !== undefined))
    return 'its events are suppressed, or count several times';
  const between = betweenParts(type);
  if (between !== undefined) return `its parts change ${between} one after another`;
  const values = new Map<string, number>();
  const look = (name: string): number => {
    const value = values.get(name);
    if (value === undefined) throw new NoNumber();
    return value;
  };
  for (let pending = Object.entries(type.state); pending.length > 0;) {
    const left = pending.filter(([name, { initial }]) => {
      const first = typeof initial === 'object' ? undefined : settled(String(initial));
      if (first === undefined || [...namesIn(first)].some((read) => !values.has(read))) return true;
      values.set(name, valueAt(first, look));
      return false;
    });
    if (left.length === pending.length) return 'its initial state is not known before a run';
    pending = left;
  }
  const rates = Object.entries(type.derivatives).map(([name, { rate }]) => [name, constantOf(settled(rate))] as const);
  if (rates.some(([, rate]) => rate === undefined)) return 'its rates change';
  values.set('dt', dt);
  values.set('t', 0);
  const code = events.map(([name, event]) => ({
    emits: event.emits === 'spike' || (event.emits === undefined && name === 'spike'),
    edge: event.edge,
    when: settled(event.when),
    // Before the first test, a condition counts as one that did not hold.
    held: false,
    do: event.do
      .flatMap((text) => parseStatements(text))
      .flatMap((one) => (one.kind === 'send' ? [] : [{ target: one.target, value: settled(assignedValue(one)) }])),
  }));
  const times: number[] = [];
  // Conditions are tested at the end of each step, the last one too; time is the sum of the steps.
  for (let [step, t] = [0, dt]; step < steps; step++, t += dt) {
    values.set('t', t);
    for (const [name, rate] of rates) values.set(name, look(name) + (rate ?? 0) * dt);
    for (const event of code) {
      const [before, holds] = [event.held, valueAt(event.when, look) !== 0];
      event.held = event.edge === 'rising' && holds;
      if (!holds || before) continue;
      if (event.emits) times.push(tidy(Number(((step + 1) * dt).toPrecision(12))));
      for (const { target, value } of event.do) values.set(target, valueAt(value, look));
    }
  }
  return { kind: 'times', times };
}
