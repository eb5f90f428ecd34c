/**
 * The buffers of stepping element by element, besides the merged arrays: derived variables that outlive a step, copies
 * of variables that other elements read one step late, and the active regime.
 */

import type { Reference } from '../../lang/ast.js';
import type { Buffer } from '../../ir/program.js';
import { expressionsOf, namesIn, referencesIn, writtenBy } from '../../lang/walk.js';
import type { ValueType } from '../../model/typed.js';
import type { Context } from '../context/context.js';
import { recordedVariables } from '../plan/recorded-variables.js';
import { currentsOf, laterValues } from '../protocol/currents.js';
import type { EventSource } from '../events/events.js';
import type { Group, Storage } from '../context/groups.js';
import { elementOf } from '../context/groups.js';
import { equationsOf } from '../context/equations.js';
import { refusal } from '../integration/integrate.js';
import * as messages from '../context/messages.js';
import { noiseOf, type GroupNoise } from '../integration/noise.js';
import { expressionsIn, ownersOf } from '../../model/typed.js';
import { assignmentsOf } from '../code/assignments.js';
import type { ProjectionPlan } from '../plan/projection.js';
import { reached } from '../plan/receptors.js';
import type { BuiltProjection } from '../plan/synapse-scope.js';
import type { TypeCode } from './type-code.js';
import { readElsewhere, typeCodeOf } from './type-code.js';

/** A group as it is stepped. */
export interface SteppedGroup {
  readonly group: Group;
  /** Its type, by the parts that are advanced one after another. */
  readonly code: TypeCode;
  /** Derived variables with values kept from step to step. */
  readonly kept: ReadonlyMap<string, Storage>;
  /** State variables with a copy that other elements read, updated at the end of the element's own step. */
  readonly shown: ReadonlyMap<string, Buffer>;
  /** Inputs that other code than the element's own step reads. */
  readonly keptInputs: ReadonlySet<string>;
  /** Inputs that other code adds to, for the next step. */
  readonly pendingInputs: ReadonlySet<string>;
  /** u8 index of the active regime. */
  readonly regime: Buffer | null;
  /** White noise of its equations. */
  readonly noise: GroupNoise;
  /** State variables that code of projections writes. */
  readonly writtenByOthers: ReadonlySet<string>;
}

/** A projection as it is stepped. */
export interface SteppedProjection extends BuiltProjection {
  /** Its type, by the parts that are advanced one after another. */
  readonly code: TypeCode;
  /** Derived variables with values kept from step to step. */
  readonly kept: ReadonlyMap<string, Storage>;
  /** State variables with a copy that other elements read, updated at the end of the synapse's own step. */
  readonly shown: ReadonlyMap<string, Buffer>;
  /** State variables that code of other owners writes. */
  readonly writtenByOthers: ReadonlySet<string>;
}

/** Everything that a step touches. */
export interface Network {
  readonly context: Context;
  /** All groups of the model. */
  readonly groups: readonly SteppedGroup[];
  /** In stepping order. */
  readonly projections: readonly SteppedProjection[];
  /** The projections with an end in each population, in the same order. */
  readonly projectionsAt: ReadonlyMap<string, readonly SteppedProjection[]>;
  /** By `population.event`. */
  readonly rings: ReadonlyMap<string, EventSource>;
  /** f64[1]: the time that has come, in s. */
  readonly time: Buffer;
  /**
   * f64[1]: the time of the previous step in s, for code that runs before its element is stepped; null if no code of
   * events reads a time.
   */
  readonly timeBefore: Buffer | null;
}

/** Projections by the populations that they end in; one within a population is there once. */
export function projectionsByEnd(
  projections: readonly SteppedProjection[],
): ReadonlyMap<string, readonly SteppedProjection[]> {
  const byEnd = new Map<string, SteppedProjection[]>();
  for (const projection of projections)
    for (const population of new Set([projection.plan.pre.population, projection.plan.post.population])) {
      const others = byEnd.get(population);
      if (others === undefined) byEnd.set(population, [projection]);
      else others.push(projection);
    }
  return byEnd;
}

/** Returns the names of the populations in stepping order. */
export const steppingOrder = ({ model }: Context): string[] =>
  Object.entries(model.populations)
    .sort(([a, x], [b, y]) => x.order - y.order || (a < b ? -1 : 1))
    .map(([name]) => name);

/** Names read or written from outside of a type, by group. */
interface AccessByOthers {
  readonly read: Map<string, Set<string>>;
  readonly written: Map<string, Set<string>>;
}

const addTo = (map: Map<string, Set<string>>, key: string, name: string): void => {
  map.set(key, (map.get(key) ?? new Set()).add(name));
};

/**
 * Returns the variables of groups that projections, links and recordings read, and the variables that projections
 * write.
 */
