/** Currents of a model as current sources of PyNN. */

import { child } from '../../../src/model/pointer.js';
import { populationsOf } from '../../../src/model/selected.js';
import { recordedVariables } from '../../../src/model/tagged.js';
import { contentOf, type Model, type Stimulus } from '../../../src/model/typed.js';
import type { CurrentSource } from '../specification.generated.js';
import { placeOnCells } from './compartments.js';
import { typeOfSelection, type ExportContext } from './context.js';
import { currentSources } from './currents.js';
import { runsHere } from './native.js';

/**
 * Returns the current sources. Stimuli with one value, named after the first of them, are one source for several
 * targets.
 */
export function sourcesOf(context: ExportContext): readonly CurrentSource[] {
  const { model, report, natives } = context;
  const recorded = recordedCurrents(model);
  const groups: {
    readonly name: string;
    readonly stimulus: Stimulus;
    readonly into: string[];
    readonly names: string[];
  }[] = [];
  for (const [name, stimulus] of Object.entries(model.stimuli)) {
    const own = populationsOf(stimulus.to).some((population) => {
      const { type } = model.populations[population] ?? {};
      return type !== undefined && context.cells.get(type)?.native === true;
    });
    if (natives !== undefined && (own || stimulus.kind === 'poisson' || !stimulus.attached)) {
      nativeStimulus(context, name);
      continue;
    }
    const shape = natives === undefined || stimulus.kind !== 'current' ? [] : shapeOf(context, stimulus);
    if (natives !== undefined && shape === undefined) {
      nativeStimulus(context, name);
      continue;
    }
    const last = groups.at(-1);
    const target = context.targets.of(stimulus.to);
    if (
      last !== undefined &&
      name === `${last.name}_${last.names.length + 1}` &&
      sameCurrent(last.stimulus, stimulus)
    ) {
      last.names.push(name);
      // Cells of one sample from several populations have a stimulus for each population.
      last.into.push(...(last.into.includes(target) ? [] : [target]));
    } else groups.push({ name, stimulus, into: [target], names: [name] });
  }
  return groups.flatMap(({ name, stimulus, into, names }): CurrentSource[] => {
    const pointer = child('/stimuli', name);
    if (stimulus.kind !== 'current' || !stimulus.attached) {
      report.missing(pointer, 'PyNN has current sources that are injected from the start, and no other stimuli');
      return [];
    }
    const sources = shapeOf(context, stimulus);
    if (sources === undefined) {
      report.missing(pointer, 'PyNN has no current source of this shape');
      return [];
    }
    if (stimulus.shared !== true && sources.some(({ type }) => type === 'NoisyCurrentSource'))
      report.different(
        'pynn/shared-noise',
        pointer,
        'each cell has its own noise, whereas a PyNN source gives all of them the same',
      );
    if (stimulus.places !== undefined) {
      report.missing(pointer, 'a place for each cell; a current source of PyNN has one for all');
      return [];
    }
    const label = context.label(name);
    const location = placeOnCells(context, typeOfSelection(context, stimulus.to), stimulus);
    if (sources.length > 0) for (const one of names) report.wrote(child('/stimuli', one));
    return sources.map((source, k) => ({
      label: k === 0 ? label : `${label} ${k + 1}`,
      ...source,
      inject_into: into,
      ...(location === undefined ? {} : { location }),
      ...(recorded.has(name) ? { record: true } : {}),
    }));
  });
}

/** Writes a stimulus that only interneuron's backend has. */
function nativeStimulus({ natives, report }: ExportContext, name: string): void {
  natives?.add('stimuli', name);
  report.wrote(child('/stimuli', name));
  report.convention('pynn/native', child('/stimuli', name), runsHere);
}

/** Returns PyNN's sources of a current; undefined if it has no source of the shape. */
const shapeOf = (
  { model }: ExportContext,
  { value, every }: Extract<Stimulus, { readonly kind: 'current' }>,
): ReturnType<typeof currentSources> => currentSources(value, every ?? model.experiment.dt);

/** Returns the stimuli with recorded currents. */
const recordedCurrents = ({ recordings, stimuli }: Model): ReadonlySet<string> =>
  new Set(recordings.flatMap(recordedVariables).filter((name) => Object.hasOwn(stimuli, name)));

function sameCurrent(a: Stimulus, b: Stimulus): boolean {
  const { to: _, ...first } = a;
  const { to: __, ...second } = b;
  return contentOf(first) === contentOf(second);
}
