import { dimensionless, type Dimension } from '../../lang/ast.js';
import { inferType } from '../../lang/check.js';
import { unitText } from '../../lang/dimension.js';
import type { Unit } from '../../lang/units.js';
import type { PathwayDocument, SynapseDocument } from '../document.generated.js';
import { mapped } from '../collections.js';
import { defaultPathwayOrder } from '../hashed-form.js';
import { messages } from '../messages.js';
import type { Pathway, SynapseType } from '../model.js';
import { child } from '../pointer.js';
import * as shapes from '../shape/synapses.js';
import { normaliseStatements } from './code.js';
import type { Context } from './context.js';
import { declareEquations, normaliseEquations, type Declared } from './equations.js';
import {
  canCheck,
  infer,
  normaliseExpression,
  readExpression,
  readStatements,
  readUnit,
  type PlacedStatement,
} from './expressions.js';
import { normaliseScheme } from './kinetic-scheme.js';
import { normaliseLocalEvents } from './local-events.js';
import { madeOf, readObject } from './members.js';
import {
  checkIds,
  checkVariableName,
  endNames,
  namesFrom,
  namesOfKinds,
  noNames,
  pureUnit,
  scopeFor,
  secondUnit,
  siUnit,
  special,
  synapseSpecials,
  unknown,
  type Names,
  type Variable,
} from './names.js';
import { normaliseSequence } from './sequence.js';
import { normaliseValue } from './values.js';

/** A pathway as a map. */
type PathwayMap = Exclude<PathwayDocument, string | readonly unknown[]>;

/** The two ends that a synapse type is used between; null when one of them has no variables. */
export interface Ends {
  readonly pre: EndInfo;
  readonly post: EndInfo;
}

/** Facts about an end that synapses read: its variables and its events. */
export interface EndInfo {
  /** Its variables. */
  readonly names: Names;
  /** Undefined if the type of the end is wrong. */
  readonly events: ReadonlySet<string> | undefined;
}

/** A synapse type with known variables, before its code is checked. */
export interface DeclaredSynapse {
  readonly document: SynapseDocument;
  readonly declared: Declared;
  /** Pathways by name, with their statements parsed. */
  readonly pathways: Readonly<Record<string, ReadPathway>>;
  /** Ports by name, each with its unit. */
  readonly ports: ReadonlyMap<string, Variable>;
}

interface ReadPathway {
  readonly document: PathwayMap;
  readonly on: string;
  readonly statements: readonly PlacedStatement[];
  readonly pointer: string;
  /** Pointer of a key of the pathway. */
  readonly at: (key: string) => string;
}

/** A normalised synapse type with the facts that other parts read. */
export interface SynapseInfo {
  readonly type: SynapseType;
  /** Its own variables. */
  readonly own: Names;
  /** Units of its ports. */
  readonly ports: ReadonlyMap<string, Variable>;
}

/**
 * Declares the variables and ports of a synapse type.
 *
 * @param ends  the pairs of ends that projections use it between, known when expressions are first looked into
 */
export function declareSynapse(
  context: Context,
  document: SynapseDocument,
  ends: () => readonly Ends[],
  pointer: string,
): DeclaredSynapse {
  const pathways = readPathways(context, document, `${pointer}/pathways`);
  const ports = new Map<string, Variable>();
  for (const [name, item] of Object.entries(document.ports ?? {})) {
    const at = child(`${pointer}/ports`, name);
    if (!checkVariableName(context, name, at)) continue;
    const unit = readUnit(
      context,
      typeof item === 'object' ? item.unit : item,
      typeof item === 'object' ? `${at}/unit` : at,
    );
    ports.set(name, unit ? { kind: 'port', dimension: unit.dimension, type: 'real', unit } : unknown('port'));
  }
  const around = (): Names => surroundings(ends()[0]);
  const declared = declareEquations(context, document, pointer, ports, around);
  const own = declared.names;
  if (document.ports === undefined && own.lookup('port') === undefined && usesPort(document, pathways)) {
    ports.set('port', special(impliedPort(context, document, pathways, namesFrom(own, around())), 'real', 'port'));
  }
  return { document, declared, pathways, ports };
}

