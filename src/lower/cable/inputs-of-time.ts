/**
 * Pass before others, for cells with structure: inputs that are functions of the time, such as NeuroML's generators.
 *
 * Conditions assign such an input anew in every step. Its contribution to a place on a cell is computed for the middle
 * of the step. If it depends on the potential there, as a clamp does, the cable solves for it.
 */

import type { Expression } from '../../lang/ast.js';
import { conditional, difference, name as nameOf } from '../../lang/build.js';
import { drawsIn } from '../../lang/functions.js';
import { namesIn, substitute } from '../../lang/walk.js';
import { elementsOf, pairsOf } from '../../draw/ends.js';
import { arrayOf } from '../../model/arrays.js';
import { assignedBy } from '../../model/assigned.js';
import { UniqueNames } from '../../model/free-name.js';
import { derivative } from '../../lang/derivative.js';
import { valueOf as knownValue } from '../../model/rules/known-values.js';
import { equationsOf, eventsOf, inlineDerived } from '../context/equations.js';
import { valueOf } from '../context/groups.js';
import { contentOf, ownersOf } from '../../model/typed.js';
import type {
  DataStore,
  End,
  Link,
  Model,
  NeuronType,
  Places,
  Population,
  Projection,
  SynapseType,
} from '../../model/typed.js';
import { halfStep } from './mid-step.js';

/** A model with inputs as functions of the time, if possible. */
export interface Timed {
  readonly model: Model;
  /** The largest conductance of a projection's clamps (S), by name; infinite if unknown. */
  readonly clamps: ReadonlyMap<string, number>;
}

/**
 * Rewrites the model with contributions of such inputs as functions of the time. Returns the model itself if there are
 * no such inputs.
 */
export function withInputsOfTime(model: Model, data: DataStore): Timed {
  const clamps = new Map<string, number>();
  if (model.timing !== 'grid') return { model, clamps };
  const synapses: Record<string, SynapseType> = { ...model.synapses };
  const names = new UniqueNames(Object.keys(synapses));
  const typeNames = new Map<string, string>();
  const projections = Object.entries(model.projections).map(([name, projection]): [string, Projection] => {
    const type = model.synapses[projection.synapse];
    const source = type && sourceOf(projection, model);
    if (!source) return [name, projection];
    const followed = Object.entries(source.population.linked ?? {})
      .filter(([, link]) => follows(link, projection, model, data))
      .map(([own, link]) => [own, link.variable] as const);
    if (followed.length > 0) clamps.set(name, Math.max(...followed.map(([own]) => conductance(own, source, data))));
    const key = JSON.stringify([projection.synapse, source.typeName, followed]);
    const synapse = typeNames.get(key) ?? names.take(`${projection.synapse}_of_time`);
    typeNames.set(key, synapse);
    synapses[synapse] = withSource(type, source, new Map(followed));
    return [name, { ...projection, synapse }];
  });
  return { model: { ...model, synapses, projections: Object.fromEntries(projections) }, clamps };
}

/** Returns a synapse type that computes the inputs of its source. Variables that they follow belong to its target. */
function withSource(type: SynapseType, source: TimedSource, followed: ReadonlyMap<string, string>): SynapseType {
  const [synapseEquations, sourceEquations] = [equationsOf(type), equationsOf(source.type)];
  const names = [...sourceEquations.names].map((name) => [name, nameOf(followedName(name, followed))] as const);
  const inputs = new Map([...source.inputs].map(([name, { value }]) => [name, value]));
  const derived = [...sourceEquations.derived].map(
    ([name, { expression }]) => [name, inlineDerived(expression, sourceEquations.derived)] as const,
  );
  const read = [...inputs, ...derived.map(([name, e]) => [name, substitute(e, inputs)] as const)];
  const there = new Map(read.map(([name, e]) => [`pre.${name}`, substitute(e, new Map(names))]));
  return {
    ...type,
    contributes: type.contributes.map(({ to, value }) => ({
      to,
      value: substitute(inlineDerived(value, synapseEquations.derived), there),
    })),
  };
}

/** Returns the name of a source's variable in synapses. */
function followedName(name: string, followed: ReadonlyMap<string, string>): string {
  const variable = followed.get(name);
  return variable === undefined ? `pre.${name}` : `post.${variable}`;
}

