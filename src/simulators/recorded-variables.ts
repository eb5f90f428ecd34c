/** Recorded variables of a model, with the variables that they became in a conversion. */

import { itemAt } from '../diagnostics/entry.js';
import type { Dimension } from '../lang/ast.js';
import { equalDimensions } from '../lang/dimension.js';
import { parseUnit } from '../lang/units.js';
import type { Model, NeuronType, Recording, SelectionRule, SynapseType, ValidModel } from '../model/model.js';
import { unchanged, type Became, type Variable, type VariableAfter } from '../model/rewriting/became.js';
import { ownerOf, recordedElements, type VariableRecording } from '../model/rewriting/recorded-variables.js';
import { selectionSize } from '../model/selected.js';
import { isRecording, isSelection } from '../model/tagged.js';
import { isNeuronType } from '../model/typed.js';

/** A variable of some elements of a population or projection. */
export interface Sampled {
  readonly population: string;
  readonly variable: string;
  readonly cells: number;
  /** Its size after conversion relative to before; absent: 1. */
  readonly factor?: number;
  /** Its name after conversion, if another. */
  readonly there?: string;
  /** Cells of a population after conversion, if of another name. */
  readonly part?: { readonly population: string; readonly indices: readonly number[] };
  /** The recording of the model that it is of, and its elements there. */
  readonly of: { readonly recording: string; readonly elements: readonly number[] };
  /** Its dimension after conversion; absent: not stated. */
  readonly dimension?: Dimension;
}

/** Variables that are recorded in both, and variables that are not. */
interface Comparable {
  readonly recordings: readonly Recording[];
  /** The same for the model after conversion. */
  readonly ofTarget: readonly Recording[];
  /** Population, variable and cells of each, by its name. */
  readonly sampled: ReadonlyMap<string, Sampled>;
  /** `population.variable`, with its place, of recorded variables that the conversion lacks. */
  readonly absent: readonly string[];
}

/** Place of a recording on cells with compartments; without a section, the spike-detection site. */
type PlaceOnCells = Pick<Variable, 'section' | 'fraction'>;

/** Returns a variable with its place on the cells, for messages. */
export const shown = (variable: string, { section, fraction }: PlaceOnCells): string =>
  section === undefined ? variable : `${variable} at ${section}${fraction === undefined ? '' : ` ${fraction}`}`;

const placeOf = ({ section, fraction }: PlaceOnCells): PlaceOnCells => ({
  ...(section === undefined ? {} : { section }),
  ...(fraction === undefined ? {} : { fraction }),
});

/** Of so many cells at most are samples compared. */
const mostCells = 100;
/** Of so many samples of each variable at most, in memory, and in the text that a simulator writes. */
export const mostSamples = { inMemory: 5e6, inText: 5e5 };

/**
 * Returns recordings of the variables that the source records, in both models.
 *
 * @param seconds  that are simulated
 * @param options.most    samples of one variable; Infinity: all samples of the recorded elements
 * @param options.became  statement on the parts of the source in the conversion; absent: they keep their names
 */
