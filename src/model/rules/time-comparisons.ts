import { endOf, isPhase } from '../tagged.js';
import type { BinaryOperator, Expression } from '../../lang/ast.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { namesIn, visit } from '../../lang/walk.js';
import { messages } from '../messages.js';
import type { EquationSet, Id, Model, NeuronType, Value } from '../model.js';
import { child } from '../pointer.js';
import { isBetween, stepFrom } from '../steps.js';
import { timingProperties } from '../timing-properties.js';
import { constantsOf, valueOf, type Constants } from './known-values.js';
import type { Rule } from './rule.js';

/** Values that a type's code reads when a population or projection runs it. */
interface Reading {
  readonly constants: Constants;
  /** Variables that hold the time of a step. */
  readonly stamps: ReadonlySet<string>;
  /** Where values are given to parameters. */
  readonly values?: { readonly pointer: string; readonly of: Readonly<Record<Id, Value>> };
}

type Texts = Iterable<readonly [pointer: string, text: string, kind?: 'statement']>;

/**
 * Reports comparisons of `t`, or of the time since an event, with a known time that falls between two steps: they
 * change at the step after. Also reports comparisons with the time of a step if `t` differs from it in the last bit.
 */
export const timeComparisons: Rule = (model, context) => {
  const { dt } = model.experiment;
  const end = totalTime(model);
  // If time is a sum of steps, its last bits are the sum's.
  const addsUp = timingProperties[model.timing].addsUpTime;
  const check = (texts: Texts, reading: Reading): void => {
    const reported = new Set<string>();
    for (const [pointer, text, kind] of texts) {
      if (!text.includes('t')) continue;
      for (const e of kind === 'statement' ? valuesIn(text) : [parseExpression(text)])
        for (const { time, from, since, names, off } of timesIn(e, dt, reading)) {
          const key = `${time.toPrecision(9)} ${since} ${off}`;
          const finding =
            off === 'between'
              ? messages.timeBetween(since ? 'interval' : 'comparison', time, stepFrom(from, dt) * dt, dt)
              : messages.timeInBinary(off, time, dt);
          if (!(time > 0 && time < end) || (off !== 'between' && addsUp) || reported.has(key)) continue;
          reported.add(key);
          const given = [...names].find((name) => Object.hasOwn(reading.values?.of ?? {}, name));
          context.report(
            finding,
            given === undefined || !reading.values ? pointer : child(reading.values.pointer, given),
          );
        }
    }
  };
  for (const [population, { type: id = '', values }] of Object.entries(model.populations)) {
    const type = model.neurons[id];
    if (!type) continue;
    check(textsOfNeuron(type, child('/neurons', id)), {
      constants: constantsOf(model, type, values),
      stamps: timeStamps(type),
      values: { pointer: `${child('/populations', population)}/values`, of: values },
    });
  }
  for (const [projection, { synapse, values }] of Object.entries(model.projections)) {
    const type = model.synapses[synapse];
    if (!type) continue;
    const at = child('/synapses', synapse);
    const contributed = Object.entries(type.contributes).map(
      ([key, text]) => [child(`${at}/contributes`, key), text] as const,
    );
    check([...textsOf(type, at), ...contributed], {
      constants: constantsOf(model, type, values),
      stamps: new Set(['lastupdate']),
      values: { pointer: `${child('/projections', projection)}/values`, of: values },
    });
  }
  const outside = { constants: constantsOf(model), stamps: new Set<string>() };
  for (const [id, stimulus] of Object.entries(model.stimuli))
    if (stimulus.kind === 'current') check([[`${child('/stimuli', id)}/value`, stimulus.value]], outside);
  for (const [index, phase] of model.experiment.protocol.entries())
    for (const [id, text] of Object.entries(isPhase(phase, 'currents') ? phase.currents : {}))
      check([[child(`/experiment/protocol/${index}/currents`, id), text]], outside);
  for (const [id, operation] of Object.entries(model.operations))
    check(
      operation.do.map((text, k) => [`${child('/operations', id)}/do/${k}`, text, 'statement'] as const),
      outside,
    );
};

function* textsOfNeuron(type: NeuronType, pointer: string): Texts {
  yield* textsOf(type, pointer);
  for (const [name, event] of Object.entries(type.events)) {
    const at = child(`${pointer}/events`, name);
    yield [`${at}/when`, event.when];
    if (event.refractory?.while !== undefined) yield [`${at}/refractory`, event.refractory.while];
    yield* event.do.map((text, k) => [`${at}/do/${k}`, text, 'statement'] as const);
  }
  for (const [name, { transitions }] of Object.entries(type.regimes)) {
    const at = child(`${pointer}/regimes`, name);
    yield* transitions.map(({ when }, k) => [`${at}/transitions/${k}/when`, when] as const);
  }
}

