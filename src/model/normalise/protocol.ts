import { isListed } from '../arrays.js';
import { areInFile, isPhase, isSelection } from '../tagged.js';
import { sideOf } from '../../lang/reference.js';
import type { Unit } from '../../lang/units.js';
import type { ExpressionDocument, PhaseDocument, ValueDocument } from '../document.generated.js';
import { messages } from '../messages.js';
import type { Id, Phase, SelectionRule, Value } from '../model.js';
import { child } from '../pointer.js';
import { compartmentsWith, mechanismNames, mechanismVariable } from './compartments.js';
import type { Context } from './context.js';
import { normaliseExpression } from './expressions.js';
import { nonNegativeQuantity } from './literals.js';
import { pureUnit, secondUnit, type Names, type Variable } from './names.js';
import { normaliseSelection, selectionText, type Elements, type Selection } from './selections.js';
import { selectionScopes } from './drives.js';
import { normaliseSpikes } from './populations.js';
import { normaliseValue } from './values.js';

/** Names of a projection's synapses that phases may use. */
interface SynapseNames {
  readonly own: Names;
  readonly scopes: readonly Names[];
  /** Event of each pathway, such as `pre.spike`. */
  readonly pathways: Readonly<Record<Id, string>>;
  /** Rows and columns of a matrix with a value for each pair of ends. */
  readonly matrix?: readonly [number, number];
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

const actions = [
  'run',
  'runUntil',
  'set',
  'initialise',
  'delays',
  'currents',
  'replay',
  'attach',
  'detach',
  'record',
  'reset',
  'store',
  'restore',
] as const;

/** Normalises the phases of the protocol; reports mistakes and leaves wrong phases out. */
export function normaliseProtocol(
  context: Context,
  phases: readonly PhaseDocument[],
  names: ProtocolNames,
  pointer: string,
): Phase[] {
  const stored = new Set<string>();
  let now = 0;
  const result: Phase[] = [];
  for (const [index, document] of phases.entries()) {
    const at = `${pointer}/${index}`;
    const given = actions.filter((key) => document[key] !== undefined);
    const [action] = given;
    if (action === undefined || given.length > 1) {
      context.report(messages.oneOfKeys(given.length > 1 ? given : actions, given.length), at);
      continue;
    }
    checkCompanions(context, document, action, at);
    const phase = normalisePhase(context, document, action, names, at);
    if (!phase) continue;
    if (isPhase(phase, 'run')) now += phase.run;
    else if (isPhase(phase, 'runUntil')) {
      if (phase.runUntil < now) context.report(messages.timePassed(now, phase.runUntil), `${at}/runUntil`);
      now = phase.runUntil;
    } else if (isPhase(phase, 'reset')) now = 0;
    else if (isPhase(phase, 'store')) stored.add(phase.store);
    else if (isPhase(phase, 'restore')) {
      if (!stored.has(phase.restore))
        context.report(messages.unknownReference('stored state', phase.restore, [...stored]), `${at}/restore`);
      // The stored time is not computed, so later times are not compared with it.
      now = 0;
    }
    result.push(phase);
  }
  return result;
}

/**
 * Checks that keys accompany the right action: `where` goes with set, `of` with set, initialise and replay, `on` with
 * record, `segment` and `annotations` with reset.
 */
function checkCompanions(
  context: Context,
  document: PhaseDocument,
  action: (typeof actions)[number],
  pointer: string,
): void {
  for (const [key, owner] of [
    ['where', 'set'],
    ['on', 'record'],
    ['of', action === 'initialise' || action === 'replay' ? action : 'set'],
    ['numbered', action === 'initialise' ? 'initialise' : 'set'],
    ['segment', 'reset'],
    ['annotations', 'reset'],
  ] as const) {
    if (document[key] !== undefined && action !== owner)
      context.report(messages.onlyWith(key, owner), `${pointer}/${key}`);
  }
}

function normalisePhase(
  context: Context,
  document: PhaseDocument,
  action: (typeof actions)[number],
  names: ProtocolNames,
  pointer: string,
): Phase | undefined {
  const known = (what: string, name: Id, all: ReadonlySet<Id>): boolean => {
    if (all.has(name)) return true;
    context.report(messages.unknownReference(what, name, [...all]), `${pointer}/${action}`);
    return false;
  };
  switch (action) {
    case 'run':
    case 'runUntil': {
      const time = nonNegativeQuantity(
        context,
        document[action] ?? 0,
        secondUnit,
        'the time to run',
        `${pointer}/${action}`,
      );
      return time === undefined ? undefined : action === 'run' ? { run: time } : { runUntil: time };
    }
    case 'set':
      return setPhase(context, document, names, pointer);
    case 'initialise':
      return initialisePhase(context, document, names, pointer);
    case 'delays':
      return delaysPhase(context, document.delays ?? {}, names, `${pointer}/delays`);
    case 'currents':
      return currentsPhase(context, document.currents ?? {}, names, `${pointer}/currents`);
    case 'replay':
      return replayPhase(context, document, names, pointer);
    case 'attach':
    case 'detach': {
      const stimulus = document[action] ?? '';
      if (!known('stimulus', stimulus, names.stimuli)) return undefined;
      return action === 'attach' ? { attach: stimulus } : { detach: stimulus };
    }
    case 'record': {
      const record = document.record ?? '';
      return known('recording', record, names.recordings) ? { record, on: document.on ?? true } : undefined;
    }
    case 'reset':
      return {
        reset: true,
        ...(document.segment === undefined ? {} : { segment: document.segment }),
        ...(document.annotations === undefined ? {} : { annotations: document.annotations }),
      };
    case 'store':
      return { store: document.store ?? '' };
    case 'restore':
      return { restore: document.restore ?? '' };
    default:
      return action satisfies never;
  }
}

function setPhase(context: Context, document: PhaseDocument, names: ProtocolNames, pointer: string): Phase | undefined {
  const given = normaliseChosen(
    context,
    document,
    document.set ?? {},
    ['parameter', 'state'],
    names,
    `${pointer}/set`,
    pointer,
  );
  if (!given) return undefined;
  const { values, scopes, of } = given;
  if (document.where === undefined) return { set: values, ...of, ...numbered(document) };
  const where = normaliseExpression(
    context,
    document.where,
    scopes,
    { what: 'the condition', unit: pureUnit, type: 'boolean' },
    `${pointer}/where`,
  );
  return { set: values, ...(where === undefined ? {} : { where }), ...of, ...numbered(document) };
}

const numbered = (document: PhaseDocument): { readonly numbered?: 'selection' } =>
  document.numbered === undefined ? {} : { numbered: document.numbered };

function initialisePhase(
  context: Context,
  document: PhaseDocument,
  names: ProtocolNames,
  pointer: string,
): Phase | undefined {
  const given = normaliseChosen(
    context,
    document,
    document.initialise ?? {},
    ['state'],
    names,
    `${pointer}/initialise`,
    pointer,
  );
  return given && { initialise: given.values, ...given.of, ...numbered(document) };
}

/**
 * Normalises the keys of a `set`, or the variables of the selection that accompanies it. A selection that has a text is
 * merged into the keys.
 */
function normaliseChosen(
  context: Context,
  { of }: PhaseDocument,
  map: Readonly<Record<string, ValueDocument>>,
  kinds: readonly Variable['kind'][],
  names: ProtocolNames,
  pointer: string,
  phase: string,
): { values: Record<string, Value>; scopes: readonly Names[]; of: { readonly of?: SelectionRule } } | undefined {
  if (of === undefined) return { ...normaliseSet(context, map, kinds, names, pointer), of: {} };
  const selection = normaliseSelection(context, of, names.elements, `${phase}/of`);
  if (!selection) return undefined;
  const text = selectionText(selection.rule);
  const values: Record<string, Value> = {};
  const allScopes: Names[] = [];
  const count = selection.count === undefined ? {} : { count: selection.count };
  for (const [name, written] of Object.entries(map)) {
    const at = child(pointer, name);
    const found = variableOf(context, selection, name, kinds, names, at);
    if (!found) continue;
    const { variable, scopes } = found;
    allScopes.push(...scopes);
    const other = byCompartment(selection, name);
    const slot = { what: `the value of ${name}`, unit: variable.unit, type: variable.type, ...count, ...other };
    const value = normaliseValue(context, written, scopes, slot, at);
    if (value !== undefined) values[text === undefined ? name : `${text}.${name}`] = value;
  }
  return { values, scopes: allScopes, of: text === undefined ? { of: selection.rule } : {} };
}

/**
 * Normalises delays by `projection.pathway`; a projection without a pathway stands for its only pathway from the
 * sending side.
 */
function delaysPhase(
  context: Context,
  map: Readonly<Record<string, ValueDocument>>,
  names: ProtocolNames,
  pointer: string,
): Phase | undefined {
  const delays: Record<string, Value> = {};
  for (const [key, written] of Object.entries(map)) {
    const at = child(pointer, key);
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
      context.reportKey(
        chosen === undefined
          ? messages.delayPathways(before)
          : messages.unknownReference('pathway', chosen, Object.keys(synapse.pathways)),
        at,
      );
      continue;
    }
    const value = normaliseValue(
      context,
      written,
      synapse.scopes,
      {
        what: `the delay of ${key}`,
        unit: secondUnit,
        type: 'real',
        least: 0,
        ...(synapse.matrix ? { matrix: synapse.matrix } : {}),
      },
      at,
    );
    if (value !== undefined) delays[`${projection}.${chosen}`] = value;
  }
  return { delays };
}

