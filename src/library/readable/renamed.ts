/** Variables of cells under other names, wherever a model has them. */

import type { Expression } from '../../lang/ast.js';
import { name as named } from '../../lang/build.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { printExpression, printStatement } from '../../lang/print.js';
import { longUnitName } from '../../lang/units.js';
import { mapExpression, mapStatement } from '../../lang/walk.js';
import { ownNames } from '../../model/declared-names.js';
import { mapped } from '../../model/collections.js';
import type { Model, NeuronType, Phase, Projection, Recording, SelectionRule, Value } from '../../model/model.js';
import { populationsOf } from '../../model/selected.js';
import { isPhase, isRecording, isSelection, recordedVariables } from '../../model/tagged.js';
import { endsIn } from '../../model/typed.js';
import { typedModel } from '../../model/typed-model.js';
import { withColumnsOf } from '../file-columns.js';
import { wordsIn } from '../gather/texts.js';
import { withParts } from './texts.js';

/** Names of variables of a type of neurons that the rest of a model has. */
export interface NamesOutside {
  /** Names that stay, since code reads them. */
  readonly fixed: ReadonlySet<string>;
  /** Names that may change: recorded variables, inputs, values of populations, ends of synapses. */
  readonly read: ReadonlySet<string>;
  /** Names that are only recorded. */
  readonly recorded: ReadonlySet<string>;
}