function accessByOthers(groups: readonly Group[], plans: readonly ProjectionPlan[], context: Context): AccessByOthers {
  const byOthers: AccessByOthers = { read: new Map(), written: new Map() };
  const groupNamed = (population: string): Group | undefined =>
    groups.find((group) => group.members.some((member) => member.name === population));
  for (const plan of plans) {
    const see = (reference: Reference, where: AccessByOthers['read']): void => {
      const group = reference.kind === 'end' ? plan[reference.end].group : null;
      if (group) addTo(where, group.name, reference.variable);
    };
    const expressions = [
      ...Object.values(plan.type.derived).map(({ value }) => value),
      ...Object.values(plan.type.derivatives).map(({ rate }) => rate),
      ...[...plan.type.contributes, ...plan.type.summed].map(({ value }) => value),
      ...Object.values(plan.type.events ?? {}).map(({ when }) => when),
    ];
    for (const e of expressions) for (const reference of referencesIn(e)) see(reference, byOthers.read);
    for (const { pathway } of plan.pathways) {
      for (const statement of pathway.do) {
        for (const e of expressionsOf(statement))
          for (const reference of referencesIn(e)) see(reference, byOthers.read);
        if (statement.kind !== 'assignment') continue;
        see(reached(statement.to, plan.projection.receptors), byOthers.written);
      }
    }
  }
  for (const population of Object.values(context.model.populations)) {
    for (const link of Object.values(population.linked ?? {})) {
      const group = groupNamed(link.population);
      if (group) addTo(byOthers.read, group.name, link.variable);
    }
  }
  for (const recording of context.model.recordings) {
    if (recording.kind === 'rate' || !recording.variables) continue;
    for (const population of ownersOf(recording.of)) {
      const group = groupNamed(population);
      for (const name of recording.variables) if (group) addTo(byOthers.read, group.name, name);
    }
  }
  // A current is computed before the derived variables of the step: it finds them as they were computed last.
  for (const [id, current] of currentsOf(context)) {
    for (const population of ownersOf(current.to)) {
      const group = groupNamed(population);
      if (!group) continue;
      const { derived } = group.equations;
      for (const e of [current.value, ...laterValues(id, context).map(([, later]) => later)])
        for (const name of namesIn(e)) if (derived.has(name)) addTo(byOthers.read, group.name, name);
    }
  }
  return byOthers;
}

/** Variables of a group that operations, Poisson inputs and phases write. */
function writtenBetweenSteps({ members }: Group, { model }: Context): readonly string[] {
  const { operations, stimuli, experiment } = model;
  const isOwn = (owner: string): boolean => members.some(({ name }) => name === owner);
  return [
    ...Object.values(operations).flatMap(({ on, do: code }) => (ownersOf(on).some(isOwn) ? [...writtenBy(code)] : [])),
    ...Object.values(stimuli).flatMap((stimulus) =>
      stimulus.kind === 'poisson' && ownersOf(stimulus.to).some(isOwn) ? [stimulus.variable] : [],
    ),
    ...assignmentsOf(experiment.protocol).flatMap(({ owner, variable }) => (isOwn(owner) ? [variable] : [])),
  ];
}

const namesInAll = (part: unknown): readonly string[] => expressionsIn(part).flatMap((e) => [...namesIn(e)]);

/** Names that code between steps reads, itself or through derived variables, which it computes for itself. */
function readBetweenSteps({ equations }: Group, { model }: Context): ReadonlySet<string> {
  const all = new Set<string>();
  const open = [...namesInAll([model.operations, model.experiment.protocol])];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const derived = all.has(name) ? undefined : equations.derived.get(name);
    all.add(name);
    if (derived) open.push(...namesIn(derived.expression));
  }
  return all;
}

