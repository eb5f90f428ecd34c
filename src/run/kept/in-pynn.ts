/** Models in PyNN's words with what a document for Brian kept of these. */

import { exportPynn, inNames } from '../../../translators/pynn/export.js';
import type { ConversionEntry } from '../../model/conversion-report.js';
import { namesOf, wordsIn } from '../../library/gather/texts.js';
import { assignedBy } from '../../model/assigned.js';
import type { NeuronType, Phase, Recording, SelectionRule, ValidModel } from '../../model/model.js';
import { populationsOf } from '../../model/selected.js';
import { isPhase, isRecording } from '../../model/tagged.js';
import { importModel } from '../pipeline.js';
import { keptIn, returned, type KeptWords } from './returned.js';

/**
 * The model by the words that its annotation keeps; undefined where there are none, and where PyNN has no names for all
 * of it.
 *
 * @param inBrian  the text of a model as it is written for Brian
 */
export async function inPynnWords(
  valid: ValidModel,
  inBrian: (valid: ValidModel) => Promise<string>,
): Promise<{ readonly valid?: ValidModel; readonly entries: readonly ConversionEntry[] } | undefined> {
  const kept = keptIn(valid.model, 'pynn');
  if (kept === undefined) return undefined;
  const named = namedWith(valid, kept);
  if (named === undefined) return undefined;
  const read = (text: string): ValidModel => importModel({ name: 'model.json', text }).valid;
  const { pynn: _, ...annotations } = valid.model.annotations;
  const { kept: __, ...words } = valid.model.annotations['pynn'] as Readonly<Record<string, unknown>>;
  const all = { ...annotations, ...(Object.keys(words).length === 0 ? {} : { pynn: words }) };
  const annotated = (what: ValidModel): ValidModel => ({ ...what, model: { ...what.model, annotations: all } });
  const plain = read(JSON.stringify(named.document));
  const { valid: back, entries } = await returned(plain, valid, kept, {
    to: 'pynn',
    forth: async (what) => read(await inBrian(what)),
    checked: (what) => read(JSON.stringify(exportPynn(annotated(what)).document)),
  });
  if (back === undefined) return { entries };
  return {
    valid: annotated(back),
    entries: [...named.report.filter(({ verdict }) => verdict !== 'exact'), ...entries],
  };
}

/** A model in PyNN's names, its kept currents flowing in from outside. */
function namedWith(valid: ValidModel, kept: KeptWords): ReturnType<typeof inNames> {
  try {
    return inNames(withInputs(valid, kept));
  } catch {
    // What is kept of currents may be anything.
    return undefined;
  }
}

/** A model in which kept currents flow in from outside, rather than by equations of cells. */
function withInputs(valid: ValidModel, { stimuli = {} }: KeptWords): ValidModel {
  const { model } = valid;
  const neurons = { ...model.neurons };
  for (const { to, input } of Object.values(stimuli) as readonly { to?: SelectionRule; input?: unknown }[]) {
    if (to === undefined || typeof input !== 'string') continue;
    for (const population of populationsOf(to)) {
      const name = model.populations[population]?.type ?? '';
      const type = neurons[name];
      const variable = type?.derived[input];
      if (type === undefined || variable === undefined) continue;
      const { [input]: _, ...derived } = type.derived;
      const inputs = { ...type.inputs, [input]: { unit: variable.unit, reduce: 'sum' as const } };
      neurons[name] = withoutUnread({ ...type, derived, inputs }, namesOf(variable.value));
    }
  }
  const isThere = (population: string, variable: string): boolean => {
    const type = neurons[model.populations[population]?.type ?? ''];
    return (
      type === undefined || [type.parameters, type.state, type.derived].some((map) => Object.hasOwn(map, variable))
    );
  };
  // Recordings and changes of what was in equations are kept with the currents.
  const recordings = model.recordings.flatMap((one): readonly Recording[] => {
    if (isRecording(one, 'events') || isRecording(one, 'rate')) return [one];
    const variables = one.variables.filter((variable) =>
      populationsOf(one.of).every((name) => isThere(name, variable)),
    );
    return variables.length === 0 ? [] : [{ ...one, variables }];
  });
  const protocol = model.experiment.protocol.flatMap((phase): readonly Phase[] => {
    if (!isPhase(phase, 'set')) return [phase];
    const set = Object.entries(phase.set).filter(([key]) => isThere(assignedBy(key).owner, assignedBy(key).variable));
    return set.length === 0 ? [] : [{ ...phase, set: Object.fromEntries(set) }];
  });
  return { ...valid, model: { ...model, neurons, recordings, experiment: { ...model.experiment, protocol } } };
}

/** A type without names that only what is gone has read. */
function withoutUnread(type: NeuronType, gone: ReadonlySet<string>): NeuronType {
  const read = wordsIn({ ...type, parameters: {} });
  const unread = [...gone].filter((name) => !read.has(name) && type.state[name] === undefined);
  const further = new Set(unread.flatMap((name) => [...namesOf(type.derived[name]?.value ?? '0')]));
  const rest = <T>(map: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(map).filter(([name]) => !unread.includes(name)));
  const next = { ...type, derived: rest(type.derived), parameters: rest(type.parameters) };
  return further.size === 0 ? next : withoutUnread(next, further);
}
