import { isRecording } from '../tagged.js';
import type { RecordingDocument } from '../document.generated.js';
import { sectionsOn } from '../compartment-tree.js';
import { referenceOf } from '../../lang/reference.js';
import { messages } from '../messages.js';
import type { Id, Recording } from '../model.js';
import { recordings } from '../shape/protocol.js';
import { compartmentVariables } from './compartments.js';
import type { Context } from './context.js';
import { readObject } from './members.js';
import { neuronSpecials, type Names, type VariableKind } from './names.js';
import { placeOf } from './neurons.js';
import { checkSection } from './places.js';
import { eventsOf } from './projections.js';
import { normaliseSelection, selectionText, type Elements, type Member, type Selection } from './selections.js';
import { freeName } from '../free-name.js';

/** Names that recordings may use. */
interface RecordableNames {
  readonly elements: Elements;
  /** Names that code of a projection's synapses may read, for each pair of populations that it is between. */
  readonly scopes: (projection: Id) => readonly Names[];
  /** Currents that flow into cells, by the names of their stimuli. */
  readonly currents: readonly Id[];
}

/** Normalises the recordings, each with its own name; reports mistakes and leaves wrong recordings out. */
export function normaliseRecordings(
  context: Context,
  documents: readonly RecordingDocument[],
  names: RecordableNames,
  pointer: string,
): Recording[] {
  const taken = new Set<string>();
  for (const [index, { name }] of documents.entries()) {
    if (name === undefined) continue;
    if (taken.has(name)) context.report(messages.declaredTwice(name), `${pointer}/${index}/name`);
    taken.add(name);
  }
  return documents.flatMap((document, index) => {
    const recording = normaliseRecording(context, document, names, taken, `${pointer}/${index}`);
    return recording ? atPlaces(context, recording, document, names, taken, `${pointer}/${index}`) : [];
  });
}

/** Splits a recording of several places into one for each. */
function atPlaces(
  context: Context,
  recording: Recording,
  document: RecordingDocument,
  { elements }: RecordableNames,
  taken: Set<string>,
  pointer: string,
): readonly Recording[] {
  const { places } = document;
  if (places === undefined) return [recording];
  const at = `${pointer}/places`;
  if (!isRecording(recording, 'variables')) {
    context.report(messages.onlyWith('places', 'variables'), at);
    return [];
  }
  for (const key of ['section', 'fraction'] as const)
    if (document[key] !== undefined) context.report(messages.oneOfKeys([key, 'places'], 2), `${pointer}/${key}`);
  const { variables } = recording;
  const selection = normaliseSelection({ ...context, report: () => undefined }, document.of, elements, '');
  const cells = (selection?.members ?? []).map((member) =>
    member.kind === 'population' ? member.population.neuron?.type.compartments : undefined,
  );
  if (places !== 'all')
    return places.flatMap(({ section, fraction }, k) => {
      if (selection) checkSection(context, section, selection, `${at}/${k}/section`);
      const place = placeOf(context, section, fraction, `${at}/${k}`);
      return [{ ...recording, ...place, name: nameAt(recording.name, section, taken) }];
    });
  const [first] = cells;
  if (!first || cells.some((cell) => cell !== first)) {
    context.report(messages.everyPlace(), at);
    return [];
  }
  // Variables of a mechanism are recorded on its sections.
  const there = variables.map((variable) => {
    const { on } = first.mechanisms[variable.split('.')[0] ?? ''] ?? {};
    return { variable, sections: new Set(sectionsOn(on, first)) };
  });
  return Object.entries(first.sections).flatMap(([section, { divisions }]) => {
    const own = there.flatMap(({ variable, sections }) => (sections.has(section) ? [variable] : []));
    if (own.length === 0) return [];
    return Array.from({ length: divisions }, (_, k): Recording => ({
      ...recording,
      variables: own,
      section,
      fraction: (k + 0.5) / divisions,
      name: nameAt(recording.name, divisions === 1 ? section : `${section}_${k}`, taken),
    }));
  });
}

function nameAt(recording: string, place: string, taken: Set<string>): string {
  const name = freeName(`${recording}_${place}`, (candidate) => taken.has(candidate));
  taken.add(name);
  return name;
}

