import { isListed } from '../arrays.js';
import { areInFile, isPhase, isSelection } from '../tagged.js';
import { sideOf } from '../../lang/reference.js';
import type { Unit } from '../../lang/units.js';
import type { PhaseDocument } from '../document.generated.js';
import { messages } from '../messages.js';
import type { Id, Phase, PhaseKinds, SelectionRule, SpikeTrain, Value } from '../model.js';
import { child } from '../pointer.js';
import type { Slots } from '../shape/form.js';
import { phases } from '../shape/protocol.js';
import { compartmentsWith, mechanismNames, mechanismVariable } from './compartments.js';
import type { Context } from './context.js';
import { normaliseExpression } from './expressions.js';
import { madeOf, readObject, type Place } from './members.js';
import { namesOfKinds, secondUnit, type Names, type Variable } from './names.js';
import { normaliseSelection, selectionText, type Elements, type Selection } from './selections.js';
import { selectionScopes } from './drives.js';
import { normaliseSpikes } from './populations.js';
import { normaliseValue, type Matrix } from './values.js';

/** Names of a projection's synapses that phases may use. */
interface SynapseNames {
  readonly own: Names;
  readonly scopes: readonly Names[];
  /** Event of each pathway, such as `pre.spike`. */
  readonly pathways: Readonly<Record<Id, string>>;
  /** Rows and columns of a matrix with a value for each pair of ends. */
  readonly matrix?: Matrix | undefined;
}

/** Names that phases may use. */
export interface ProtocolNames {
  readonly elements: Elements;
  readonly stimuli: ReadonlySet<Id>;
  /**
   * Unit of the input that a current flows into, and the names that its value may read; undefined for other stimuli.
   */
  readonly current: (stimulus: Id) => { readonly unit: Unit; readonly scopes: readonly Names[] } | undefined;
  readonly recordings: ReadonlySet<Id>;
  /** Own variables and scopes of the synapses of a projection. */
  readonly synapse: (projection: Id) => SynapseNames | undefined;
}

/** What a phase does, the key of its member for that. */
type Action = keyof PhaseKinds;
const actions = Object.keys(phases) as readonly Action[];

/** Normalises the phases of the protocol; reports mistakes and leaves wrong phases out. */
export function normaliseProtocol(
  context: Context,
  documents: readonly PhaseDocument[],
  names: ProtocolNames,
  pointer: string,
): Phase[] {
  const stored = new Set<string>();
  let now = 0;
  const result: Phase[] = [];
  for (const [index, document] of documents.entries()) {
    const at: Place = { context, pointer: `${pointer}/${index}`, scopes: [] };
    const given = actions.filter((key) => document[key] !== undefined);
    const [action] = given;
    if (action === undefined || given.length > 1) {
      context.report(messages.oneOfKeys(given.length > 1 ? given : actions, given.length), at.pointer);
      continue;
    }
    checkCompanions(document, action, at);
    const read = readers[action]?.(document, names, at);
    if (readers[action] && !read) continue;
    const { scopes = [], ...known } = read ?? {};
    const phase = readObject<Slots>(phases[action], document, { ...at, scopes }, known) as object as Phase;
    if (!(action in phase)) continue;
    if (isPhase(phase, 'run')) now += phase.run;
    else if (isPhase(phase, 'runUntil')) {
      if (phase.runUntil < now) context.report(messages.timePassed(now, phase.runUntil), `${at.pointer}/runUntil`);
      now = phase.runUntil;
    } else if (isPhase(phase, 'reset')) now = 0;
    else if (isPhase(phase, 'store')) stored.add(phase.store);
    else if (isPhase(phase, 'restore')) {
      if (!stored.has(phase.restore))
        context.report(messages.unknownReference('stored state', phase.restore, [...stored]), `${at.pointer}/restore`);
      // The stored time is not computed, so later times are not compared with it.
      now = 0;
    }
    result.push(phase);
  }
  return result;
}

/** Checks that keys accompany an action that has them. */
function checkCompanions(document: PhaseDocument, action: Action, { context, pointer }: Place): void {
  for (const key of Object.keys(document) as (keyof PhaseDocument)[]) {
    const owner = actions.find((one) => key in phases[one]);
    if (document[key] !== undefined && owner && !(key in phases[action]))
      context.report(messages.onlyWith(key, owner), `${pointer}/${key}`);
  }
}

/** Members of a phase that are not read by their shapes alone, and the names that the others may read. */
interface Read {
  readonly scopes?: readonly Names[];
  readonly [key: string]: unknown;
}
/** Reads such members; undefined after a finding that leaves nothing to check. */
type Reader = (document: PhaseDocument, names: ProtocolNames, at: Place) => Read | undefined;

