/**
 * From a Brian-like specification to a document of the canonical model.
 *
 *   1. shape       the document fits its schema; features of Brian that are not supported are rejected by name
 *   2. declare     constants, timed arrays, groups and synapses: the set of names
 *   3. translate   equations and code in canonical names, with notes of variables that code writes and constants that
 *                  it reads
 *   4. emit        types, populations, projections with values; a parameter that code writes is state
 *   5. settle      the plain document, with places in the user's text for every part of it
 */

import { referenceOf, sideOf } from '../../src/lang/reference.js';
import { withMethodOptions } from './method-options.js';
import { second } from '../../src/lang/dimension.js';
import type { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import { type Diagnostic, type Finding } from '../../src/diagnostics/diagnostic.js';
import type { Positions } from '../../src/diagnostics/positions.js';
import { ownMistakes } from '../../src/model/schema/follow-on.js';
import { child } from '../../src/model/pointer.js';
import { emptyNamespace, readNamespace, withConstants } from './constants.js';
import type { Namespace } from './terms.js';
import { reporter, type Reporter } from './context.js';
import { placesOfDendrites, withDendrites } from './morphology/dendrites.js';
import { readFunctions } from './functions.js';
import { type Group, type SynapseGroup } from './group.js';
import { unnamed } from '../shared/documentation.js';
import { keptSeed, located, settle, type Located, type Settled } from '../shared/located.js';
import * as messages from './messages.js';
import { translateMonitors } from './monitors.js';
import { declareNeuronGroup, translateNeuronGroup, type Setting, type Translation } from './neuron-groups.js';
import { translateOperations, translatePoissonInput } from './operations.js';
import { changedConstants, translateLateInitializers, translateProtocol } from './protocol.js';
import { checkShape } from './shape.js';
import {
  declarePoissonGroup,
  declareSpikeGenerator,
  translatePoissonGroup,
  translateSpikeGenerator,
} from './sources.js';
import { declareSpatialNeuron } from './morphology/spatial-neurons.js';
import type { BrianSpecification, Synapses } from './specification.generated.js';
import { namedSections } from './vocabulary.js';
import { declareSynapses, translateSynapses, type SynapsesTranslation } from './synapses.js';
import { translateTimedArray, type TranslatedTable } from './timed-arrays.js';
import { readNumber } from './values.js';
import { defaultClock } from './vocabulary.js';

/** Brian's default time step, in s. */
const usualStep = 1e-4;

/** A document for `normalise`, and the remarks on a document without errors. */
export interface ImportedBrian extends Settled {
  /** Called after all texts given from outside have been read, because it reports constants that no text reads. */
  remarks(): readonly Diagnostic[];
  /**
   * Returns a text given from outside with values in place of the constants that it reads, which the canonical document
   * does not have.
   *
   * @param owner  name of the object that has the variable; absent: no object
   * @param warn  receives warnings of names that could be taken for units
   */
  given(text: string, owner: string | undefined, warn: (finding: Finding) => void): string;
}

/**
 * Imports a Brian-like specification.
 *
 * @param value      the document as read (`readDocument`), expected to hold `format: interneuron/brian`
 * @param positions  places of its nodes
 * @param readFile  reads a file in the folder of the specification
 * @param onBroken  receives the readable parts of a document with errors
 * @returns a document for `normalise` with places in the user's text of all its nodes, or null when errors were
 * reported
 * @diagnostic brian/* and lang/* as listed in `messages.ts` and `src/lang/messages.ts`
 * @source Brian 2.10 documentation; covered features are listed in README.md of this folder
 */
export function importBrian(
  value: unknown,
  positions: Positions,
  diagnostics: Diagnostics,
  readFile: Setting['readFile'] = () => ({ refused: 'there is no folder from which to read files' }),
  onBroken?: (rest: Settled) => void,
): ImportedBrian | null {
  const shape = checkShape(value, positions, diagnostics);
  if (shape === undefined) return null;
  const own = diagnostics.beside();
  const places = placesOfDendrites(positions, shape.specification);
  const { document, namespaces, given } = translateSpecification(shape.specification, reporter(places, own), readFile);
  diagnostics.addAll(shape.whole ? own.list : ownMistakes(own.list, shape.touched, value));
  if (!shape.whole || own.hasErrors) {
    onBroken?.(settle(document, places));
    return null;
  }
  const remarks = (): readonly Diagnostic[] => {
    const hidden = new Set(
      diagnostics.list.filter(({ code }) => code === 'brian/constant-hidden').map(({ found }) => found),
    );
    return namespaces
      .flatMap((namespace) => [...namespace.unread()])
      .filter(([name]) => !hidden.has(name))
      .map(([name, pointer]): Diagnostic => ({
        severity: 'note',
        ...messages.unreadConstant(name),
        place: places.keyPlace?.(pointer) ?? places.place(pointer),
      }));
  };
  return { ...settle(document, places), remarks, given };
}

interface Translated {
  readonly document: Record<string, unknown>;
  readonly namespaces: readonly Namespace[];
  readonly given: ImportedBrian['given'];
}

function translateSpecification(written: BrianSpecification, to: Reporter, readFile: Setting['readFile']): Translated {
  checkNames(written, to);
  const namespace = readNamespace(written.namespace, '/namespace', emptyNamespace, to, changedConstants(written));
  const dt = readTimeStep(written, to, namespace);
  const specification = withDendrites(written, { namespace, dt, to });
  const tables = translateTables(specification, namespace, to);
  const steps = ownSteps(specification, namespace);
  const setting: Setting = {
    namespace,
    to,
    dt,
    step: commonStep([dt, ...steps]),
    hasClocks: steps.length > 0,
    readFile,
    tables: readFunctions(specification, new Map([...tables].map(([key, { shape }]) => [key, shape])), to),
  };

  const groups = declareGroups(specification, setting);
  const synapses = declareAllSynapses(specification, groups, setting);

  const groupTranslations = translateGroups(specification, groups, setting);
  const synapsesTranslations = new Map(
    [...synapses].map(([key, one]) => [
      key,
      translateSynapses(one, specification.synapses?.[key] ?? { source: '' }, setting),
    ]),
  );
  checkSums(synapses, synapsesTranslations, to);
  const operations = translateAllOperations(specification, groups, synapses, setting);
  const stimuli = translateInputs(specification, groups, setting);
  const recordings = translateMonitors(specification, { groups, synapses }, setting);

  const finished = new Map([...groupTranslations].map(([key, translation]) => [key, translation.finish()]));
  const connected = new Map([...synapsesTranslations].map(([key, translation]) => [key, translation.finish()]));
  const switches = { monitors: new Set(monitorNames(specification)), inputs: new Set(stimuli.keys()) };
  const protocol = [
    ...[...synapses].flatMap(([key, owner]) =>
      translateLateInitializers(connected.get(key)?.late ?? [], owner, setting),
    ),
    ...translateProtocol(specification, { groups, synapses }, switches, setting),
  ];
  const document = {
    interneuron: 1,
    name: specification.name ?? specification.title ?? unnamed,
    metadata: metadata(specification),
    neurons: collect(finished, ({ type }) => type),
    synapses: collect(connected, ({ type }) => type),
    tables: collect(tables, ({ table }) => table),
    populations: collect(finished, ({ population }) => population),
    projections: collect(connected, ({ projection }) => projection),
    stimuli: Object.fromEntries(stimuli),
    operations: Object.fromEntries(operations),
    clocks: {
      ...(setting.step !== dt && clocked(specification).some((one) => one.dt === undefined)
        ? { [defaultClock]: { dt } }
        : {}),
      ...collect(finished, ({ clock }) => clock),
      ...collect(connected, ({ clock }) => clock),
    },
    recordings,
    timing: 'brian',
    experiment: {
      dt: located(setting.step, '/dt'),
      seed: located(keptSeed(specification.seed ?? 0), '/seed'),
      protocol,
    },
    ...annotations(specification),
  };
  const owners = [...groups.values(), ...synapses.values()];
  const given: ImportedBrian['given'] = (text, name, warn) => {
    const owner = owners.find((one) => one.name === name);
    const isOwn = (key: string): boolean => owner?.variables.has(key) === true || owner?.used.has(key) === true;
    const report = (finding: Finding): void => {
      if (finding.severity === 'warning') warn(finding);
    };
    return withConstants(text, owner?.namespace ?? namespace, isOwn, { report });
  };
  return { document, namespaces: [namespace, ...new Set(owners.map((owner) => owner.namespace))], given };
}

function collect<T>(map: ReadonlyMap<string, T>, part: (item: T) => Located | undefined): Record<string, Located> {
  return Object.fromEntries(
    [...map].flatMap(([key, item]) => {
      const value = part(item);
      return value === undefined ? [] : [[key, value] as const];
    }),
  );
}

/** Returns annotations for data outside the model: notes, and options of integration methods. */
function annotations(specification: BrianSpecification): { readonly annotations?: Readonly<Record<string, unknown>> } {
  const { annotations: notes, source, neuron_groups, spatial_neurons, synapses } = specification;
  const options = Object.entries({ ...neuron_groups, ...spatial_neurons, ...synapses }).flatMap(
    ([name, { method_options: own }]) => (own === undefined ? [] : [[name, own] as const]),
  );
  if (notes === undefined && source === undefined && options.length === 0) return {};
  return {
    annotations: {
      ...notes,
      ...(source === undefined ? {} : { source }),
      ...(options.length === 0 ? {} : withMethodOptions(notes, Object.fromEntries(options))),
    },
  };
}

function metadata(specification: BrianSpecification): Record<string, unknown> {
  const { title, description, authors, licence, doi, species, region, terms } = specification;
  return { title, description, authors, licence, doi, species, region, terms };
}

function readTimeStep(specification: BrianSpecification, to: Reporter, namespace: Setting['namespace']): number {
  if (specification.dt === undefined) return usualStep;
  const dt = readNumber(specification.dt, '/dt', { name: 'dt', dimension: second, type: 'real' }, namespace, to);
  if (dt === undefined) return usualStep;
  if (dt > 0) return dt;
  to.report(messages.outOfRange('dt', 'a time above 0', specification.dt), '/dt');
  return usualStep;
}

/** Returns groups and synapses, which have their own time step or the default clock's. */
const clocked = (specification: BrianSpecification): readonly { readonly dt?: string | number }[] => {
  const { neuron_groups, spatial_neurons, poisson_groups, spike_generators, synapses } = specification;
  return [neuron_groups, spatial_neurons, poisson_groups, spike_generators, synapses].flatMap((section) =>
    Object.values<{ readonly dt?: string | number }>(section ?? {}),
  );
};

/** Returns the time steps of objects with their own, in s. Errors in them are reported elsewhere. */
const ownSteps = (specification: BrianSpecification, namespace: Setting['namespace']): readonly number[] =>
  clocked(specification).flatMap(({ dt }) => {
    const slot = { name: 'dt', dimension: second, type: 'real' } as const;
    const step = dt === undefined ? undefined : readNumber(dt, '', slot, namespace, { report: () => undefined });
    return step !== undefined && step > 0 ? [step] : [];
  });

/**
 * Time steps are multiples of the grain (s). A common divisor below a thousandth of the first step cannot be intended.
 */
const [grain, finest] = [1e-12, 1e-3];

/** Returns the greatest common divisor of time steps (s), or the first step if there is no common divisor. */
function commonStep(steps: readonly number[]): number {
  const [first = usualStep] = steps;
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  const common = steps.map((step) => Math.round(step / grain)).reduce(divisor) * grain;
  if (common < finest * first) return first;
  return steps.find((step) => Math.abs(step - common) <= 1e-6 * common) ?? Number(common.toPrecision(12));
}

// --- Names ----------------------------------------------------------------------------------------------------------

const monitorNames = (specification: BrianSpecification): string[] =>
  [
    specification.spike_monitors,
    specification.event_monitors,
    specification.state_monitors,
    specification.population_rate_monitors,
  ].flatMap((map) => Object.keys(map ?? {}));

/** Objects of one network need different names, as in Brian. */
function checkNames(specification: BrianSpecification, to: Reporter): void {
  const seen = new Map<string, string>();
  for (const section of namedSections) {
    for (const key of Object.keys(specification[section] ?? {})) {
      const pointer = child(child('', section), key);
      if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(key)) to.report(messages.notAnIdentifier(key), pointer);
      const other = seen.get(key);
      if (other !== undefined) to.report(messages.duplicateName(key, `an object in ${other}`), pointer);
      seen.set(key, section);
    }
  }
}