/** Returns the largest derivative of a source's inputs by a variable that they follow (S). */
function conductance(own: string, { type, population, inputs }: TimedSource, data: DataStore): number {
  const equations = equationsOf(type);
  const numberAt = (name: string, element: number): number | undefined => {
    const given = valueOf(population, equations, name);
    if (typeof given === 'number') return given;
    return given.kind === 'array' ? Number(arrayOf(given.array, data)[element]) : undefined;
  };
  let most = 0;
  for (const value of [...inputs.values()].flatMap(({ assigned }) => assigned)) {
    const slope = derivative(value, own);
    for (let k = 0; k < population.size; k++)
      most = Math.max(most, Math.abs((slope && knownValue(slope, (name) => numberAt(name, k))) ?? Infinity));
  }
  return most;
}

/** A population that sends such an input. */
interface TimedSource {
  readonly typeName: string;
  readonly type: NeuronType;
  readonly population: Population;
  readonly inputs: ReadonlyMap<string, InputOfTime>;
}

/** Returns the input that a projection onto cells with structure carries; null if its source is not of this kind. */
function sourceOf({ from, to }: Projection, model: Model): TimedSource | null {
  const populationOf = (end: End): string => (end.of.kind === 'slice' ? end.of.population : '');
  const typeOf = (end: End): string => model.populations[populationOf(end)]?.type ?? '';
  const [type, population] = [model.neurons[typeOf(from)], model.populations[populationOf(from)]];
  if (!type || !population || !model.neurons[typeOf(to)]?.compartments) return null;
  const inputs = isWritten(populationOf(from), type, model) ? new Map<string, InputOfTime>() : functionsOfTime(type);
  return inputs.size === 0 ? null : { typeName: typeOf(from), type, population, inputs };
}

/** Whether anything but its own conditions may write the state of a source. */
function isWritten(population: string, type: NeuronType, { experiment, operations, projections }: Model): boolean {
  const isState = (name: string): boolean => Object.hasOwn(type.state, name);
  return (
    Object.keys(operations).length > 0 ||
    Object.values(projections).some(({ to }) => ownersOf(to.of).includes(population)) ||
    experiment.protocol.some((phase) =>
      Object.keys(phase.kind === 'set' ? phase.set : phase.kind === 'initialise' ? phase.initialise : {}).some((key) =>
        isState(assignedBy(key).variable),
      ),
    )
  );
}

/** A state variable that conditions assign anew in every step. */
interface InputOfTime {
  /** Its value in the middle of a step. */
  readonly value: Expression;
  /** The values that the conditions assign. */
  readonly assigned: readonly Expression[];
}

function functionsOfTime(type: NeuronType): ReadonlyMap<string, InputOfTime> {
  const inputsByName = new Map<string, InputOfTime>();
  const { derivatives, inputs, noise, regimes } = type;
  const events = eventsOf(type);
  if ([derivatives, inputs, noise, regimes].some((part) => Object.keys(part).length > 0)) return inputsByName;
  const { derived } = equationsOf(type);
  // Assignments by conditions at the end of the previous step are in force here.
  const midway = (e: Expression): Expression =>
    substitute(inlineDerived(e, derived), new Map([['t', difference(nameOf('t'), halfStep)]]));
  for (const name of Object.keys(type.state)) {
    const rules = events.flatMap(({ definition, when, do: actions }) =>
      actions.flatMap((action) => {
        if (action.kind !== 'assignment' || action.target !== name) return [];
        const { edge, refractory, multiplicity, slot, actionSlot } = definition;
        const plain = edge === 'level' && !refractory && multiplicity === undefined && action.operator === '=';
        const usual = slot === undefined && actionSlot === undefined && actions.length === 1;
        return [plain && usual ? { when: midway(when), value: midway(action.value) } : null];
      }),
    );
    const all = rules.filter((rule) => rule !== null);
    const read = all.flatMap(({ when, value }) => [when, value]);
    const depends = read.some((e) => drawsIn(e) || [...namesIn(e)].some((used) => Object.hasOwn(type.state, used)));
    if (all.length < rules.length || depends || !alwaysOrNever(all.map(({ when }) => when))) continue;
    // Where no condition ever holds, the variable keeps its first value.
    const value = all.reduce<Expression>((before, rule) => conditional(rule.when, rule.value, before), nameOf(name));
    if (all.length > 0) inputsByName.set(name, { value, assigned: all.map((rule) => rule.value) });
  }
  return inputsByName;
}