/** Reads the name of something that the model has. */
const nameOf =
  (key: 'attach' | 'detach' | 'record', what: string, all: (names: ProtocolNames) => ReadonlySet<Id>): Reader =>
  ({ [key]: name = '' }, names, { context, pointer }) => {
    const known = all(names);
    if (known.has(name)) return {};
    context.report(messages.unknownReference(what, name, [...known]), `${pointer}/${key}`);
    return undefined;
  };

const readers: Readonly<Partial<Record<Action, Reader>>> = {
  set: (document, names, at) => chosenValues(document, 'set', ['parameter', 'state'], names, at),
  initialise: (document, names, at) => chosenValues(document, 'initialise', ['state'], names, at),
  delays: readDelays,
  currents: readCurrents,
  replay: readReplay,
  attach: nameOf('attach', 'stimulus', ({ stimuli }) => stimuli),
  detach: nameOf('detach', 'stimulus', ({ stimuli }) => stimuli),
  record: nameOf('record', 'recording', ({ recordings }) => recordings),
};

/** Reads the selection that accompanies an action; null if none does, undefined after a finding. */
const selectionIn = (
  { of }: PhaseDocument,
  { elements }: ProtocolNames,
  { context, pointer }: Place,
): Selection | null | undefined =>
  of === undefined ? null : normaliseSelection(context, of, elements, `${pointer}/of`);

/**
 * Reads values for `population.variable`, or for variables of the selection that accompanies them. Keys are in one
 * spelling: a selection that has a text is merged into them.
 */
function chosenValues(
  document: PhaseDocument,
  key: 'set' | 'initialise',
  kinds: readonly Variable['kind'][],
  names: ProtocolNames,
  { context, pointer }: Place,
): Read | undefined {
  const chosen = selectionIn(document, names, { context, pointer, scopes: [] });
  if (chosen === undefined) return undefined;
  const values: Record<string, Value> = {};
  const scopes: Names[] = [];
  for (const [spelt, written] of Object.entries(document[key] ?? {})) {
    const at = child(`${pointer}/${key}`, spelt);
    const target = chosen
      ? variableOf(context, chosen, spelt, kinds, names, at)
      : settable(context, spelt, kinds, names, at);
    if (!target) continue;
    const { selection, variable, name } = target;
    scopes.push(...target.scopes);
    const slot = {
      ...{ what: `the value of ${name}`, unit: variable.unit, type: variable.type },
      ...{ count: selection.count, otherCount: byCompartment(selection, name) },
      ...(chosen ? {} : { matrix: matrixFor(selection, names) }),
    };
    const value = normaliseValue(context, written, target.scopes, slot, at);
    const text = selectionText(selection.rule) ?? (chosen ? undefined : listedSynapses(selection.rule));
    if (value === undefined || (text === undefined && !chosen)) continue;
    const spelling = text === undefined ? name : `${text}.${name}`;
    if (Object.hasOwn(values, spelling)) context.reportKey(messages.setTwice(spelling), at);
    values[spelling] = value;
  }
  const { rule } = chosen ?? {};
  return { [key]: values, scopes, of: rule && selectionText(rule) === undefined ? rule : undefined };
}

/**
 * Reads delays by `projection.pathway`; a projection without a pathway stands for its only pathway from the sending
 * side.
 */
function readDelays(document: PhaseDocument, names: ProtocolNames, { context, pointer }: Place): Read {
  const delays: Record<string, Value> = {};
  for (const [key, written] of Object.entries(document.delays ?? {})) {
    const at = child(`${pointer}/delays`, key);
    const [projection = '', pathway, ...rest] = key.split('.');
    const synapse = names.synapse(projection);
    if (!names.elements.projections.has(projection) || rest.length > 0) {
      context.reportKey(messages.unknownReference('projection', projection, [...names.elements.projections]), at);
      continue;
    }
    if (!synapse) continue;
    const before = Object.keys(synapse.pathways).filter((name) => sideOf(synapse.pathways[name] ?? '') === 'pre');
    const chosen = pathway ?? (before.length === 1 ? before[0] : undefined);
    if (chosen === undefined || !Object.hasOwn(synapse.pathways, chosen)) {
      const finding =
        chosen === undefined
          ? messages.delayPathways(before)
          : messages.unknownReference('pathway', chosen, Object.keys(synapse.pathways));
      context.reportKey(finding, at);
      continue;
    }
    const slot = { what: `the delay of ${key}`, unit: secondUnit, type: 'real', least: 0 } as const;
    const value = normaliseValue(context, written, synapse.scopes, { ...slot, matrix: synapse.matrix }, at);
    if (value !== undefined) delays[`${projection}.${chosen}`] = value;
  }
  return { delays };
}