/** Returns the names that a synapse's expressions may read besides its own variables. */
function surroundings(ends: Ends | undefined): Names {
  return ends
    ? namesFrom(synapseSpecials, endNames('pre', ends.pre.names), endNames('post', ends.post.names))
    : namesFrom(synapseSpecials);
}

/**
 * Returns all scopes of a synapse type's expressions: one for each pair of ends, or one without ends if the type is
 * unused.
 */
export function synapseScopes(own: Names, ends: readonly Ends[]): readonly Names[] {
  return ends.length === 0
    ? [{ ...namesFrom(own, synapseSpecials), open: true }]
    : ends.map((pair) => namesFrom(own, surroundings(pair)));
}

const eventOfAnEnd = /^(?:pre|post)\.[A-Za-z_][A-Za-z0-9_]*$/;

function readPathways(context: Context, document: SynapseDocument, pointer: string): Record<string, ReadPathway> {
  checkIds(context, document.pathways, pointer);
  return madeOf(document.pathways, pointer, (item, place, name) => {
    const full = typeof item === 'object' && !Array.isArray(item);
    const pathway: PathwayMap = full ? (item as PathwayMap) : { do: item as string | readonly string[] };
    const at = (key: string): string => (full ? `${place}/${key}` : place);
    const on = pathway.on ?? (name === 'pre' || name === 'post' ? `${name}.spike` : undefined);
    if (on === undefined) context.report(messages.pathwayWithoutEvent(name), place);
    else if (!eventOfAnEnd.test(on)) context.report(messages.badPathwayEvent(on), at('on'));
    return {
      document: pathway,
      on: on !== undefined && eventOfAnEnd.test(on) ? on : 'pre.spike',
      statements: readStatements(context, pathway.do, at('do')),
      pointer: place,
      at,
    };
  });
}

function usesPort(document: SynapseDocument, pathways: Readonly<Record<string, ReadPathway>>): boolean {
  if (Object.hasOwn(document.contributes ?? {}, 'port')) return true;
  return Object.values(pathways).some(({ statements }) =>
    statements.some(({ statement }) => (statement.kind === 'send' ? statement.port : statement.target) === 'port'),
  );
}

/** Returns the dimension of the first value added to the port; findings are left to the check of the statement. */
function impliedPort(
  context: Context,
  document: SynapseDocument,
  pathways: Readonly<Record<string, ReadPathway>>,
  names: Names,
): Dimension {
  const scope = scopeFor(context, names);
  const quiet = (): void => undefined;
  for (const { statements } of Object.values(pathways)) {
    const temporaries = new Map<string, Variable>();
    const inner = scopeFor(context, namesFrom(temporaries, names));
    for (const { statement } of statements) {
      const found = inferType(statement.value, inner, quiet);
      if ((statement.kind === 'send' ? statement.port : statement.target) === 'port') {
        if (found) return found.dimension;
      } else if (statement.kind === 'assignment' && found && !names.lookup(statement.target)) {
        temporaries.set(statement.target, special(found.dimension, found.type, 'state'));
      }
    }
  }
  const written = document.contributes?.['port'];
  const e = written === undefined ? undefined : readExpression(context, written, pureUnit, '/');
  return (e && inferType(e, scope, quiet)?.dimension) ?? dimensionless;
}

/** Normalises a synapse type, checked between every pair of ends that it is used between. */
export function normaliseSynapse(
  context: Context,
  synapse: DeclaredSynapse,
  ends: readonly Ends[],
  pointer: string,
): SynapseInfo {
  const { document, declared, ports } = synapse;
  const unread = document.nmodl ?? document.nestml;
  if (unread !== undefined) context.report(messages.tableNotRead(unread), pointer);
  const own = namesFrom(declared.names, ports);
  const scopes = synapseScopes(own, ends);
  const equations = normaliseEquations(context, document, declared, scopes, scopes, pointer);
  const pathways = mapped(synapse.pathways, (pathway, name) => normalisePathway(context, name, pathway, ends, scopes));
  const targets = (key: 'contributes' | 'summed', written: ReadonlyMap<string, Variable>): Record<string, string> =>
    normaliseTargets(context, document[key], written, ends, scopes, ['input', 'state'], `${pointer}/${key}`);
  const listed = { equations, events: Object.keys(document.events ?? {}), regimes: false };
  const known = {
    ...equations,
    pathways,
    ...normaliseLocalEvents(context, document.events, scopes, true, `${pointer}/events`),
    ...normaliseScheme(context, document, declared.names, scopes, pointer),
    contributes: targets('contributes', ports),
    summed: targets('summed', new Map()),
    sumSlots: sumSlots(context, document, `${pointer}/sumSlots`),
    ports: Object.fromEntries([...ports].map(([name, { dimension }]) => [name, { unit: unitText(dimension) }])),
    ...normaliseSequence(context, document.sequence, listed, `${pointer}/sequence`),
  };
  return { type: readObject(shapes.synapse, document, { context, pointer, scopes }, known), own, ports };
}

