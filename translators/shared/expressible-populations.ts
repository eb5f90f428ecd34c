/**
 * Leaves out populations that a notation does not have (for all notations, populations without cells; for Brian, cells
 * with compartments or regimes), and all actions on them and recordings of them.
 */

import type { Model, Phase, SelectionRule, ValidModel } from '../../src/model/typed.js';
import { child } from '../../src/model/pointer.js';
import { populationsOf } from '../../src/model/selected.js';
import type { PassContext } from '../../src/model/rewriting/rewriting.js';
import { isSelection } from '../../src/model/tagged.js';

/**
 * Returns the rest of a model without references to omitted parts, which it reports. Later pointers of the report stand
 * for places in the whole model, because recordings and phases move up.
 */
export function expressiblePopulations(
  valid: ValidModel,
  { report }: PassContext,
  notation: 'brian' | 'pynn',
): ValidModel {
  const { model } = valid;
  const left = new Set<string>();
  /** Returns the remaining parts of a kind. */
  const remaining = <T>(
    kind: string,
    parts: Readonly<Record<string, T>>,
    isLeft: (part: T, name: string) => boolean,
    tell: (place: string, part: T) => void,
  ): Readonly<Record<string, T>> =>
    Object.fromEntries(
      Object.entries(parts).filter(([name, part]) => {
        if (!isLeft(part, name)) return true;
        left.add(name);
        tell(child(`/${kind}`, name), part);
        return false;
      }),
    );
  const cells = remaining(
    'populations',
    model.populations,
    ({ type = '' }) => notation === 'brian' && model.neurons[type]?.compartments !== undefined,
    (place, { type = '' }) => {
      const message = 'cells with compartments, which groups of Brian do not have';
      if (report.hasOmissionIn(child('/neurons', type))) report.consequence(place, message);
      else report.missing(place, message, 'brian/compartments');
    },
  );
  const plain = remaining(
    'populations',
    cells,
    ({ type = '' }) => notation === 'brian' && Object.keys(model.neurons[type]?.regimes ?? {}).length > 0,
    (place) =>
      report.missing(
        place,
        'cells with regimes other than a refractory period, which Brian does not have',
        'brian/regimes',
      ),
  );
  const some = remaining(
    'populations',
    plain,
    ({ size }) => size === 0,
    (place) => report.missing(place, 'a population without cells'),
  );
  if (left.size === 0) return valid;
  const onLeft = (rule: SelectionRule): boolean =>
    populationsOf(rule).some((name) => left.has(name)) || (isSelection(rule, 'synapses') && left.has(rule.projection));
  const ofCells = 'what acts on a population that is left out';
  const projections = remaining(
    'projections',
    model.projections,
    ({ from, to }) => onLeft(from.of) || onLeft(to.of),
    (place) => report.consequence(place, 'synapses of a population that is left out'),
  );
  const stimuli = remaining(
    'stimuli',
    model.stimuli,
    ({ to }) => onLeft(to),
    (place) => report.consequence(place, ofCells),
  );
  const operations = remaining(
    'operations',
    model.operations,
    ({ on }) => onLeft(on),
    (place) => report.consequence(place, ofCells),
  );
  const recordings = model.recordings.filter(({ of, name }, k) => {
    if (!onLeft(of)) return true;
    left.add(name);
    report.consequence(child('/recordings', k), 'a recording of a population that is left out');
    return false;
  });
  const protocol = model.experiment.protocol.filter((phase, k) => {
    if (!concerns(phase, left, onLeft)) return true;
    report.consequence(child('/experiment/protocol', k), ofCells);
    return false;
  });
  const ends = (name: string, all: Model['projections']): number =>
    Object.values(all).filter(({ from, to }) => [from, to].some(({ of }) => populationsOf(of).includes(name))).length;
  const kept = remaining(
    'populations',
    some,
    (_, name) =>
      ends(name, model.projections) > 0 &&
      ends(name, projections) === 0 &&
      recordings.every(({ of }) => !populationsOf(of).includes(name)),
    (place) => report.consequence(place, 'what acts on populations that are left out, and on no other'),
  );
  // Files with columns of recordings that are left out.
  const { outputFiles: _, ...annotations } = model.annotations;
  const { experiment, recordings: all } = model;
  const places = new Map([
    ...recordings.map(
      (recording, k) => [child('/recordings', k), child('/recordings', all.indexOf(recording))] as const,
    ),
    ...protocol.map(
      (phase, k) =>
        [child('/experiment/protocol', k), child('/experiment/protocol', experiment.protocol.indexOf(phase))] as const,
    ),
  ]);
  report.placeBy((pointer) => {
    const [start = ''] = /^\/(recordings|experiment\/protocol)\/\d+/.exec(pointer) ?? [];
    return (places.get(start) ?? start) + pointer.slice(start.length);
  });
  const rest: Model = {
    ...model,
    annotations,
    populations: kept,
    projections,
    stimuli,
    operations,
    recordings,
    experiment: { ...experiment, protocol },
  };
  return { ...valid, model: rest };
}

/** Checks whether a phase acts on an omitted part. */
function concerns(phase: Phase, left: ReadonlySet<string>, onLeft: (rule: SelectionRule) => boolean): boolean {
  const names = (values: Readonly<Record<string, unknown>>): boolean =>
    Object.keys(values).some((key) => left.has(key.split(/[.[]/)[0] ?? ''));
  switch (phase.kind) {
    case 'set':
      return phase.of === undefined ? names(phase.set) : onLeft(phase.of);
    case 'initialise':
      return phase.of === undefined ? names(phase.initialise) : onLeft(phase.of);
    case 'replay':
      return names(phase.replay);
    case 'delays':
      return names(phase.delays);
    case 'currents':
      return names(phase.currents);
    case 'attach':
      return left.has(phase.attach);
    case 'detach':
      return left.has(phase.detach);
    case 'record':
      return left.has(phase.record);
    case 'run':
    case 'runUntil':
    case 'reset':
    case 'store':
    case 'restore':
      return false;
    default:
      return phase satisfies never;
  }
}