/** Reads other values for currents. */
function readCurrents({ currents: given }: PhaseDocument, names: ProtocolNames, { context, pointer }: Place): Read {
  const currents = madeOf(given, `${pointer}/currents`, (written, at, id) => {
    if (!names.stimuli.has(id)) context.reportKey(messages.unknownReference('stimulus', id, [...names.stimuli]), at);
    const { unit, scopes } = names.current(id) ?? {};
    const slot = unit && { what: 'the value of the current', unit, type: 'real' as const };
    return slot && scopes && normaliseExpression(context, written, scopes, slot, at);
  });
  return { currents };
}

/** Reads other spikes for populations that replay them. */
function readReplay(document: PhaseDocument, names: ProtocolNames, place: Place): Read | undefined {
  const { context } = place;
  const of = selectionIn(document, names, place);
  if (of === undefined) return undefined;
  const { populations } = names.elements;
  const replay = madeOf(document.replay, `${place.pointer}/replay`, (written, at, id): SpikeTrain | undefined => {
    const population = populations.get(id);
    if (!population) context.reportKey(messages.unknownReference('population', id, [...populations.keys()]), at);
    if (!population || population.unknown === true) return undefined;
    if (population.neuron !== undefined) {
      context.reportKey(messages.replaysNothing(id), at);
      return undefined;
    }
    const spikes = normaliseSpikes(context, written, population.size, id, at);
    if (!spikes || !areInFile(spikes)) return spikes;
    context.report(messages.badSetting('file'), `${at}/file`);
    return undefined;
  });
  return { replay, of: of?.rule };
}

/** Returns the length of a list with a value for each compartment of each cell that has the variable. */
function byCompartment({ members, count }: Selection, name: Id): number | undefined {
  const [member, ...others] = members;
  const compartments = member?.kind === 'population' ? member.population.neuron?.type.compartments : undefined;
  if (!compartments || others.length > 0 || count === undefined) return undefined;
  return count * compartmentsWith(compartments, name);
}

/** Returns the synapses that a key lists by number, in one spelling. */
const listedSynapses = (rule: SelectionRule): string | undefined =>
  isSelection(rule, 'synapses') && rule.indices && isListed(rule.indices)
    ? `${rule.projection}[${rule.indices.join(', ')}]`
    : undefined;

/** Returns the matrix that gives all synapses of a projection their values, pair by pair. */
const matrixFor = ({ rule }: Selection, names: ProtocolNames): Matrix | undefined =>
  isSelection(rule, 'synapses') && !rule.slice && !rule.indices ? names.synapse(rule.projection)?.matrix : undefined;

/** A variable of all elements of a selection, and the names that expressions for these may read. */
interface Target {
  readonly selection: Selection;
  readonly variable: Variable;
  readonly name: Id;
  readonly scopes: readonly Names[];
}

/** Resolves a key of `set`; undefined after a finding. */
function settable(
  context: Context,
  key: string,
  kinds: readonly Variable['kind'][],
  names: ProtocolNames,
  pointer: string,
): Target | undefined {
  const [, of, name = ''] = /^([^.]*|.*)\.([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?)$/.exec(key) ?? [];
  if (of === undefined || of.includes('+')) {
    context.reportKey(messages.badSetting(key), pointer);
    return undefined;
  }
  const selection = normaliseSelection(context, of, names.elements, pointer);
  return selection && variableOf(context, selection, name, kinds, names, pointer);
}

/** Resolves a variable that all elements of a selection have; undefined after a finding. */
function variableOf(
  context: Context,
  selection: Selection,
  name: Id,
  kinds: readonly Variable['kind'][],
  names: ProtocolNames,
  pointer: string,
): Target | undefined {
  let found: Variable | undefined;
  const scopesOf = (projection: Id): readonly Names[] => names.synapse(projection)?.scopes ?? [];
  for (const member of selection.members) {
    const own = member.kind === 'projection' ? names.synapse(member.id)?.own : member.population.neuron?.own;
    if (!own && member.kind === 'projection') return undefined;
    if (member.kind === 'population' && member.population.unknown === true) return undefined;
    const { compartments } = (member.kind === 'population' && member.population.neuron?.type) || {};
    const variable = own?.lookup(name) ?? (compartments && mechanismVariable(compartments, name));
    if (!variable || !kinds.includes(variable.kind)) {
      const known = [...namesOfKinds(own, kinds), ...(compartments ? mechanismNames(compartments) : [])];
      const what = kinds.includes('parameter') ? 'parameter or state variable' : 'state variable';
      context.reportKey(messages.unknownVariable(name, known, what), pointer);
      return undefined;
    }
    if (variable.unknown === true) return undefined;
    found ??= variable;
  }
  return found && { selection, name, variable: found, scopes: selectionScopes(selection, scopesOf) };
}
