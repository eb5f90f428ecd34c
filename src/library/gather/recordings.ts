/** Recordings of a model with rewritten populations and synapses. */

import { numbersOf } from '../../model/arrays.js';
import type { NeuronType, Projection, Recording, SelectionRule } from '../../model/model.js';
import { elementsIn, populationsOf, wholePopulation } from '../../model/selected.js';
import { isRecording, isSelection } from '../../model/tagged.js';
import type { Gathering } from './gathering.js';

/** Returns recordings of the same data as a recording of the original model. */
export function regathered(recording: Recording, pointer: string, made: Gathering): readonly Recording[] {
  if (isRecording(recording, 'rate') || isRecording(recording, 'events'))
    return populationsOf(recording.of).every((name) => Object.hasOwn(made.populations, name))
      ? [recording]
      : lost(pointer, 'a recording of a generator, which becomes a current here', made);
  return isSelection(recording.of, 'synapses')
    ? ofSynapses(recording, recording.of, pointer, made)
    : ofCells(recording, pointer, made);
}

type Samples = Extract<Recording, { readonly variables: readonly string[]; readonly events?: never }>;

function lost(pointer: string, what: string, { report, stage }: Gathering): readonly [] {
  report.missing(pointer, what, `${stage}/recording`);
  return [];
}

/** Records variables that a population still has, and currents that replace outputs of generators. */
function ofCells(recording: Samples, pointer: string, made: Gathering): readonly Recording[] {
  const owners = populationsOf(recording.of);
  const [owner = '', second] = owners;
  const lacks = (name: string): boolean =>
    owners.some((one) => {
      const before = made.model.neurons[made.model.populations[one]?.type ?? ''];
      const population = made.populations[one];
      const after = made.neurons[population?.type ?? ''];
      return (
        population === undefined ||
        (before !== undefined && variablesOf(before).has(name) && !variablesOf(after).has(name))
      );
    });
  const currents = second === undefined ? ofCurrents(recording, owner, made) : new Map<string, readonly Samples[]>();
  const gone = recording.variables.filter((name) => !currents.has(name) && lacks(name));
  const kept = recording.variables.filter((name) => ![...currents.keys(), ...gone].includes(name));
  if (gone.length > 0)
    lost(pointer, `${gone.join(', ')} of a source of spikes or currents, which has no equations here`, made);
  return [...(kept.length === 0 ? [] : [{ ...recording, variables: kept }]), ...[...currents.values()].flat()];
}

/** Returns outputs of generators as recordings of the currents that replace them, by variable, if each is such a current. */
function ofCurrents(recording: Samples, owner: string, made: Gathering): ReadonlyMap<string, readonly Samples[]> {
  const injected = made.injected.get(owner) ?? [];
  const elements = elementsIn(recording.of, made.model.populations[owner]?.size ?? 0, made.valid.data) ?? [];
  const currents = new Map<string, readonly Samples[]>();
  for (const variable of recording.variables) {
    const found = elements.map((element) => injected.find((one) => one.element === element && one.output === variable));
    const known = found.flatMap((one) => one ?? []);
    if (known.length === 0 || known.length < elements.length) continue;
    // Cells with the same current record it once.
    const each = known.filter((one, k) => known.findIndex(({ stimulus }) => stimulus === one.stimulus) === k);
    currents.set(
      variable,
      each.map(({ stimulus, of }, k) => ({
        ...recording,
        of,
        variables: [stimulus],
        name: recording.variables.length === 1 && k === 0 ? recording.name : `${recording.name}_${stimulus}`,
      })),
    );
  }
  return currents;
}

const variablesOf = (type: NeuronType | undefined): ReadonlySet<string> =>
  new Set(
    [type?.parameters, type?.state, type?.derived, type?.inputs].flatMap((map) =>
      map === undefined ? [] : Object.keys(map),
    ),
  );

/** Targets of listed connections, by synapse. */
function targetsOf({ connect: [rule] }: Projection, { valid }: Gathering): readonly number[] {
  return rule?.rule === 'list' ? numbersOf(rule.targets, valid.data) : [];
}

/** Returns the cell that a synapse of a projection acts on; undefined if connections are not listed. */
export function targetOf(projection: string, synapse: number, made: Gathering): number | undefined {
  const one = made.projections[projection];
  return one && targetsOf(one, made)[synapse];
}

/** Returns variables of synapses that their target has the sum of. */
function ofSynapses(
  recording: Samples,
  of: Extract<SelectionRule, { readonly projection: string }>,
  pointer: string,
  made: Gathering,
): readonly Recording[] {
  const sums = made.sums.get(of.projection);
  const projection = made.projections[of.projection];
  const to = projection && wholePopulation(projection.to.of);
  if (to === undefined || projection === undefined || sums === undefined) return [recording];
  const names = recording.variables.map((one) => sums.get(one));
  if (names.some((one) => one === undefined))
    return lost(pointer, `${recording.variables.join(', ')} of individual synapses`, made);
  const targets = targetsOf(projection, made);
  const cells = of.indices === undefined ? targets : numbersOf(of.indices, made.valid.data).map((k) => targets[k] ?? 0);
  const shares = [...made.sums.values()].filter((one) => [...one.values()].some((name) => names.includes(name)));
  const alone = shares.length === 1 && new Set(targets).size === targets.length && targets.length > 0;
  const what = `${recording.variables.join(', ')} of a synapse is recorded as that of its target`;
  if (alone)
    made.report.exact(pointer, `${what}, which has no other synapses of its kind`, `${made.stage}/recorded-sum`);
  else made.report.approximated(`${made.stage}/recorded-sum`, pointer, `${what}: the sum over its synapses`);
  return [
    {
      ...recording,
      of: { population: to, indices: [...new Set(cells)].sort((a, b) => a - b) },
      variables: names.flatMap((one) => one ?? []),
    },
  ];
}
