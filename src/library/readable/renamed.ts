/** Variables of cells under other names, wherever a model has them. */

import type { Expression } from '../../lang/ast.js';
import { assignment, name as named } from '../../lang/build.js';
import { referenceOf, spelling } from '../../lang/reference.js';
import { longUnitName } from '../../lang/units.js';
import { mapExpression, mapStatement } from '../../lang/walk.js';
import { assignedBy, assignedKey } from '../../model/assigned.js';
import { ownNames } from '../../model/declared-names.js';
import { mapped } from '../../model/collections.js';
import { populationsOf } from '../../model/selected.js';
import { recordedVariables } from '../../model/tagged.js';
import {
  endsIn,
  namesOf,
  withExpressions,
  type Model,
  type NeuronType,
  type Part,
  type Phase,
  type Projection,
  type Recording,
  type SelectionRule,
  type Sum,
  type Value,
} from '../../model/typed.js';
import { withColumnsOf } from '../file-columns.js';

/** Names of variables of a type of neurons that the rest of a model has. */
export interface NamesOutside {
  /** Names that stay, since code reads them. */
  readonly fixed: ReadonlySet<string>;
  /** Names that may change: recorded variables, inputs, values of populations, ends of synapses. */
  readonly read: ReadonlySet<string>;
  /** Names that are only recorded. */
  readonly recorded: ReadonlySet<string>;
}

/** Returns the one type of the cells of populations; undefined for several types, or no type. */
function typeOf({ populations }: Model, names: readonly string[]): string | undefined {
  const types = new Set(names.map((name) => populations[name]?.type));
  return types.size === 1 ? [...types][0] : undefined;
}

/** Returns the types at the ends of projections, by `pre` and `post`. */
const typesAt = (model: Model, { from, to }: Projection): Readonly<Record<string, string | undefined>> => ({
  pre: typeOf(model, populationsOf(from.of)),
  post: typeOf(model, populationsOf(to.of)),
});

/** Returns the one type at an end of all projections of a synapse type; undefined for several types. */
function typesAtSynapses(model: Model, synapse: string): Readonly<Record<string, string | undefined>> {
  const all = Object.values(model.projections)
    .filter((projection) => projection.synapse === synapse)
    .map((one) => typesAt(model, one));
  const one = (end: string): string | undefined => {
    const types = new Set(all.map((types) => types[end]));
    return types.size === 1 ? [...types][0] : undefined;
  };
  return { pre: one('pre'), post: one('post') };
}

/** Returns the names of each type of neurons that the rest of a model uses. */
export function namesOutside(model: Model): ReadonlyMap<string, NamesOutside> {
  const { populations, projections, synapses, stimuli, operations, experiment, recordings } = model;
  const read = new Map<string, Set<string>>();
  const note = (type: string | undefined, name: string): void => {
    if (type !== undefined) read.set(type, (read.get(type) ?? new Set()).add(name));
  };
  const outside = [
    operations,
    experiment,
    Object.values(populations).map(({ linked, values }) => [linked, Object.values(values)]),
    Object.values(stimuli).map((stimulus) => (stimulus.kind === 'poisson' ? stimulus.weight : stimulus.value)),
    Object.values(projections).map(({ receptors }) => receptors),
  ];
  const fixed = new Set([...namesOf(outside)].map((name) => referenceOf(name).variable));
  for (const { on } of Object.values(synapses).flatMap(({ pathways }) => Object.values(pathways))) fixed.add(on.event);
  for (const { type, values } of Object.values(populations)) for (const key of Object.keys(values)) note(type, key);
  for (const one of Object.values(stimuli)) {
    const variable = one.kind === 'poisson' ? one.variable : one.input;
    const type = typeOf(model, populationsOf(one.to));
    if (type === undefined) fixed.add(variable);
    else note(type, variable);
  }
  const noteEnds = (part: unknown, types: Readonly<Record<string, string | undefined>>): void => {
    for (const { end, variable } of endsIn(part)) {
      if (types[end] === undefined) fixed.add(variable);
      else note(types[end], variable);
    }
  };
  for (const [id, type] of Object.entries(synapses)) noteEnds(type, typesAtSynapses(model, id));
  for (const projection of Object.values(projections))
    noteEnds([projection.values, projection.delays, projection.connect], typesAt(model, projection));
  const recorded = new Map<string, Set<string>>();
  for (const recording of recordings) {
    const variables = recordedVariables(recording);
    const type = recording.of.kind === 'synapses' ? undefined : typeOf(model, populationsOf(recording.of));
    for (const variable of variables) {
      if (type === undefined) fixed.add(referenceOf(variable).variable);
      else recorded.set(type, (recorded.get(type) ?? new Set()).add(variable));
    }
  }
  return new Map(
    Object.keys(model.neurons).map((type) => {
      const own = read.get(type) ?? new Set();
      const seen = recorded.get(type) ?? new Set();
      const alone = new Set([...seen].filter((name) => !own.has(name) && !fixed.has(name)));
      return [type, { fixed, read: new Set([...own, ...seen]), recorded: alone }] as const;
    }),
  );
}

