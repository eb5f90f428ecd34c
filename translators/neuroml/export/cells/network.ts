/** Populations of cells with compartments, and synapses on them by the names that NeuroML has. */

import { ampere, second, siemens, volt } from '../../../../src/lang/dimension.js';
import { knownNumbers } from '../../../../src/model/arrays.js';
import type { NeuronType, Population } from '../../../../src/model/typed.js';
import { child } from '../../../../src/model/pointer.js';
import type { CellPlan, ExportContext } from '../context.js';
import { delaysOf, delayTexts } from '../synapses/delays.js';
import type { PairedProjection } from '../synapses/pairs.js';
import { numberText, quantityText } from '../text/quantity-text.js';
import type { BuiltSynapse } from '../synapses/synapse-type.js';
import { ElementValues, noEquations, numberAt } from '../../../../src/library/element-values.js';
import { NotExpressible } from '../../../../src/library/not-expressible.js';
import type { NetworkOutput } from '../network-output.js';
import { element, listOf } from '../text/xml-text.js';
import { writeCell } from './cell.js';
import type { StructuredCell, StructuredType } from './structured-cell.js';
import { placeAttributes, placesOn, sectionsWithMarks } from './places.js';
import { coreSynapse, type CoreSynapse } from '../../../../src/library/membrane/core-synapse.js';

/** Checks whether cells of a type have compartments. */
export const isStructured = (type: NeuronType | undefined): type is StructuredType => type?.compartments !== undefined;

/** Writes the cells of each population of a type. Cells with equal first values are one component. */
export function writeCells(id: string, type: StructuredType, written: NetworkOutput, context: ExportContext): void {
  const { model, report } = context;
  const made = new Map<number | undefined, StructuredCell>();
  const cut = sectionsWithMarks(model, id);
  const [input = 'I'] = Object.keys(type.inputs);
  for (const [name, population] of Object.entries(model.populations)) {
    if (population.type !== id) continue;
    try {
      const start = startOf(name, population, context);
      const cell = made.get(start) ?? writeCell(id, type, start, cut, written, context);
      made.set(start, cell);
      written.cells.set(name, cell);
    } catch (error) {
      if (!(error instanceof NotExpressible)) throw error;
      report.missing(child('/neurons', id), error.message);
    }
  }
  written.plans.set(id, planOf(id, input));
}

/** Returns the possible attachments of cells with compartments. */
const planOf = (type: string, input: string): CellPlan => ({
  type,
  componentType: 'cell',
  attachment: 'baseSynapse',
  channels: [{ variable: input, kind: 'sum', dimension: ampere, exposure: 'i' }],
  varying: new Set(),
  visible: new Map([['v', { name: 'v', dimension: volt }]]),
  starts: new Map(),
});

/** Returns the membrane potential at which cells of a population begin, if it gives one. */
function startOf(name: string, { values, size }: Population, context: ExportContext): number | undefined {
  const pointer = `${child('/populations', name)}/values`;
  for (const key of Object.keys(values))
    if (key !== 'v') context.report.missing(child(pointer, key), `values of ${key} of each cell`);
  if (values['v'] === undefined) return undefined;
  const own = new ElementValues(noEquations, { v: values['v'] }, size, context, (inner, k) =>
    inner === 'i' ? k : undefined,
  );
  const v = own.of('v');
  if (typeof v === 'number') return v;
  context.report.missing(child(pointer, 'v'), 'potentials at the start that differ within a population');
  return v[0];
}

/** Writes a population of cells with compartments. */
export function writeStructuredPopulation(
  name: string,
  { size, positions }: Population,
  { component }: StructuredCell,
  written: NetworkOutput,
  { data }: ExportContext,
): void {
  const known = Array.isArray(positions) ? knownNumbers(positions as readonly number[], data) : undefined;
  const at = (k: number, axis: number): string =>
    numberText(Number(((known?.[3 * k + axis] ?? 0) * 1e6).toPrecision(12)));
  const instances = Array.from({ length: size }, (_, k) =>
    element('instance', { id: String(k) }, [element('location', { x: at(k, 0), y: at(k, 1), z: at(k, 2) })]),
  );
  written.populations.push(
    element('population', { id: name, type: 'populationList', component, size: String(size) }, instances),
  );
  written.place(name, (index) => `${name}/${index}/${component}`);
}