// --- Declarations ---------------------------------------------------------------------------------------------------

function translateTables(
  specification: BrianSpecification,
  namespace: Setting['namespace'],
  to: Reporter,
): ReadonlyMap<string, TranslatedTable> {
  return new Map(
    Object.entries(specification.timed_arrays ?? {}).map(([key, array]) => [
      key,
      translateTimedArray(key, array, child('/timed_arrays', key), namespace, to),
    ]),
  );
}

function declareGroups(specification: BrianSpecification, setting: Setting): ReadonlyMap<string, Group> {
  const declared = <T>(
    section: string,
    map: Readonly<Record<string, T>> | undefined,
    declare: (key: string, item: T, pointer: string, setting: Setting) => Group,
  ): (readonly [string, Group])[] =>
    Object.entries(map ?? {}).map(
      ([key, item]) => [key, declare(key, item, child(child('', section), key), setting)] as const,
    );
  return new Map([
    ...declared('neuron_groups', specification.neuron_groups, declareNeuronGroup),
    ...declared('spatial_neurons', specification.spatial_neurons, (key, item, pointer, given) =>
      declareSpatialNeuron(key, item, pointer, given, specification),
    ),
    ...declared('poisson_groups', specification.poisson_groups, declarePoissonGroup),
    ...declared('spike_generators', specification.spike_generators, declareSpikeGenerator),
  ]);
}