function* textsOf(type: Pick<EquationSet, 'derived' | 'derivatives'>, pointer: string): Texts {
  for (const [key, { value }] of Object.entries(type.derived))
    yield [`${child(`${pointer}/derived`, key)}/value`, value];
  for (const [key, { rate }] of Object.entries(type.derivatives)) yield [child(`${pointer}/derivatives`, key), rate];
}

const valuesIn = (text: string): readonly Expression[] =>
  parseStatements(text).flatMap((statement) => (statement.kind === 'send' ? [] : [statement.value]));

/** Returns variables that hold the time of a step: only events write them, and only with `t`. */
function timeStamps(type: NeuronType): ReadonlySet<string> {
  const actions = [
    ...Object.values(type.events).flatMap((event) => event.do),
    ...Object.values(type.regimes).flatMap(({ onEntry, transitions }) => [
      ...onEntry,
      ...transitions.flatMap((transition) => transition.do),
    ]),
  ];
  const stamps = new Set(['lastspike']);
  const others = new Set(Object.keys(type.derivatives));
  for (const statement of actions.flatMap((text) => parseStatements(text))) {
    if (statement.kind === 'send') continue;
    const { target, operator, value } = statement;
    (operator === '=' && value.kind === 'name' && value.name === 't' ? stamps : others).add(target);
  }
  return new Set([...stamps].filter((name) => !others.has(name)));
}

const comparisons: ReadonlySet<BinaryOperator> = new Set(['<', '<=', '>', '>=', '==', '!=']);
/** Comparisons that hold for equal sides. */
const holdsForEqual: ReadonlySet<BinaryOperator> = new Set(['<=', '>=', '==']);

/** A time at which a comparison changes. */
interface Change {
  /** As written, and the earliest time of a step that satisfies it, both in s. */
  readonly time: number;
  readonly from: number;
  /** Whether it is the time since an event. */
  readonly since: boolean;
  /** Names that the comparison reads. */
  readonly names: ReadonlySet<string>;
  /** Whether the time is between two steps, or else the effect of the last bit of `t` at the step. */
  readonly off: 'between' | 'later' | 'earlier' | 'never';
}

function timesIn(e: Expression, dt: number, { constants, stamps }: Reading): Change[] {
  const found: Change[] = [];
  visit(e, (part) => {
    if (part.kind !== 'binary' || !comparisons.has(part.operator)) return;
    const names = namesIn(part);
    if (!names.has('t')) return;
    const known =
      (step: number): Constants =>
      (name) =>
        name === 'dt' ? step : stamps.has(name) ? 0 : constants(name);
    const root = (step: number): number | undefined => rootInTime(part.left, part.right, known(step));
    // A half step that keeps comparisons clear of rounding is not part of the written time.
    const [time, from] = names.has('dt') ? [root(0), root(dt)] : [root(dt), root(dt)];
    if (time === undefined || from === undefined) return;
    const since = [...stamps].some((name) => names.has(name));
    const isEquality = part.operator === '==' || part.operator === '!=';
    if (isBetween(time, dt)) {
      if (!isEquality) found.push({ time, from, since, names, off: 'between' });
      return;
    }
    const off = since || isBetween(from, dt) ? undefined : lastBit(part, Math.round(from / dt) * dt, known(dt));
    if (off !== undefined) found.push({ time, from, since, names, off });
  });
  return found;
}

type Comparison = Extract<Expression, { readonly kind: 'binary' }>;

/** Returns the effect of rounding on a comparison with equal sides at a step; undefined if it has no effect. */
function lastBit({ operator, left, right }: Comparison, t: number, constants: Constants): Change['off'] | undefined {
  const [a, b] = [left, right].map((side) => valueOf(side, constants, (name) => (name === 't' ? t : undefined)));
  if (a === undefined || b === undefined || a === b) return undefined;
  if (operator === '==' || operator === '!=') return 'never';
  const holds = operator.startsWith('<') ? a < b : a > b;
  if (holds === holdsForEqual.has(operator)) return undefined;
  // The step at which a comparison with the time begins or ends.
  const beginsHolding = namesIn(left).has('t') === operator.startsWith('>');
  return holds === beginsHolding ? 'earlier' : 'later';
}

/** Returns the time in s at which two expressions that are affine in `t` are equal. */
function rootInTime(left: Expression, right: Expression, constants: Constants): number | undefined {
  const at = (t: number): number => {
    const also = (name: string): number | undefined => (name === 't' ? t : undefined);
    const [a, b] = [valueOf(left, constants, also), valueOf(right, constants, also)];
    return a === undefined || b === undefined ? NaN : a - b;
  };
  const [zero, one, two] = [at(0), at(0.3717), at(1.9103)];
  const slope = (one - zero) / 0.3717;
  const affine = Math.abs((two - zero) / 1.9103 - slope) <= 1e-9 * Math.abs(slope);
  return slope !== 0 && affine ? -zero / slope : undefined;
}

/** Returns the time that all runs take together, in s. */
const totalTime = (model: Model): number => endOf(model.experiment.protocol);
