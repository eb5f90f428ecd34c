/** Parts of a model that a conversion loses without a reason: they are reported as left out, whoever drops them. */

import type { ConversionReport } from '../conversion-report.js';
import { sectionsOn } from '../compartment-tree.js';
import type { Compartments, Form, Model, SelectionRule } from '../model.js';
import { child, segments } from '../pointer.js';
import { populationsOf } from '../selected.js';
import { isSelection } from '../tagged.js';
import type { Became } from './became.js';

/** A part of a model that acts in a run, and the parts without which it does not. */
interface ActingPart {
  readonly pointer: string;
  readonly needs: readonly string[];
}

/** Returns the pointer of a mechanism of a neuron type. */
export const mechanismAt = (type: string, mechanism: string): string =>
  child(`${child('/neurons', type)}/compartments/mechanisms`, mechanism);

/** Returns the mechanisms that are on a section. */
const placedMechanisms = <F extends Form>(compartments: Compartments<F> | undefined): readonly string[] =>
  Object.entries(compartments?.mechanisms ?? {}).flatMap(([name, { on }]) =>
    compartments && sectionsOn(on, compartments).length > 0 ? [name] : [],
  );

/** Returns the populations, projections, stimuli and operations of a model, and the mechanisms of its cells. */
function actingParts<F extends Form>({
  neurons,
  populations,
  projections,
  stimuli,
  operations,
}: Model<F>): readonly ActingPart[] {
  const ofPopulation = (name: string): string => child('/populations', name);
  const selected = (rule: SelectionRule<F>): readonly string[] =>
    isSelection(rule, 'synapses') ? [child('/projections', rule.projection)] : populationsOf(rule).map(ofPopulation);
  return [
    ...Object.entries(populations).map(([name, { type }]) => ({
      pointer: ofPopulation(name),
      needs: type === undefined ? [] : [child('/neurons', type)],
    })),
    ...Object.entries(populations).flatMap(([name, { type = '' }]) =>
      placedMechanisms(neurons[type]?.compartments).map((mechanism) => ({
        pointer: mechanismAt(type, mechanism),
        needs: [ofPopulation(name)],
      })),
    ),
    ...Object.entries(projections).map(([name, { from, to, synapse }]) => ({
      pointer: child('/projections', name),
      needs: [child('/synapses', synapse), ...selected(from.of), ...selected(to.of)],
    })),
    ...Object.entries(stimuli).map(([name, { to }]) => ({ pointer: child('/stimuli', name), needs: selected(to) })),
    ...Object.entries(operations).map(([name, { on }]) => ({
      pointer: child('/operations', name),
      needs: selected(on),
    })),
  ];
}

/** Reports the parts of a model that its writer has neither written nor reported as left out. */
export function reportUnwritten<F extends Form>(model: Model<F>, report: ConversionReport): void {
  reportSilent(model, report, (pointer) => report.isWritten(pointer));
}

/**
 * Reports the parts of a model that rewritings have removed without an entry.
 *
 * @param now the model after the rewritings
 */
export function reportRemoved<F extends Form>(
  before: Model<F>,
  now: Model<F>,
  became: Became,
  report: ConversionReport,
): void {
  const nameNow = (section: string, name: string): string | undefined =>
    section === 'populations'
      ? became.population(name, 0)?.population
      : section === 'projections'
        ? became.projection(name)
        : name;
  const pointersIn = (model: Model<F>): readonly string[] => actingParts(model).map(({ pointer }) => pointer);
  const known = new Set(pointersIn(before));
  const there = new Set(pointersIn(now));
  // Pieces of a part have its name at the beginning of theirs.
  const added = [...there].filter((pointer) => !known.has(pointer));
  reportSilent(before, report, (pointer) => {
    const [section = '', name = ''] = segments(pointer);
    const isMechanism = section === 'neurons';
    const after = isMechanism ? name : nameNow(section, name);
    const kept = isMechanism ? pointer : after === undefined ? undefined : child(`/${section}`, after);
    if (kept === undefined) return report.hasEntryIn(pointer);
    return there.has(kept) || report.hasEntryIn(pointer) || added.some((piece) => piece.startsWith(`${kept}_`));
  });
}

function reportSilent<F extends Form>(
  model: Model<F>,
  report: ConversionReport,
  isThere: (pointer: string) => boolean,
): void {
  const parts = actingParts(model);
  const isLeftOut = (pointer: string): boolean => report.hasOmissionIn(pointer);
  for (const { pointer, needs } of parts)
    if (!isThere(pointer) && !isLeftOut(pointer) && !needs.some(isLeftOut))
      report.missing(pointer, 'nothing of it is written');
}