/** Normalises other values for currents. */
function currentsPhase(
  context: Context,
  map: Readonly<Record<string, ExpressionDocument>>,
  names: ProtocolNames,
  pointer: string,
): Phase | undefined {
  const currents: Record<Id, string> = {};
  for (const [id, written] of Object.entries(map)) {
    const at = child(pointer, id);
    if (!names.stimuli.has(id)) {
      context.reportKey(messages.unknownReference('stimulus', id, [...names.stimuli]), at);
      continue;
    }
    const current = names.current(id);
    const value =
      current &&
      normaliseExpression(
        context,
        written,
        current.scopes,
        { what: 'the value of the current', unit: current.unit, type: 'real' },
        at,
      );
    if (value !== undefined) currents[id] = value;
  }
  return { currents };
}

/** Normalises other spikes for populations that replay them. */
function replayPhase(
  context: Context,
  document: PhaseDocument,
  names: ProtocolNames,
  pointer: string,
): Phase | undefined {
  const replay: Record<Id, Extract<Phase, { replay: unknown }>['replay'][Id]> = {};
  const of =
    document.of === undefined ? undefined : normaliseSelection(context, document.of, names.elements, `${pointer}/of`);
  if (document.of !== undefined && of === undefined) return undefined;
  for (const [id, written] of Object.entries(document.replay ?? {})) {
    const at = child(`${pointer}/replay`, id);
    const population = names.elements.populations.get(id);
    if (!population) {
      context.reportKey(messages.unknownReference('population', id, [...names.elements.populations.keys()]), at);
      continue;
    }
    if (population.neuron !== undefined || population.unknown === true) {
      if (population.unknown !== true) context.reportKey(messages.replaysNothing(id), at);
      continue;
    }
    const spikes = normaliseSpikes(context, written, population.size, id, at);
    if (spikes && areInFile(spikes)) context.report(messages.badSetting('file'), `${at}/file`);
    else if (spikes) replay[id] = spikes;
  }
  return { replay, ...(of === undefined ? {} : { of: of.rule }) };
}