export function comparableVariables(
  source: ValidModel,
  target: ValidModel,
  seconds: number,
  { most = mostSamples.inMemory, became = unchanged }: { readonly most?: number; readonly became?: Became } = {},
): Comparable {
  const recordings: Recording[] = [];
  const ofTarget: Recording[] = [];
  const sampled = new Map<string, Sampled>();
  const absent = new Set<string>();
  const seen = new Set<string>();
  for (const recording of source.model.recordings) {
    if (!isRecording(recording, 'variables')) continue;
    const owner = ownerOf(recording);
    if (owner === undefined) continue;
    const { every = 0 } = recording;
    const place = placeOf(recording);
    const interval = Math.min(...[source, target].map(({ model }) => Math.max(model.experiment.dt, every)));
    const limit = most === Infinity ? most : Math.min(mostCells, Math.max(1, Math.floor((most * interval) / seconds)));
    const isWhole = most < Infinity && became.population(owner, 0)?.population === owner;
    const elements = comparedElements(recording, source, isWhole).slice(0, limit);
    for (const variable of recording.variables) {
      const key = JSON.stringify([owner, variable, place, elements]);
      if (seen.has(key)) continue;
      seen.add(key);
      const groups = new Map<string, { readonly element: number; readonly after: VariableAfter }[]>();
      for (const element of elements) {
        const own = { owner, name: variable, ...(element === wholeProjection ? {} : { element }), ...place };
        const after = became.variable(own);
        if (after === undefined || !hasSame([source.model, own], [target.model, after])) {
          absent.add(`${owner}.${shown(variable, place)}`);
          continue;
        }
        const { element: _, ...shared } = after;
        const group = JSON.stringify(shared);
        groups.set(group, [...(groups.get(group) ?? []), { element, after }]);
      }
      for (const group of groups.values()) {
        const { after } = itemAt(group, 0);
        const own = group.map(({ element }) => element);
        const there = group.map(({ after: { element = wholeProjection } }) => element);
        const isSame = after.owner === owner && own.every((element, k) => element === there[k]);
        const isWholeProjection = own[0] === wholeProjection;
        const of = selected(recording, own);
        const ofAfter = isSame
          ? of
          : isWholeProjection
            ? recordingOf(target.model, after)?.of
            : selected(recording, there, after.owner);
        if (ofAfter === undefined) {
          absent.add(`${owner}.${shown(variable, place)}`);
          continue;
        }
        const name = nameOf(recording, recordings.length);
        const common = { ...(every === 0 ? {} : { every }), name };
        recordings.push({ of, variables: [variable], ...place, ...common });
        ofTarget.push({
          of: ofAfter,
          variables: [after.name],
          ...placeOf(after),
          ...momentOf(target.model, after),
          ...common,
        });
        const isElsewhere = after.owner !== owner || there.some((element, k) => element !== k);
        sampled.set(name, {
          population: owner,
          variable,
          cells: isWholeProjection ? pairsOf(recording, source) : group.length,
          there: after.name,
          ...(after.factor === undefined ? {} : { factor: after.factor }),
          ...(isElsewhere && !isWholeProjection ? { part: { population: after.owner, indices: there } } : {}),
          of: { recording: recording.name, elements: own },
          ...dimensionOf(unitOf(target.model, after)),
        });
      }
    }
  }
  return { recordings, ofTarget, sampled, absent: [...absent] };
}

/** Stands for all synapses of a projection: their number is not known before they are drawn. */
const wholeProjection = -1;

/** Returns a selection of elements of the owner of a recording, or of a population. */
function selected(recording: VariableRecording, indices: readonly number[], population?: string): SelectionRule {
  const { of } = recording;
  if (population === undefined && isSelection(of, 'synapses'))
    return indices[0] === wholeProjection ? of : { projection: of.projection, indices };
  const owner = population ?? ownerOf(recording) ?? '';
  return indices.every((element, k) => element === k)
    ? { population: owner, slice: [0, indices.length, 1] }
    : { population: owner, indices };
}

/** Returns the number of pairs of cells of a projection. */
function pairsOf(recording: VariableRecording, { model, data }: ValidModel): number {
  const { from, to } = model.projections[ownerOf(recording) ?? ''] ?? {};
  const { populations } = model;
  return from && to ? selectionSize(from.of, populations, data) * selectionSize(to.of, populations, data) : 0;
}

/**
 * Returns the elements whose samples are compared: the first cells of a population without compartments, else the
 * recorded ones.
 *
 * @param isWhole  whether the population stays one
 */
function comparedElements(recording: VariableRecording, source: ValidModel, isWhole: boolean): readonly number[] {
  const { populations, neurons } = source.model;
  const { type, size = 0 } = populations[ownerOf(recording) ?? ''] ?? {};
  const { compartments, cable } = neurons[type ?? ''] ?? {};
  const recorded = recordedElements(recording, source);
  if (isSelection(recording.of, 'synapses')) return recorded ?? [wholeProjection];
  return recorded && !(isWhole && !compartments && !cable) ? recorded : Array.from({ length: size }, (_, k) => k);
}