/** Returns synapses by core types, for each combination of their constants, or undefined if there is no such type. */
export function coreSynapses(
  { name, type, pairs, values }: PairedProjection,
  written: NetworkOutput,
  context: ExportContext,
): readonly WrittenSynapses[] | undefined {
  const groups = new Map<
    string,
    { readonly synapse: CoreSynapse; readonly members: number[]; readonly weights: number[] }
  >();
  for (let k = 0; k < pairs.sources.length; k++) {
    const synapse = coreSynapse(type, (key) => numberAt(values.get(key), k), context.functions);
    if (!synapse) return undefined;
    const key = JSON.stringify([synapse.name, synapse.tau, synapse.tauRise, synapse.reversal]);
    const group = groups.get(key) ?? { synapse, members: [], weights: [] };
    groups.set(key, group);
    group.members.push(k);
    group.weights.push(synapse.weight);
  }
  const { dimensions, ids } = context;
  return [...groups.values()].map(({ synapse: { name: core, tau, tauRise, reversal }, members, weights }) => {
    const id = ids.claim(`${name}_synapses`);
    const [first = 0] = weights;
    // Weights are numbers: nanosiemens, if they differ.
    const unit = first !== 0 && weights.every((weight) => weight === first) ? first : 1e-9;
    written.components.push(
      element(core, {
        id,
        gbase: quantityText(unit, siemens, dimensions),
        erev: quantityText(reversal, volt, dimensions),
        ...(tauRise === undefined ? {} : { tauRise: quantityText(tauRise, second, dimensions) }),
        [core === 'alphaSynapse' ? 'tau' : 'tauDecay']: quantityText(tau, second, dimensions),
      }),
    );
    const of = new Map(members.map((k, at) => [k, Number(((weights[at] ?? 0) / unit).toPrecision(15))]));
    return { id, members, weightOf: (k) => of.get(k) ?? 1 };
  });
}

/** Synapses of one component. */
export interface WrittenSynapses {
  readonly id: string;
  /** Which of the projection's. */
  readonly members: readonly number[];
  readonly weightOf: (k: number) => number;
}

/** Writes connections onto cells with compartments, one list for each population of sources in the document. */
export function writePlacedConnections(
  { name, projection, type, source, target, pairs }: PairedProjection,
  synapses: readonly WrittenSynapses[],
  built: BuiltSynapse | undefined,
  written: NetworkOutput,
  context: ExportContext,
): void {
  const { ids, report } = context;
  const pointer = child('/projections', name);
  if (built && built.properties.size > 0)
    report.missing(`${pointer}/values`, `${[...built.properties.keys()].join(', ')} of each synapse`);
  const [from, to] = [written.cells.get(source), written.cells.get(target)];
  const count = pairs.sources.length;
  const delayOf = delayTexts(delaysOf(name, projection, type, count, context), context);
  const pre = from && placesOn({ ...from.spike, ...projection.from }, count, from, context);
  const post = to && placesOn(projection.to, count, to, context);
  let lists = 0;
  for (const { id, members, weightOf } of synapses) {
    const bySource = new Map<string, number[]>();
    for (const k of members) {
      const path = written.pathOf(source, pairs.sources[k] ?? 0) ?? '';
      const population = /^\w+/.exec(path)?.[0] ?? source;
      const known = bySource.get(population);
      if (known) known.push(k);
      else bySource.set(population, [k]);
    }
    for (const [population, own] of bySource)
      written.projections.push({
        ...element('projection', {
          id: lists++ === 0 ? name : ids.claim(name),
          presynapticPopulation: population,
          postsynapticPopulation: target,
          synapse: id,
        }),
        items: listOf(own, (k, ordinal) =>
          element('connectionWD', {
            id: String(ordinal),
            preCellId: `../${written.pathOf(source, pairs.sources[k] ?? 0) ?? ''}`,
            ...(pre ? placeAttributes(pre(k), 'pre') : {}),
            postCellId: `../${written.pathOf(target, pairs.targets[k] ?? 0) ?? ''}`,
            ...(post ? placeAttributes(post(k), 'post') : {}),
            weight: numberText(weightOf(k)),
            delay: delayOf(k),
          }),
        ),
      });
  }
}