/** Normalises the slots and order of summed variables; returns no member if all have the usual ones. */
function sumSlots(
  context: Context,
  { summed = {}, sumSlots: given = {} }: SynapseDocument,
  pointer: string,
): SynapseType['sumSlots'] {
  for (const name of Object.keys(given))
    if (!Object.hasOwn(summed, name))
      context.report(messages.unknownReference('summed variable', name, Object.keys(summed)), child(pointer, name));
  return Object.keys(given).length === 0 ? undefined : given;
}

function normalisePathway(
  context: Context,
  name: string,
  pathway: ReadPathway,
  ends: readonly Ends[],
  scopes: readonly Names[],
): Pathway {
  const { document, on, statements, pointer, at } = pathway;
  const [side, event = ''] = on.split('.');
  for (const pair of ends) {
    const { events } = side === 'post' ? pair.post : pair.pre;
    if (events && !events.has(event))
      context.report(
        messages.unknownReference(
          'event',
          on,
          [...events].map((other) => `${side}.${other}`),
        ),
        at('on'),
      );
  }
  const slot = { what: `the delay of ${name}`, unit: secondUnit, type: 'real', least: 0 } as const;
  const delay = normaliseValue(context, document.delay ?? 0, scopes, slot, at('delay'));
  const known = {
    on,
    delay: delay ?? 0,
    order: document.order ?? defaultPathwayOrder(on),
    do: normaliseStatements(context, statements, scopes, { what: `the pathway ${name}`, ports: true }),
  };
  return readObject(shapes.pathway, document, { context, pointer, scopes }, known);
}

/** Normalises `post.I: expression`: the variables at its ends that a synapse adds to, or defines as sums. */
function normaliseTargets(
  context: Context,
  map: Readonly<Record<string, string | number | boolean>> | undefined,
  ports: ReadonlyMap<string, Variable>,
  ends: readonly Ends[],
  scopes: readonly Names[],
  kinds: readonly Variable['kind'][],
  pointer: string,
): Record<string, string> {
  return madeOf(map, pointer, (written, at, target) => {
    const port = ports.get(target);
    const [, side, name = ''] = /^(pre|post)\.(\w+)$/.exec(target) ?? [];
    if (!port && side === undefined) {
      context.reportKey(messages.badTarget(target, [...ports.keys()]), at);
      return undefined;
    }
    let variable = port;
    for (const pair of port ? [] : ends) {
      const { names } = side === 'pre' ? pair.pre : pair.post;
      const found = names.lookup(name);
      if (found?.unknown === true) continue;
      variable ??= found;
      if (found && kinds.includes(found.kind)) continue;
      const known = namesOfKinds(names, kinds).map((other) => `${side}.${other}`);
      context.reportKey(messages.unknownVariable(target, known, 'input or variable'), at);
    }
    if (variable?.unknown === true) return undefined;
    const unit = variable?.unit ?? (ends.length === 0 ? impliedUnit(context, written, scopes, at) : undefined);
    const slot = unit && { what: `what is added to ${target}`, unit, type: 'real' as const };
    return slot && normaliseExpression(context, written, scopes, slot, at);
  });
}

/** Returns the unit of an expression with a target of unknown unit. */
function impliedUnit(
  context: Context,
  written: string | number | boolean,
  scopes: readonly Names[],
  pointer: string,
): Unit {
  const [names] = scopes;
  const e = readExpression(context, written, pureUnit, pointer, names);
  const found = e && names && canCheck(context, e, names) ? infer(context, e, names, pointer) : undefined;
  return found ? siUnit(found.dimension) : pureUnit;
}

/** Ends without variables, for sources of given spikes. */
export const noEnd: EndInfo = { names: noNames, events: new Set(['spike']) };