/** Returns a model with other names for variables of types of neurons. */
export function withNames(model: Model, names: ReadonlyMap<string, ReadonlyMap<string, string>>): Model {
  const renamings = [...names].filter(([, own]) => own.size > 0);
  if (renamings.length === 0) return model;
  const of = (type: string | undefined): ReadonlyMap<string, string> => names.get(type ?? '') ?? new Map();
  const { populations } = model;
  const atEnds = (types: Readonly<Record<string, string | undefined>>): NameFor => {
    const own = { pre: of(types['pre']), post: of(types['post']) };
    return (name) => {
      const to = referenceOf(name);
      return to.kind === 'own' ? name : `${to.end}.${own[to.end].get(to.variable) ?? to.variable}`;
    };
  };
  const recordings = model.recordings.map((recording): Recording => {
    if (recording.kind === 'rate' || recording.variables === undefined) return recording;
    const own = of(recording.of.kind === 'synapses' ? undefined : typeOf(model, populationsOf(recording.of)));
    return { ...recording, variables: recording.variables.map((name) => own.get(name) ?? name) };
  });
  return {
    ...model,
    neurons: mapped(model.neurons, (type, id) => renamedType(type, of(id))),
    synapses: mapped(model.synapses, (type, id) => {
      const nameFor = atEnds(typesAtSynapses(model, id));
      const named = ({ to, value }: Sum): Sum => ({ to: referenceOf(nameFor(spelling(to))), value });
      const sums = { contributes: type.contributes.map(named), summed: type.summed.map(named) };
      return renamedCode({ ...type, ...sums }, nameFor);
    }),
    populations: mapped(populations, (population) => ({
      ...population,
      values: valuesOf(population.values, of(population.type)),
    })),
    projections: mapped(model.projections, (projection) => {
      const types = typesAt(model, projection);
      return {
        ...projection,
        ...renamedCode(
          { values: projection.values, delays: projection.delays, connect: projection.connect },
          atEnds(types),
        ),
        receptors: mapped(projection.receptors, (variable) => of(types['post']).get(variable) ?? variable),
      };
    }),
    operations: mapped(model.operations, (operation) => {
      const own = of(operation.on.kind === 'synapses' ? undefined : typeOf(model, populationsOf(operation.on)));
      return own.size === 0 ? operation : { ...operation, do: renamedCode(operation.do, nameBy(own)) };
    }),
    experiment: {
      ...model.experiment,
      protocol: model.experiment.protocol.map((phase) => renamedPhase(phase, of, model)),
    },
    stimuli: mapped(model.stimuli, (stimulus) => {
      const own = of(typeOf(model, populationsOf(stimulus.to)));
      return stimulus.kind === 'poisson'
        ? { ...stimulus, variable: own.get(stimulus.variable) ?? stimulus.variable }
        : { ...stimulus, input: own.get(stimulus.input) ?? stimulus.input };
    }),
    recordings,
    annotations: withColumnsOf(model, recordings),
  };
}