/**
 * Whether one of the conditions holds at all times or, depending on parameters, never. Comparisons are identified by
 * their content; of two opposite comparisons, one holds.
 */
function alwaysOrNever(conditions: readonly Expression[]): boolean {
  const opposite = { '<': '>=', '>': '<=' } as const;
  const atoms: { readonly key: string; readonly timed: boolean }[] = [];
  const keyOf = (e: Expression): readonly [key: string, negated: boolean] => {
    if (e.kind !== 'binary') return [contentOf(e), false];
    const sides = `${contentOf(e.left)} ? ${contentOf(e.right)}`;
    for (const [operator, other] of Object.entries(opposite))
      if (e.operator === operator || e.operator === other) return [`${sides} ${operator}`, e.operator === other];
    return [`${sides} ${e.operator}`, false];
  };
  const isAtom = (e: Expression): boolean =>
    !(e.kind === 'binary' && (e.operator === 'and' || e.operator === 'or')) &&
    !(e.kind === 'unary' && e.operator === 'not');
  const collect = (e: Expression): void => {
    if (!isAtom(e))
      return void (e.kind === 'binary' ? [e.left, e.right].forEach(collect) : e.kind === 'unary' && collect(e.operand));
    const [key] = keyOf(e);
    if (!atoms.some((atom) => atom.key === key)) atoms.push({ key, timed: namesIn(e).has('t') });
  };
  conditions.forEach(collect);
  if (atoms.length > 8) return false;
  const holds = (e: Expression, bits: number): boolean => {
    if (e.kind === 'unary' && e.operator === 'not') return !holds(e.operand, bits);
    if (e.kind === 'binary' && e.operator === 'and') return holds(e.left, bits) && holds(e.right, bits);
    if (e.kind === 'binary' && e.operator === 'or') return holds(e.left, bits) || holds(e.right, bits);
    const [key, negated] = keyOf(e);
    return ((bits >> atoms.findIndex((atom) => atom.key === key)) & 1) === (negated ? 0 : 1);
  };
  const constant = atoms.reduce((mask, { timed }, k) => (timed ? mask : mask | (1 << k)), 0);
  const seen = new Map<number, boolean>();
  for (let bits = 0; bits < 1 << atoms.length; bits++) {
    const some = conditions.some((condition) => holds(condition, bits));
    const before = seen.get(bits & constant);
    if (before !== undefined && before !== some) return false;
    seen.set(bits & constant, some);
  }
  return true;
}

/** Whether a source is linked to the very places that its synapses are at. */
function follows(link: Link, { from, to, connect }: Projection, { populations }: Model, data: DataStore): boolean {
  const { population, index } = link;
  if (ownersOf(to.of)[0] !== population || (index !== undefined && typeof index !== 'number' && index.kind !== 'array'))
    return false;
  const sizeOf = (name: string): number => populations[name]?.size ?? 0;
  const [pre, post] = [from, to].map(({ of }) => elementsOf(of, sizeOf, data).indices) as [Uint32Array, Uint32Array];
  const pairs = pairsOf(connect, pre.length, post.length, null, data);
  if (!pairs) return false;
  const listed = typeof index === 'object' ? arrayOf(index.array, data) : null;
  const linkedAt = (own: number): number =>
    listed ? Number(listed[own]) : typeof index === 'number' ? index : sizeOf(population) === 1 ? 0 : own;
  const [there, here] = [placesOf(link, data), placesOf(to, data)];
  return Array.from(pairs.sources, (source, k) => {
    const synapsesOfSource = pre[source] ?? 0;
    return linkedAt(synapsesOfSource) === post[pairs.targets[k] ?? 0] && there(synapsesOfSource) === here(k);
  }).every((same) => same);
}

/** Where each of several things is on its cell, as text. */
function placesOf(
  { section, fraction, places }: { readonly section?: string; readonly fraction?: number; readonly places?: Places },
  data: DataStore,
): (at: number) => string {
  if (!places) return () => JSON.stringify([section, fraction]);
  const [sectionAt, fractionAt] = [places.section, places.fraction].map((value) => {
    const listed = typeof value === 'object' && value.kind === 'array' ? arrayOf(value.array, data) : null;
    return (at: number): unknown => (listed ? listed[at] : value);
  });
  return (at) => JSON.stringify([places.sections[Number(sectionAt?.(at))], fractionAt?.(at)]);
}