const ends = /\b(pre|post)\.(\w+)/g;

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
  const fixed = new Set(
    wordsIn([
      operations,
      experiment,
      Object.values(populations).map(({ linked, values }) => [linked, Object.values(values)]),
      Object.values(stimuli).map((stimulus) => (stimulus.kind === 'poisson' ? stimulus.weight : stimulus.value)),
      Object.values(projections).map(({ receptors }) => receptors),
    ]),
  );
  for (const { on } of Object.values(synapses).flatMap(({ pathways }) => Object.values(pathways)))
    fixed.add(on.replace(/^(?:pre|post)\./, ''));
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
  const typed = typedModel(model);
  for (const [id, type] of Object.entries(typed.synapses)) noteEnds(type, typesAtSynapses(model, id));
  for (const [id, { values, delays, connect }] of Object.entries(typed.projections))
    noteEnds([values, delays, connect], typesAt(model, projections[id]!));
  const recorded = new Map<string, Set<string>>();
  for (const recording of recordings) {
    const variables = recordedVariables(recording);
    const type = isSelection(recording.of, 'synapses') ? undefined : typeOf(model, populationsOf(recording.of));
    for (const variable of variables) {
      if (type === undefined) fixed.add(variable.replace(/^(?:pre|post)\./, ''));
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
  const atEnds = <T>(part: T, types: Readonly<Record<string, string | undefined>>): T =>
    JSON.parse(
      JSON.stringify(part).replace(
        ends,
        (_, end: string, name: string) => `${end}.${of(types[end]).get(name) ?? name}`,
      ),
    ) as T;
  const recordings = model.recordings.map((recording): Recording => {
    if (isRecording(recording, 'rate') || recording.variables === undefined) return recording;
    const own = of(isSelection(recording.of, 'synapses') ? undefined : typeOf(model, populationsOf(recording.of)));
    return { ...recording, variables: recording.variables.map((name) => own.get(name) ?? name) };
  });
  return {
    ...model,
    neurons: mapped(model.neurons, (type, id) => renamedType(type, of(id))),
    synapses: mapped(model.synapses, (type, id) => atEnds(type, typesAtSynapses(model, id))),
    populations: mapped(populations, (population) => ({
      ...population,
      values: valuesOf(population.values, of(population.type)),
    })),
    projections: mapped(model.projections, (projection) => {
      const types = typesAt(model, projection);
      return {
        ...projection,
        ...atEnds({ values: projection.values, delays: projection.delays, connect: projection.connect }, types),
        receptors: mapped(projection.receptors, (variable) => of(types['post']).get(variable) ?? variable),
      };
    }),
    operations: mapped(model.operations, (operation) => {
      const own = of(isSelection(operation.on, 'synapses') ? undefined : typeOf(model, populationsOf(operation.on)));
      return own.size === 0
        ? operation
        : { ...operation, do: operation.do.map((text) => renamedStatements(text, own)) };
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

/** Returns values by variables that have other names, in texts as well. */
const valuesOf = <T>(values: Readonly<Record<string, T>>, names: ReadonlyMap<string, string>): Record<string, T> =>
  mapped(keysOf(values, names), (value) =>
    typeof value === 'string' && names.size > 0 ? (renamedExpression(value, names) as T & string) : value,
  );

/** Returns a step of the protocol with the other names of the variables that it sets. */
function renamedPhase(
  phase: Phase,
  of: (type: string | undefined) => ReadonlyMap<string, string>,
  model: Model,
): Phase {
  const keys = (values: Readonly<Record<string, Value>>, selection: SelectionRule | undefined): Record<string, Value> =>
    Object.fromEntries(
      Object.entries(values).map(([key, value]) => {
        // Without a selection a key is `population[1, 3].variable`.
        const population = /^\w+/.exec(key)?.[0] ?? '';
        const own = of(typeOf(model, selection === undefined ? [population] : populationsOf(selection)));
        const renamed = key.replace(/\w+$/, (variable) => own.get(variable) ?? variable);
        return [renamed, typeof value === 'string' && own.size > 0 ? renamedExpression(value, own) : value];
      }),
    );
  if (isPhase(phase, 'set')) return { ...phase, set: keys(phase.set, phase.of) };
  if (isPhase(phase, 'initialise')) return { ...phase, initialise: keys(phase.initialise, phase.of) };
  return phase;
}

const inNames =
  (names: ReadonlyMap<string, string>) =>
  (e: Expression): Expression =>
    e.kind === 'name' && names.has(e.name) ? named(names.get(e.name) ?? e.name) : e;

const renamedExpression = (text: string, names: ReadonlyMap<string, string>): string =>
  printExpression(mapExpression(parseExpression(text), inNames(names)));

const renamedStatements = (text: string, names: ReadonlyMap<string, string>): string =>
  withTargets(
    parseStatements(text)
      .map((statement) => printStatement(mapStatement(statement, (e) => mapExpression(e, inNames(names)))))
      .join('; '),
    (name) => names.get(name) ?? name,
  );

const keysOf = <T>(map: Readonly<Record<string, T>>, names: ReadonlyMap<string, string>): Record<string, T> =>
  Object.fromEntries(Object.entries(map).map(([name, one]) => [names.get(name) ?? name, one]));

/** Returns a type with other names for its variables. */
function renamedType(type: NeuronType, names: ReadonlyMap<string, string>): NeuronType {
  if (names.size === 0) return type;
  const key = (name: string): string => names.get(name) ?? name;
  const keyed: NeuronType = {
    ...type,
    parameters: keysOf(type.parameters, names),
    state: keysOf(type.state, names),
    derived: keysOf(type.derived, names),
    derivatives: keysOf(type.derivatives, names),
    inputs: keysOf(type.inputs, names),
    events: keysOf(type.events, names),
  };
  const declared = ownNames(type);
  const taken = ownNames(keyed);
  const text = withParts(keyed, (e) => {
    if (e.kind !== 'name') return e;
    if (names.has(e.name)) return named(key(e.name));
    // A unit with a symbol that a variable has now.
    const isUnit = !declared.has(e.name) && taken.has(e.name);
    return isUnit ? named(longUnitName(e.name) ?? e.name) : e;
  });
  const walk = (value: unknown, member: string): unknown => {
    if (Array.isArray(value))
      return value.map((one: unknown) => {
        if (typeof one !== 'string') return walk(one, member);
        return member === 'do' || member === 'onEntry' ? withTargets(one, key) : key(one);
      });
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([own, one]) => [own, walk(one, own)]));
    return value;
  };
  return {
    ...text,
    events: walk(text.events, '') as NeuronType['events'],
    regimes: walk(text.regimes, '') as NeuronType['regimes'],
    ...(text.sequence === undefined ? {} : { sequence: walk(text.sequence, '') as NeuronType['sequence'] & object }),
  };
}

/** Returns statements that assign to other names. */
const withTargets = (text: string, key: (name: string) => string): string =>
  parseStatements(text)
    .map((statement) =>
      printStatement(statement.kind === 'assignment' ? { ...statement, target: key(statement.target) } : statement),
    )
    .join('; ');