/** Returns values by variables that have other names, in expressions as well. */
const valuesOf = <T>(values: Readonly<Record<string, T>>, names: ReadonlyMap<string, string>): Record<string, T> =>
  names.size === 0 ? { ...values } : renamedCode(keysOf(values, names), nameBy(names));

/** Returns a step of the protocol with the other names of the variables that it sets. */
function renamedPhase(
  phase: Phase,
  of: (type: string | undefined) => ReadonlyMap<string, string>,
  model: Model,
): Phase {
  const keys = (values: Readonly<Record<string, Value>>, selection: SelectionRule | undefined): Record<string, Value> =>
    Object.fromEntries(
      Object.entries(values).map(([key, value]) => {
        const assigned = assignedBy(key);
        const { owner, variable } = assigned;
        const own = of(typeOf(model, selection === undefined ? [owner] : populationsOf(selection)));
        const renamed = assignedKey({ ...assigned, variable: own.get(variable) ?? variable });
        return [renamed, own.size > 0 ? renamedCode(value, nameBy(own)) : value];
      }),
    );
  if (phase.kind === 'set') return { ...phase, set: keys(phase.set, phase.of) };
  if (phase.kind === 'initialise') return { ...phase, initialise: keys(phase.initialise, phase.of) };
  return phase;
}

/** Another name for a name, which may be its own. */
type NameFor = (name: string) => string;

const nameBy =
  (names: ReadonlyMap<string, string>): NameFor =>
  (name) =>
    names.get(name) ?? name;

/** Returns a part of a model whose code reads and writes variables by other names. */
function renamedCode<T>(part: T, nameFor: NameFor): T {
  const put = (e: Expression): Expression =>
    mapExpression(e, (one) => (one.kind === 'name' && nameFor(one.name) !== one.name ? named(nameFor(one.name)) : one));
  return withExpressions(part, put, (statement) => {
    const made = mapStatement(statement, put);
    const target = made.kind === 'assignment' ? nameFor(made.target) : '';
    return made.kind === 'assignment' && target !== made.target ? assignment(target, made.operator, made.value) : made;
  });
}

const keysOf = <T>(map: Readonly<Record<string, T>>, names: ReadonlyMap<string, string>): Record<string, T> =>
  Object.fromEntries(Object.entries(map).map(([name, one]) => [names.get(name) ?? name, one]));

/** Returns a part of a sequence with other names in its lists. */
const renamedPart = (part: Part, nameFor: NameFor): Part =>
  mapped<readonly string[] | boolean, unknown>({ ...part }, (one) =>
    typeof one === 'boolean' ? one : one.map(nameFor),
  );

/** Returns a type with other names for its variables. */
function renamedType(type: NeuronType, names: ReadonlyMap<string, string>): NeuronType {
  if (names.size === 0) return type;
  const nameFor = nameBy(names);
  const keyed: NeuronType = {
    ...type,
    parameters: keysOf(type.parameters, names),
    state: keysOf(type.state, names),
    derived: keysOf(type.derived, names),
    derivatives: keysOf(type.derivatives, names),
    inputs: keysOf(type.inputs, names),
    events: mapped(keysOf(type.events, names), ({ refractory, ...event }) =>
      refractory ? { ...event, refractory: { ...refractory, rate: refractory.rate.map(nameFor) } } : event,
    ),
    regimes: mapped(type.regimes, (regime) => ({ ...regime, derivatives: keysOf(regime.derivatives, names) })),
  };
  const declared = ownNames(type);
  const taken = ownNames(keyed);
  return renamedCode(
    type.sequence ? { ...keyed, sequence: type.sequence.map((part) => renamedPart(part, nameFor)) } : keyed,
    (name) =>
      // A unit may have the symbol that a variable has now.
      !declared.has(name) && taken.has(name) ? (longUnitName(name) ?? name) : nameFor(name),
  );
}