function declareAllSynapses(
  specification: BrianSpecification,
  groups: ReadonlyMap<string, Group>,
  setting: Setting,
): ReadonlyMap<string, SynapseGroup> {
  const declared = new Map<string, SynapseGroup>();
  const begun = new Set<string>();
  const all = specification.synapses ?? {};
  // Synapses that are ends of others come first. In a cycle, one of them does not find its end.
  const declare = (key: string, item: Synapses): void => {
    if (begun.has(key)) return;
    begun.add(key);
    for (const end of [item.source, item.target ?? '']) {
      const other = Object.hasOwn(all, end.trim()) ? all[end.trim()] : undefined;
      if (other) declare(end.trim(), other);
    }
    const synapses = declareSynapses(key, item, child('/synapses', key), groups, declared, setting);
    if (synapses !== undefined) declared.set(key, synapses);
  };
  for (const [key, item] of Object.entries(all)) declare(key, item);
  return declared;
}

// --- Code -----------------------------------------------------------------------------------------------------------

function translateGroups(
  specification: BrianSpecification,
  groups: ReadonlyMap<string, Group>,
  setting: Setting,
): ReadonlyMap<string, Translation> {
  const translated = new Map<string, Translation>();
  for (const [key, group] of groups) {
    const neurons = specification.neuron_groups?.[key] ?? specification.spatial_neurons?.[key];
    const poisson = specification.poisson_groups?.[key];
    const generator = specification.spike_generators?.[key];
    if (group.kind === 'neuron' && neurons !== undefined)
      translated.set(key, translateNeuronGroup(group, neurons, groups, setting));
    if (group.kind === 'poisson' && poisson !== undefined)
      translated.set(key, translatePoissonGroup(group, poisson, setting));
    if (group.kind === 'generator' && generator !== undefined)
      translated.set(key, translateSpikeGenerator(group, generator, setting));
  }
  return translated;
}