/** Normalises `population.variable: value` for each entry; keys in one spelling. */
function normaliseSet(
  context: Context,
  map: Readonly<Record<string, ValueDocument>>,
  kinds: readonly Variable['kind'][],
  names: ProtocolNames,
  pointer: string,
): { values: Record<string, Value>; scopes: readonly Names[] } {
  const values: Record<string, Value> = {};
  const allScopes: Names[] = [];
  for (const [key, written] of Object.entries(map)) {
    const at = child(pointer, key);
    const target = settable(context, key, kinds, names, at);
    if (!target) continue;
    const { selection, variable, name, scopes } = target;
    allScopes.push(...scopes);
    const count = selection.count === undefined ? {} : { count: selection.count };
    const value = normaliseValue(
      context,
      written,
      scopes,
      {
        what: `the value of ${name}`,
        unit: variable.unit,
        type: variable.type,
        ...count,
        ...byCompartment(selection, name),
        ...matrixFor(selection, names),
      },
      at,
    );
    const text = selectionText(selection.rule) ?? listedSynapses(selection.rule);
    if (value === undefined || text === undefined) continue;
    const spelling = `${text}.${name}`;
    if (Object.hasOwn(values, spelling)) context.reportKey(messages.setTwice(spelling), at);
    values[spelling] = value;
  }
  return { values, scopes: allScopes };
}