function normaliseRecording(
  context: Context,
  document: RecordingDocument,
  names: RecordableNames,
  taken: Set<string>,
  pointer: string,
): Recording | undefined {
  const selection = normaliseSelection(context, document.of, names.elements, `${pointer}/of`);
  const variables = typeof document.variables === 'string' ? [document.variables] : document.variables;
  const what = [document.events !== undefined, document.rate === true].filter(Boolean).length;
  if (what > 1 || (document.rate === true && variables))
    context.report(
      messages.oneOfKeys(
        (['events', 'variables', 'rate'] as const).filter((key) => document[key] !== undefined),
        2,
      ),
      pointer,
    );
  else if (what === 0 && (!variables || variables.length === 0))
    context.report(messages.oneOfKeys(['events', 'variables', 'rate'], 0), pointer);
  if (!selection) return undefined;
  if (variables)
    checkVariables(
      context,
      variables,
      selection,
      names,
      typeof document.variables === 'string'
        ? () => `${pointer}/variables`
        : (index) => `${pointer}/variables/${index}`,
    );
  if (document.section !== undefined) checkSection(context, document.section, selection, `${pointer}/section`);
  const name =
    document.name ?? freeName(usualName(document, variables, selection), (candidate) => taken.has(candidate));
  taken.add(name);
  const at = { context, pointer, scopes: [] };
  const known = { of: selection.rule, name };
  if (document.rate === true) return readObject(recordings.rate, document, at, known);
  if (document.events === undefined) {
    const place = placeOf(context, document.section, document.fraction, pointer);
    return readObject(recordings.variables, document, at, { ...known, variables: variables ?? [], ...place });
  }
  for (const member of selection.members) {
    const events = eventsOf(member);
    if (events && !events.has(document.events))
      context.report(messages.unknownReference('event', document.events, [...events]), `${pointer}/events`);
  }
  for (const key of ['every', 'slot', 'order'] as const)
    if (document[key] !== undefined && (key === 'every' || !variables))
      context.report(messages.onlyWith(key, 'variables'), `${pointer}/${key}`);
  return readObject(recordings.events, document, at, { ...known, variables });
}

function checkVariables(
  context: Context,
  variables: readonly string[],
  selection: Selection,
  names: RecordableNames,
  at: (index: number) => string,
): void {
  for (const member of selection.members) {
    const known = recordable(member, names);
    for (const [index, name] of variables.entries()) {
      if (known && !known.includes(name))
        context.report(messages.unknownVariable(name, known, 'variable to record'), at(index));
    }
  }
}

/** Variables set by the simulator that recordings accept, of cells and of synapses. */
export const recordableSpecials: ReadonlySet<string> = new Set([
  ...['t', 'dt', 't_in_timesteps', 'i', 'j', 'lastspike', 'not_refractory', 'lastupdate'],
  ...['N_pre', 'N_post', 'N_incoming', 'N_outgoing', 'copy'],
]);

/** Recordable variables of cells that the simulator sets. */
export const recordableOfCells: readonly string[] = [...neuronSpecials.keys()].filter((name) =>
  recordableSpecials.has(name),
);

const recordableKinds: ReadonlySet<VariableKind | undefined> = new Set(['parameter', 'state', 'derived', 'input']);

const isRecordable = (name: string, kind: VariableKind | undefined): boolean =>
  recordableKinds.has(kind) || (kind === 'special' && recordableSpecials.has(referenceOf(name).variable));

/** Returns the recordable variables of an element; undefined if the type itself is wrong. */
function recordable(member: Member, { scopes, currents }: RecordableNames): readonly string[] | undefined {
  if (member.kind === 'projection') {
    const [first, ...others] = scopes(member.id);
    return first
      ?.names()
      .filter((name) => [first, ...others].every((names) => isRecordable(name, names.lookup(name)?.kind)));
  }
  const { neuron, unknown } = member.population;
  if (!neuron) return unknown === true ? undefined : [];
  const own = neuron.own.names().filter((name) => recordableKinds.has(neuron.own.lookup(name)?.kind));
  return [
    ...own,
    ...currents,
    ...recordableOfCells,
    ...(neuron.type.compartments ? compartmentVariables(neuron.type.compartments) : []),
  ];
}

/**
 * Returns a name made of the recorded names, in letters, digits and underscores: `exc_spikes`, `exc_v_ge`, `inh_rate`.
 */
function usualName(
  document: RecordingDocument,
  variables: readonly string[] | undefined,
  selection: Selection,
): string {
  const subject = selectionText(selection.rule)?.replace(/\[.*/, '') ?? selection.members.map(({ id }) => id).join('_');
  const events = document.events === undefined ? undefined : document.events === 'spike' ? 'spikes' : document.events;
  const what = document.rate === true ? 'rate' : (events ?? (variables ?? []).join('_'));
  return `${subject}_${what}${document.section === undefined ? '' : `_${document.section}`}`.replace(/\W/g, '_');
}