/** Checks that two Synapses do not sum into one variable, unless they sum into different neurons of it. */
function checkSums(
  synapses: ReadonlyMap<string, SynapseGroup>,
  translations: ReadonlyMap<string, SynapsesTranslation>,
  to: Reporter,
): void {
  const taken: { readonly key: string; readonly by: string; readonly range: readonly [number, number] }[] = [];
  for (const [name, { summed }] of translations) {
    const owner = synapses.get(name);
    if (owner === undefined) continue;
    for (const { variable, at } of summed) {
      const end = sideOf(variable) === 'pre' ? owner.source : owner.target;
      const key = `${end.group.name}.${referenceOf(variable).variable}`;
      const range = end.slice ?? ([0, end.group.size] as const);
      const other = taken.find((one) => one.key === key && one.range[0] < range[1] && range[0] < one.range[1]);
      if (other !== undefined) to.report(messages.summedTwice(key, other.by), at.pointer, at.nameSpan);
      taken.push({ key, by: name, range });
    }
  }
}

function translateAllOperations(
  specification: BrianSpecification,
  groups: ReadonlyMap<string, Group>,
  synapses: ReadonlyMap<string, SynapseGroup>,
  setting: Setting,
): ReadonlyMap<string, Located> {
  const all = new Map<string, Located>();
  for (const owner of [...groups.values(), ...synapses.values()]) {
    const list =
      specification.neuron_groups?.[owner.name]?.run_regularly ??
      specification.spatial_neurons?.[owner.name]?.run_regularly ??
      specification.poisson_groups?.[owner.name]?.run_regularly ??
      specification.synapses?.[owner.name]?.run_regularly;
    for (const [key, operation] of translateOperations(list, owner, setting)) {
      if (all.has(key))
        setting.to.report(messages.duplicateName(key, 'another operation'), child(owner.pointer, 'run_regularly'));
      all.set(key, operation);
    }
  }
  return all;
}

function translateInputs(
  specification: BrianSpecification,
  groups: ReadonlyMap<string, Group>,
  setting: Setting,
): ReadonlyMap<string, Located> {
  const stimuli = new Map<string, Located>();
  for (const [key, input] of Object.entries(specification.poisson_inputs ?? {})) {
    const stimulus = translatePoissonInput(input, child('/poisson_inputs', key), groups, setting);
    if (stimulus !== undefined) stimuli.set(key, stimulus);
  }
  return stimuli;
}
