/** Synapses on cells with a shape as edges: `Exp2Syn` and `ExpSyn` of NEURON, at sections by their numbers. */

import { itemAt } from '../../src/diagnostics/entry.js';
import { NoNumber, type Functions } from '../../src/lang/evaluate.js';
import { ElementValues, noEquations, numberAt } from '../../src/library/element-values.js';
import { coreSynapse, type CoreSynapse } from '../../src/library/membrane/core-synapse.js';
import { near } from '../../src/library/recognise/numbers.js';
import type { ValidModel } from '../../src/model/typed.js';
import { inUnit } from '../shared/in-unit.js';
import type { WrittenCell } from './export-parts.js';

/** Constants of synapses in a file. */
export interface SynapseKind {
  /** Name of the model. */
  readonly template: string;
  /** Name of its file of parameters. */
  readonly file: string;
  /** Members of the file. */
  readonly content: Readonly<Record<string, number | string>>;
}

/** Synapses of a projection. */
export interface PlacedEdges {
  readonly kinds: readonly SynapseKind[];
  /** The kind of each synapse. */
  readonly kindOf: Uint32Array;
  /** In uS. */
  readonly weights: Float64Array;
  /** Columns of the file of edges. */
  readonly places: {
    readonly afferent_section_id: Uint32Array;
    readonly afferent_section_pos: Float64Array;
  };
}

/** Returns the file of a synapse, or undefined if BMTK has none. @source BMTK 1.2.0, synapse_models.py */
function kindOf({ name, tau, tauRise = 0, reversal }: CoreSynapse): Omit<SynapseKind, 'file'> | undefined {
  const [ms, erev] = [(value: number) => decimal(inUnit(value, 'ms')), decimal(inUnit(reversal, 'mV'))];
  if (name === 'expOneSynapse')
    return { template: 'expsyn', content: { level_of_detail: 'expsyn', tau1: ms(tau), erev } };
  if (name === 'expTwoSynapse')
    return { template: 'exp2syn', content: { level_of_detail: 'exp2syn', tau1: ms(tauRise), tau2: ms(tau), erev } };
  return undefined;
}

const decimal = (value: number): number => Number(value.toPrecision(14));

/**
 * Returns the synapses of a projection onto cells with a shape, or the reason why there are none.
 *
 * @param count  number of synapses
 */
export function placedEdges(
  { model, data }: ValidModel,
  name: string,
  cell: WrittenCell,
  count: number,
  functions: Functions,
): PlacedEdges | string {
  const projection = model.projections[name];
  const type = model.synapses[projection?.synapse ?? ''];
  if (!projection || !type) return 'synapses of an unknown type';
  const around = { data, functions };
  const values = new ElementValues(type, projection.values, count, around);
  const { section = cell.soma, fraction = 0.5, places } = projection.to;
  const placed = new ElementValues(
    noEquations,
    places ? { section: places.section, fraction: places.fraction } : { section: 0, fraction },
    count,
    around,
    (name, k) => (name === 'i' ? k : undefined),
  );
  const [kinds, keys]: [SynapseKind[], string[]] = [[], []];
  const found = {
    kindOf: new Uint32Array(count),
    weights: new Float64Array(count),
    places: { afferent_section_id: new Uint32Array(count), afferent_section_pos: new Float64Array(count) },
  };
  try {
    const names = [...Object.keys(type.parameters), ...Object.keys(type.state)];
    const known = new Map(names.map((name) => [name, values.of(name)]));
    const [sections, fractions] = [placed.of('section'), placed.of('fraction')];
    for (let k = 0; k < count; k++) {
      const valueOf = (name: string): number => numberAt(known.get(name), k);
      const core = coreSynapse(type, valueOf, functions);
      const kind = core && kindOf(core);
      if (!core || !kind) return 'synapses other than conductances that decay, or rise and decay, exponentially';
      const key = JSON.stringify(kind);
      if (!keys.includes(key)) {
        keys.push(key);
        const file = `${name}${keys.length === 1 ? '' : `_${keys.length}`}.json`;
        kinds.push({ ...kind, file });
      }
      found.kindOf[k] = keys.indexOf(key);
      const given = valueOf('weight');
      found.weights[k] = inUnit(near(given, core.weight) ? given : core.weight, 'uS');
      const on = places ? itemAt(places.sections, numberAt(sections, k)) : section;
      const place = cell.placeOf(on, numberAt(fractions, k));
      found.places.afferent_section_id[k] = place.section;
      found.places.afferent_section_pos[k] = place.fraction;
    }
  } catch (error) {
    if (error instanceof NoNumber) return error.message;
    throw error;
  }
  return { kinds, ...found };
}
