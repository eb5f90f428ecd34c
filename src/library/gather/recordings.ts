/** Recordings of a model with rewritten populations and synapses. */

import { numbersOf } from '../../model/arrays.js';
import type { NeuronType, Recording, SelectionRule, ValidModel } from '../../model/typed.js';
import type { Became } from '../../model/rewriting/became.js';
import { recordedVariables } from '../../model/rewriting/recorded-variables.js';
import { elementsIn, populationsOf, wholePopulation } from '../../model/selected.js';
import type { Gathering } from './gathering.js';

/** Returns recordings of the same data as a recording of the original model. */
export function regathered(recording: Recording, pointer: string, made: Gathering): readonly Recording[] {
  if (recording.kind !== 'variables')
    return populationsOf(recording.of).every((name) => Object.hasOwn(made.populations, name))
      ? [recording]
      : lost(pointer, 'a recording of a generator, which becomes a current here', made);
  return recording.of.kind === 'synapses'
    ? ofSynapses(recording, recording.of, pointer, made)
    : ofCells(recording, pointer, made);
}

type Samples = Extract<Recording, { readonly kind: 'variables' }>;

function lost(pointer: string, what: string, { report, stage }: Gathering): readonly [] {
  report.missing(pointer, what, `${stage}/recording`);
  return [];
}

const has = (type: NeuronType | undefined, name: string): boolean =>
  [type?.parameters, type?.state, type?.derived, type?.inputs].some((map) => map && Object.hasOwn(map, name));

/** Records variables that a population still has, and currents that replace outputs of generators. */
function ofCells(recording: Samples, pointer: string, made: Gathering): readonly Recording[] {
  const owners = populationsOf(recording.of);
  const injected = owners.length === 1 ? made.injected.get(owners[0] ?? '') : undefined;
  const isLost = (name: string): boolean =>
    owners.some((owner) => {
      const population = made.populations[owner];
      return !population || !has(made.neurons[population.type ?? ''], name) !== !has(typeBefore(owner, made), name);
    });
  const gone = recording.variables.filter(isLost);
  const currents = gone.length === 1 ? currentsFor(recording, injected ?? [], made) : [];
  if (gone.length > 0 && currents.length === 0)
    lost(pointer, `${gone.join(', ')} of a source of spikes or currents, which has no equations here`, made);
  const variables = recording.variables.filter((name) => !gone.includes(name));
  return [...(variables.length === 0 ? [] : [{ ...recording, variables }]), ...currents];
}

const typeBefore = (owner: string, { model }: Gathering): NeuronType | undefined =>
  model.neurons[model.populations[owner]?.type ?? ''];

/** Returns recordings of the currents that replace the output of a generator, if each element is one current now. */
function currentsFor(
  recording: Samples,
  injected: Gathering['injected'] extends Map<string, infer All> ? All : never,
  made: Gathering,
): readonly Samples[] {
  const [owner = ''] = populationsOf(recording.of);
  const elements = elementsIn(recording.of, made.model.populations[owner]?.size ?? 0, made.valid.data) ?? [];
  const known = elements.flatMap((element) => injected.find((one) => one.element === element) ?? []);
  if (known.length < elements.length) return [];
  // Cells with the same current record it once.
  return known
    .filter((one, k) => known.findIndex(({ stimulus }) => stimulus === one.stimulus) === k)
    .map(({ stimulus, of }, k) => {
      const isOnly = recording.variables.length === 1 && k === 0;
      const name = isOnly ? recording.name : `${recording.name}_${stimulus}`;
      return { ...recording, of, variables: [stimulus], name };
    });
}

/** Returns the cell that a synapse of a projection acts on; undefined if connections are not listed. */
export function targetOf(projection: string, synapse: number, made: Gathering): number | undefined {
  return targetsOf(projection, made)[synapse];
}

/** Targets of listed connections, by synapse. */
function targetsOf(projection: string, { projections, valid }: Gathering): readonly number[] {
  const rule = projections[projection]?.connect[0];
  return rule?.rule === 'list' ? numbersOf(rule.targets, valid.data) : [];
}

/** Returns the number of synapses that act on a variable of each cell of a population. */
function synapsesOn(population: string, variable: string, made: Gathering): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const [name, { to }] of Object.entries(made.projections)) {
    const isActing =
      wholePopulation(to.of) === population && [...(made.sums.get(name)?.values() ?? [])].includes(variable);
    for (const cell of isActing ? targetsOf(name, made) : []) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  }
  return counts;
}

/**
 * Returns the statement on variables of a gathered model. The sum over several synapses of a cell is not the variable
 * of one of them.
 */
export function gatheredVariables(made: Gathering, before: ValidModel, after: ValidModel): Partial<Became> {
  const { variable: recorded = (given) => given } = recordedVariables(before, after);
  const counts = new Map<string, ReadonlyMap<number, number>>();
  return {
    variable: (given) => {
      const { owner, name, element } = given;
      const sum = made.sums.get(owner)?.get(name);
      const projection = made.projections[owner];
      if (sum === undefined || projection === undefined || element === undefined) return recorded(given);
      const population = wholePopulation(projection.to.of) ?? '';
      const key = `${population}.${sum}`;
      const count = counts.get(key) ?? synapsesOn(population, sum, made);
      counts.set(key, count);
      return count.get(targetOf(owner, element, made) ?? -1) === 1 ? recorded(given) : undefined;
    },
  };
}

/** Returns variables of synapses that their target has the sum of. */
function ofSynapses(
  recording: Samples,
  of: Extract<SelectionRule, { readonly kind: 'synapses' }>,
  pointer: string,
  made: Gathering,
): readonly Recording[] {
  const sums = made.sums.get(of.projection);
  const projection = made.projections[of.projection];
  const to = projection && wholePopulation(projection.to.of);
  if (to === undefined || sums === undefined) return [recording];
  const names = recording.variables.flatMap((variable) => sums.get(variable) ?? []);
  if (names.length < recording.variables.length)
    return lost(pointer, `${recording.variables.join(', ')} of individual synapses`, made);
  const targets = targetsOf(of.projection, made);
  const cells = of.indices === undefined ? targets : numbersOf(of.indices, made.valid.data).map((k) => targets[k] ?? 0);
  const counts = names.map((name) => synapsesOn(to, name, made));
  const alone = cells.length > 0 && cells.every((cell) => counts.every((count) => count.get(cell) === 1));
  const what = `${recording.variables.join(', ')} of a synapse is recorded as that of its target`;
  if (alone)
    made.report.exact(pointer, `${what}, which has no other synapses of its kind`, `${made.stage}/recorded-sum`);
  else made.report.different(`${made.stage}/recorded-sum`, pointer, `${what}: the sum over its synapses`);
  const indices = [...new Set(cells)].sort((a, b) => a - b);
  return [{ ...recording, of: { kind: 'indices', population: to, indices }, variables: names }];
}