/** Returns the model's recording of a variable, or undefined. */
const recordingOf = ({ recordings }: Model, { owner, name }: Variable): VariableRecording | undefined =>
  recordings.find(
    (recording): recording is VariableRecording =>
      isRecording(recording, 'variables') && ownerOf(recording) === owner && recording.variables.includes(name),
  );

/** Returns the moment in a step at which a variable is recorded, if that is not the usual one. */
function momentOf(model: Model, variable: Variable): Pick<VariableRecording, 'slot' | 'order'> {
  const { slot, order } = recordingOf(model, variable) ?? {};
  return { ...(slot === undefined ? {} : { slot }), ...(order === undefined ? {} : { order }) };
}

/**
 * Returns the name of a check's recording. If names decide the order, samples are taken at the same moment as the
 * recording's.
 */
const nameOf = ({ name }: VariableRecording, number: number): string => `${name}_check_${number}`;

/** Returns the type of the elements of a population or projection. */
const typeOf = (
  { neurons, populations, synapses, projections }: Model,
  owner: string,
): NeuronType | SynapseType | undefined =>
  neurons[populations[owner]?.type ?? ''] ?? synapses[projections[owner]?.synapse ?? ''];

/** Returns the unit of a variable; null if its owner does not have it, undefined if the unit is not stated. */
function unitOf(model: Model, { owner, name, section }: Variable): string | null | undefined {
  const type = typeOf(model, owner);
  if (type === undefined) return null;
  if (isNeuronType(type) && type.compartments) return hasOnSection(type, name, section) ? undefined : null;
  const { parameters, state, derived } = type;
  const found = state[name] ?? derived[name] ?? parameters[name];
  return section === undefined && found ? found.unit : null;
}

const dimensionOf = (unit: string | null | undefined): Pick<Sampled, 'dimension'> =>
  typeof unit === 'string' ? { dimension: parseUnit(unit).dimension } : {};

/** Checks whether a conversion has a variable in the stated form, with the dimension that it had. */
function hasSame([source, own]: readonly [Model, Variable], [target, after]: readonly [Model, VariableAfter]): boolean {
  const [before, there] = [unitOf(source, own), unitOf(target, after)];
  // The current of a stimulus is recorded by the stimulus's name, also where a generator's population became one.
  const isCurrent =
    (before === null && Object.hasOwn(source.stimuli, own.name)) ||
    (there === null && Object.hasOwn(target.stimuli, after.name));
  if (isCurrent) return !!recordingOf(target, after);
  if (there === null) return false;
  // Another name or size is stated, and so is its meaning.
  const isStated = after.name !== own.name || after.factor !== undefined;
  if (before === null || before === undefined || there === undefined || isStated) return true;
  return equalDimensions(parseUnit(before).dimension, parseUnit(there).dimension);
}

/** Checks whether cells with compartments have a variable on a section. */
function hasOnSection({ compartments, events }: NeuronType, variable: string, section?: string): boolean {
  if (!compartments) return false;
  const { sections, groups, mechanisms } = compartments;
  const root = Object.keys(sections).find((name) => sections[name]?.parent === undefined);
  const place = section ?? events['spike']?.section ?? root ?? '';
  if (!Object.hasOwn(sections, place)) return false;
  const [owner = '', own = ''] = variable.split('.');
  return (
    variable === 'v' ||
    Object.entries(mechanisms).some(([name, { on, parameters, state, derived, writes }]) => {
      const isThere = on?.some((target) => target === place || groups[target]?.includes(place)) ?? true;
      const has = name === owner && [parameters, state, derived].some((map) => Object.hasOwn(map, own));
      return isThere && (has || Object.hasOwn(writes, variable));
    })
  );
}