/** Returns the length of a list with a value for each compartment of each cell that has the variable. */
function byCompartment({ members, count }: Selection, name: Id): { readonly otherCount?: number } {
  const [member, ...others] = members;
  const compartments = member?.kind === 'population' ? member.population.neuron?.type.compartments : undefined;
  if (!compartments || others.length > 0 || count === undefined) return {};
  return { otherCount: count * compartmentsWith(compartments, name) };
}

/** Returns the synapses that a key lists by number, in one spelling. */
const listedSynapses = (rule: SelectionRule): string | undefined =>
  isSelection(rule, 'synapses') && rule.indices && isListed(rule.indices)
    ? `${rule.projection}[${rule.indices.join(', ')}]`
    : undefined;

/** Returns the matrix that gives all synapses of a projection their values, pair by pair. */
function matrixFor({ rule }: Selection, names: ProtocolNames): { readonly matrix?: readonly [number, number] } {
  if (!isSelection(rule, 'synapses') || rule.slice || rule.indices) return {};
  const matrix = names.synapse(rule.projection)?.matrix;
  return matrix ? { matrix } : {};
}

/** Resolves a key of `set`; undefined after a finding. */
function settable(
  context: Context,
  key: string,
  kinds: readonly Variable['kind'][],
  names: ProtocolNames,
  pointer: string,
): { selection: Selection; variable: Variable; name: Id; scopes: readonly Names[] } | undefined {
  const [, of, name = ''] = /^([^.]*|.*)\.([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?)$/.exec(key) ?? [];
  if (of === undefined || of.includes('+')) {
    context.reportKey(messages.badSetting(key), pointer);
    return undefined;
  }
  const selection = normaliseSelection(context, of, names.elements, pointer);
  const found = selection && variableOf(context, selection, name, kinds, names, pointer);
  return found && { selection, name, ...found };
}

/** Resolves a variable that all elements of a selection have; undefined after a finding. */
function variableOf(
  context: Context,
  selection: Selection,
  name: Id,
  kinds: readonly Variable['kind'][],
  names: ProtocolNames,
  pointer: string,
): { variable: Variable; scopes: readonly Names[] } | undefined {
  let found: Variable | undefined;
  const scopesOf = (projection: Id): readonly Names[] => names.synapse(projection)?.scopes ?? [];
  for (const member of selection.members) {
    const own = member.kind === 'projection' ? names.synapse(member.id)?.own : member.population.neuron?.own;
    if (!own && member.kind === 'projection') return undefined;
    if (member.kind === 'population' && member.population.unknown === true) return undefined;
    const { compartments } = (member.kind === 'population' && member.population.neuron?.type) || {};
    const variable = own?.lookup(name) ?? (compartments && mechanismVariable(compartments, name));
    if (!variable || !kinds.includes(variable.kind)) {
      const known = [
        ...(own?.names().filter((other) => kinds.includes(own.lookup(other)?.kind ?? 'special')) ?? []),
        ...(compartments ? mechanismNames(compartments) : []),
      ];
      context.reportKey(
        messages.unknownVariable(
          name,
          known,
          kinds.includes('parameter') ? 'parameter or state variable' : 'state variable',
        ),
        pointer,
      );
      return undefined;
    }
    if (variable.unknown === true) return undefined;
    found ??= variable;
  }
  return found && { variable: found, scopes: selectionScopes(selection, scopesOf) };
}
