import type { PhaseDocument, ValueDocument } from '../document.js';
import { messages } from '../messages.js';
import type { Id, Phase, Value } from '../model.js';
import { child } from '../pointer.js';
import type { Context } from './context.js';
import { normaliseExpression } from './expressions.js';
import { nonNegativeQuantity } from './literals.js';
import { pureUnit, secondUnit, type Names, type Variable } from './names.js';
import { normaliseSelection, selectionText, type Elements, type Selection } from './selections.js';
import { selectionScopes } from './drives.js';
import { normaliseValue } from './values.js';

/** What phases may name. */
export interface ProtocolNames {
  readonly elements: Elements;
  readonly stimuli: ReadonlySet<Id>;
  readonly recordings: ReadonlySet<Id>;
  /** Own variables and scopes of the synapses of a projection. */
  readonly synapse: (projection: Id) => { readonly own: Names; readonly scopes: readonly Names[] } | undefined;
}

const actions = ['run', 'runUntil', 'set', 'initialise', 'attach', 'detach', 'record', 'reset', 'store', 'restore'] as const;

/** The phases of the protocol; what is wrong is reported and left out. */
export function normaliseProtocol(context: Context, phases: readonly PhaseDocument[], names: ProtocolNames, pointer: string): Phase[] {
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
    if ('run' in phase) now += phase.run;
    else if ('runUntil' in phase) {
      if (phase.runUntil < now) context.report(messages.timePassed(now, phase.runUntil), `${at}/runUntil`);
      now = phase.runUntil;
    } else if ('reset' in phase) now = 0;
    else if ('store' in phase) stored.add(phase.store);
    else if ('restore' in phase) {
      if (!stored.has(phase.restore))
        context.report(messages.unknownReference('stored state', phase.restore, [...stored]), `${at}/restore`);
      // The time that was stored is not worked out: what follows is not compared with it.
      now = 0;
    }
    result.push(phase);
  }
  return result;
}

/** `where` goes with set, `on` with record, `segment` with reset. */
function checkCompanions(context: Context, document: PhaseDocument, action: (typeof actions)[number], pointer: string): void {
  for (const [key, owner] of [
    ['where', 'set'],
    ['on', 'record'],
    ['segment', 'reset'],
  ] as const) {
    if (document[key] !== undefined && action !== owner) context.report(messages.onlyWith(key, owner), `${pointer}/${key}`);
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
      const time = nonNegativeQuantity(context, document[action] ?? 0, secondUnit, 'the time to run', `${pointer}/${action}`);
      return time === undefined ? undefined : action === 'run' ? { run: time } : { runUntil: time };
    }
    case 'set':
      return setPhase(context, document, names, pointer);
    case 'initialise':
      return { initialise: normaliseSet(context, document.initialise ?? {}, ['state'], names, `${pointer}/initialise`).values };
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
      return { reset: true, ...(document.segment === undefined ? {} : { segment: document.segment }) };
    case 'store':
      return { store: document.store ?? '' };
    case 'restore':
      return { restore: document.restore ?? '' };
    default:
      return action satisfies never;
  }
}

function setPhase(context: Context, document: PhaseDocument, names: ProtocolNames, pointer: string): Phase {
  const { values, scopes } = normaliseSet(context, document.set ?? {}, ['parameter', 'state'], names, `${pointer}/set`);
  if (document.where === undefined) return { set: values };
  const where = normaliseExpression(
    context,
    document.where,
    scopes,
    { what: 'the condition', unit: pureUnit, type: 'boolean' },
    `${pointer}/where`,
  );
  return { set: values, ...(where === undefined ? {} : { where }) };
}

/** `population.variable: value` for each entry; keys in one spelling. */
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
      { what: `the value of ${name}`, unit: variable.unit, type: variable.type, ...count },
      at,
    );
    const text = selectionText(selection.rule);
    if (value === undefined || text === undefined) continue;
    const spelling = `${text}.${name}`;
    if (Object.hasOwn(values, spelling)) context.reportKey(messages.setTwice(spelling), at);
    values[spelling] = value;
  }
  return { values, scopes: allScopes };
}

/** What a key of `set` names; undefined after a finding. */
function settable(
  context: Context,
  key: string,
  kinds: readonly Variable['kind'][],
  names: ProtocolNames,
  pointer: string,
): { selection: Selection; variable: Variable; name: Id; scopes: readonly Names[] } | undefined {
  const [, of, name = ''] = /^(.*)\.([A-Za-z_][A-Za-z0-9_]*)$/.exec(key) ?? [];
  if (of === undefined || of.includes('+')) {
    context.reportKey(messages.badSetting(key), pointer);
    return undefined;
  }
  const selection = normaliseSelection(context, of, names.elements, pointer);
  const [member] = selection?.members ?? [];
  if (!selection || !member) return undefined;
  const synapse = member.kind === 'projection' ? names.synapse(member.id) : undefined;
  const own = member.kind === 'projection' ? synapse?.own : member.population.neuron?.own;
  if (!own && member.kind === 'projection') return undefined;
  if (member.kind === 'population' && member.population.unknown === true) return undefined;
  const variable = own?.lookup(name);
  if (!variable || !kinds.includes(variable.kind)) {
    const known = own?.names().filter((other) => kinds.includes(own.lookup(other)?.kind ?? 'special')) ?? [];
    context.reportKey(
      messages.unknownVariable(name, known, kinds.includes('parameter') ? 'parameter or state variable' : 'state variable'),
      pointer,
    );
    return undefined;
  }
  if (variable.unknown === true) return undefined;
  return { selection, variable, name, scopes: selectionScopes(selection, () => synapse?.scopes ?? []) };
}