/** Allocates the buffers of groups. */
export function stepGroups(
  groups: readonly Group[],
  plans: readonly ProjectionPlan[],
  context: Context,
): SteppedGroup[] {
  const byOthers = accessByOthers(groups, plans, context);
  return groups.map((group) => {
    const { builder, real } = context;
    const read = byOthers.read.get(group.name) ?? new Set<string>();
    const writtenByOthers = byOthers.written.get(group.name) ?? new Set<string>();
    const code = typeCodeOf(group.type, group.equations, writtenByOthers);
    const kept = new Map<string, Storage>();
    for (const { name, type } of code.ordered) {
      const held = group.storage.get(name);
      if (held) kept.set(name, held);
      else if (code.stale.has(name) || read.has(name)) {
        const unit = group.equations.derived.get(name)?.unit ?? '1';
        const buffer = builder.buffer(
          `${group.name}.${name}`,
          elementOf(type, real),
          group.length,
          `${name} of ${group.name}, as it was computed last (${unit})`,
        );
        kept.set(name, { kind: 'array', buffer, type });
      }
    }
    const elsewhere = readElsewhere(code);
    const shown = new Map<string, Buffer>();
    for (const name of [...code.lagging].sort()) {
      const storage = group.storage.get(name);
      if (storage?.kind !== 'array' || !(read.has(name) || elsewhere.has(name))) continue;
      shown.set(
        name,
        builder.buffer(
          `${group.name}.${name}.shown`,
          storage.buffer.element,
          group.length,
          `${name} of ${group.name} as others see it`,
        ),
      );
    }
    const regimes = code.parts.flatMap((part) => part.regimes);
    const first = Math.max(
      0,
      regimes.findIndex((regime) => regime.initial),
    );
    const regime =
      regimes.length === 0
        ? null
        : builder.buffer(
            `${group.name}.regime`,
            'u8',
            group.length,
            `active regime of ${group.name}: ${regimes.map(({ name }) => name).join(', ')}`,
            {
              initial: { fill: first },
            },
          );
    const inputs = Object.keys(group.type.inputs);
    const written = new Set([...writtenByOthers, ...writtenBetweenSteps(group, context)]);
    const pendingInputs = new Set(inputs.filter((name) => written.has(name)));
    const used = new Set([...read, ...namesInAll(context.model.stimuli), ...readBetweenSteps(group, context)]);
    const keptInputs = new Set(inputs.filter((name) => used.has(name)));
    return {
      group,
      code,
      kept,
      shown,
      keptInputs,
      pendingInputs,
      regime,
      noise: steppedNoise(group, context),
      writtenByOthers,
    };
  });
}

/** Numbers of white noise, which equations add that a forward Euler step can integrate. */
function steppedNoise(group: Group, context: Context): GroupNoise {
  // Equations without noise are always accepted, and equations with many stages are too long to combine.
  const why = group.type.noise.length === 0 ? null : refusal('euler', equationsOf(group.type), true);
  if (why !== null) context.diagnostics.add(messages.methodRefused('euler', group.name, why, messages.otherTiming));
  return noiseOf(group, context);
}

/** Allocates the buffers of a projection's synapses. */
export function stepProjection(built: BuiltProjection, context: Context): SteppedProjection {
  const { plan, connectivity } = built;
  const { builder, real } = context;
  const writtenByOthers = new Set<string>();
  for (const { pathway } of plan.pathways)
    for (const name of writtenBy(pathway.do)) if (plan.equations.state.has(name)) writtenByOthers.add(name);
  const code = typeCodeOf(plan.type, plan.equations, writtenByOthers);
  const read = new Set(recordedVariables(plan.name, context.model));
  // Code of events finds derived variables as they were computed last.
  for (const { pathway } of plan.pathways)
    for (const statement of pathway.do)
      for (const e of expressionsOf(statement))
        for (const name of namesIn(e)) if (plan.equations.derived.has(name)) read.add(name);
  const keep = (name: string, type: ValueType, comment: string): Buffer => {
    const buffer = builder.buffer(`${plan.name}.${name}`, elementOf(type, real), connectivity.count, comment);
    if (typeof connectivity.count !== 'number') builder.allocate(buffer);
    return buffer;
  };
  const kept = new Map<string, Storage>();
  for (const { name, type } of code.ordered)
    if (code.stale.has(name) || read.has(name))
      kept.set(name, {
        kind: 'array',
        type,
        buffer: keep(name, type, `${name} of each synapse of ${plan.name}, as it was computed last`),
      });
  const elsewhere = readElsewhere(code);
  const shown = new Map<string, Buffer>();
  for (const name of [...code.lagging].sort()) {
    const storage = built.storage.get(name);
    if (storage?.kind === 'array' && (read.has(name) || elsewhere.has(name)))
      shown.set(name, keep(`${name}.shown`, storage.type, `${name} of each synapse of ${plan.name} as others see it`));
  }
  return { ...built, code, kept, shown, writtenByOthers };
}

/** Returns a group as recordings read it, with kept values and copies in place of the originals. */
export const recordedGroup = ({ group, kept, shown }: SteppedGroup): Group => ({
  ...group,
  storage: new Map([
    ...group.storage,
    ...kept,
    ...[...shown].map(([name, buffer]): [string, Storage] => [
      name,
      { kind: 'array', buffer, type: group.storage.get(name)?.type ?? 'real' },
    ]),
  ]),
});

/** The same of a projection. */
export const recordedProjection = (projection: SteppedProjection): BuiltProjection => ({
  ...projection,
  storage: new Map([
    ...projection.storage,
    ...projection.kept,
    ...[...projection.shown].map(([name, buffer]): [string, Storage] => [
      name,
      { kind: 'array', buffer, type: projection.storage.get(name)?.type ?? 'real' },
    ]),
  ]),
});
