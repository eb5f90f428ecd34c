import { endOf, isPhase } from '../tagged.js';
import type { BinaryOperator, Expression } from '../../lang/ast.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { namesIn, visit } from '../../lang/walk.js';
import { messages } from '../messages.js';
import type { EquationSet, Id, Model, NeuronType, Value } from '../model.js';
import { child } from '../pointer.js';
import { isBetween, stepFrom } from '../steps.js';
import { constantsOf, valueOf, type Constants } from './known-values.js';
import type { Rule } from './rule.js';

/** What a type's code reads when a population or projection runs it. */
interface Reading {
  readonly constants: Constants;
  /** Variables that hold the time of a step. */
  readonly stamps: ReadonlySet<string>;
  /** Where values are given to parameters. */
  readonly values?: { readonly pointer: string; readonly of: Readonly<Record<Id, Value>> };
}

type Texts = Iterable<readonly [pointer: string, text: string, kind?: 'statement']>;

/**
 * Comparisons of `t`, or of the time since an event, with a time that is known and falls between two steps: they change
 * at the step after.
 */
export const timeComparisons: Rule = (model, context) => {
  const { dt } = model.experiment;
  const end = totalTime(model);
  const check = (texts: Texts, reading: Reading): void => {
    const told = new Set<string>();
    for (const [pointer, text, kind] of texts) {
      if (!/\bt\b/.test(text)) continue;
      for (const e of kind === 'statement' ? valuesIn(text) : [parseExpression(text)])
        for (const { time, from, since, names } of timesIn(e, dt, reading)) {
          const key = `${time.toPrecision(9)} ${since}`;
          if (!(time > 0 && time < end) || !isBetween(time, dt) || told.has(key)) continue;
          told.add(key);
          const used = stepFrom(from, dt) * dt;
          const given = [...names].find((name) => Object.hasOwn(reading.values?.of ?? {}, name));
          context.report(
            messages.timeBetween(since ? 'interval' : 'comparison', time, used, dt),
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

/** Variables that hold the time of a step: those that only events write, and with `t` alone. */
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

const comparisons: ReadonlySet<BinaryOperator> = new Set(['<', '<=', '>', '>=']);

/** A time at which a comparison changes. */
interface Change {
  /** As it is written, and the time from which on a step counts, both in s. */
  readonly time: number;
  readonly from: number;
  /** Whether it is the time since an event. */
  readonly since: boolean;
  /** What the comparison reads. */
  readonly names: ReadonlySet<string>;
}

function timesIn(e: Expression, dt: number, { constants, stamps }: Reading): Change[] {
  const found: Change[] = [];
  visit(e, (part) => {
    if (part.kind !== 'binary' || !comparisons.has(part.operator)) return;
    const names = namesIn(part);
    if (!names.has('t')) return;
    const root = (step: number): number | undefined =>
      rootInTime(part.left, part.right, (name) => (name === 'dt' ? step : stamps.has(name) ? 0 : constants(name)));
    // Half a step that keeps comparisons clear of rounding is not part of what was written.
    const [time, from] = names.has('dt') ? [root(0), root(dt)] : [root(dt), root(dt)];
    if (time !== undefined && from !== undefined)
      found.push({ time, from, since: [...stamps].some((name) => names.has(name)), names });
  });
  return found;
}

/** Where two expressions that are affine in `t` are equal, in s. */
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

/** Time that all runs take together, in s. */
const totalTime = (model: Model): number => endOf(model.experiment.protocol);
