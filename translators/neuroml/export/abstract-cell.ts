/**
 * NeuroML's abstract cells by name, for types whose equations are theirs. What was found is compared with the core type
 * before it is used: rates, what a spike does, for how many steps it holds what, and first values.
 */

import { dimensionless } from '../../../src/lang/ast.js';
import { ampere } from '../../../src/lang/dimension.js';
import { NoNumber } from '../../../src/lang/evaluate.js';
import type { AbstractCell } from '../../../src/library/neuroml/abstract-cell.js';
import { abstractCell } from '../../../src/library/neuroml/abstract-cells.js';
import { arrivalOf, throughPorts } from '../../../src/library/recognise/synapses.js';
import { tidy, valueAt } from '../../../src/library/recognise/numbers.js';
import type { Expression } from '../../../src/lang/ast.js';
import { parseExpression } from '../../../src/lang/parse.js';
import { namesIn } from '../../../src/lang/walk.js';
import { ConversionReport, type ConversionEntry } from '../../../src/model/conversion-report.js';
import { child } from '../../../src/model/pointer.js';
import type { EventDefinition, Model, NeuronType, Population, SynapseType } from '../../../src/model/model.js';
import { populationOf } from '../../../src/model/selected.js';
import { recordedVariables } from '../../../src/model/tagged.js';
import type { ExportContext } from './context.js';
import { planOf } from './core-cell.js';
import { coreCell, coreParameters, type CoreCell } from './core-type.js';
import type { Demands } from './demands.js';
import { dimensionOfUnit } from './text/dimensions.js';
import { heirOf } from './heir.js';
import { quantityText } from './text/quantity-text.js';
import { difference, numberOf } from './same-behaviour.js';
import type { FoundCell, StandardCell } from './standard-cell.js';
import { textsOf } from './synapses/synapse-code.js';
import { numberAt, type Numbers } from './values.js';
import { element, type Element } from './text/xml-text.js';

type ValueOf = (key: string) => number;

/** Parameters of core types that are first values. */
const startParameters: Readonly<Record<string, string>> = { v0: 'v' };

/**
 * The abstract cell that a neuron type is; undefined where it is none, or the network asks more of it than that has.
 *
 * @param values  numbers of parameters and first values, by population
 */
export function foundCell(
  id: string,
  type: NeuronType,
  populations: readonly (readonly [string, Population])[],
  values: ReadonlyMap<string, ReadonlyMap<string, Numbers>>,
  demands: Demands,
  context: ExportContext,
): StandardCell | undefined {
  const { model, dt } = context;
  if (model.timing === 'lems-euler' || type.conformsTo?.type.startsWith('pynn/') === true) return undefined;
  if (!Object.values(type.events).every(isUsual)) return undefined;
  if (isAskedForMore(demands) || populations.some(([, { linked }]) => Object.keys(linked ?? {}).length > 0))
    return undefined;
  const found = abstractCell(type, {
    environment: environmentOf(type, populations, values, context),
    signs: new Map([...demands.jumps].map((name) => [name, new Set([1] as const)] as const)),
    dt,
  });
  if (typeof found === 'string' || !isSeen(id, type, found, context)) return undefined;
  const parameters = coreParameters(found.name);
  if (!parameters) return undefined;
  try {
    return named(id, type, found, populations, values, context);
  } catch (error) {
    if (!(error instanceof NoNumber)) throw error;
    return undefined;
  }
}

const isAskedForMore = ({ sums, operations, places, counted, written, linked }: Demands): boolean =>
  sums.size + operations.size + places.size + counted.size + written.size + linked.size > 0;

/** Values of a type: numbers that all its cells share, and those that differ. */
function environmentOf(
  type: NeuronType,
  populations: readonly (readonly [string, Population])[],
  values: ReadonlyMap<string, ReadonlyMap<string, Numbers>>,
  { data }: ExportContext,
) {
  const [numbers, varying] = [new Map<string, number>(), new Map<string, string>()];
  for (const name of Object.keys(type.parameters)) {
    const all = populations.map(([population]) => values.get(population)?.get(name) ?? 0);
    const [first] = all;
    if (typeof first === 'number' && all.every((one) => one === first)) numbers.set(name, first);
    else varying.set(name, name);
  }
  return { numbers, varying, data };
}

/** Whether all that the network reads of cells is theirs under NeuroML's name, and all that reaches them has one. */
function isSeen(id: string, type: NeuronType, found: AbstractCell, { model }: ExportContext): boolean {
  const isOwn = (name: string | undefined): boolean => model.populations[name ?? '']?.type === id;
  const scaled = (name: string): boolean => found.variables.get(name)?.factor === 1;
  const recorded = model.recordings.every(
    (recording) => !isOwn(populationOf(recording.of)) || recordedVariables(recording).every(scaled),
  );
  const currents = Object.values(model.stimuli).every(
    (stimulus) =>
      !isOwn(populationOf(stimulus.to)) ||
      (stimulus.kind === 'current' && found.inputs.includes(stimulus.input) && readsNone(stimulus.value, type)),
  );
  const connected = Object.values(model.projections).every(({ from, to, synapse, receptors }) => {
    const type = model.synapses[synapse];
    if (!type) return false;
    if (isOwn(populationOf(from.of)) && !readOfSource(type).every(scaled)) return false;
    if (!isOwn(populationOf(to.of))) return true;
    const arrival = arrivalOf(throughPorts(type, receptors));
    return typeof arrival !== 'string' && found.receptors.has(arrival.variable) && isStill(type);
  });
  return recorded && currents && connected;
}

/** Variables of the cell that sends that a synapse reads. */
function readOfSource(type: SynapseType): readonly string[] {
  const { expressions, statements } = textsOf(type);
  const read = [...expressions, ...statements].join('\n').matchAll(/\bpre\.(\w+)/g);
  return [...read].flatMap(([, name]) => (name === undefined || name === 'spike' ? [] : [name]));
}

/** Whether synapses read variables of cells of a type that send: they do by a part that is attached to these. */
const isReadFromAfar = (id: string, { populations, projections, synapses }: Model): boolean =>
  Object.values(projections).some(({ from, synapse }) => {
    const type = synapses[synapse];
    return populations[populationOf(from.of) ?? '']?.type === id && type && readOfSource(type).length > 0;
  });

/** Whether a text reads nothing of a type, of which cells with NeuroML's names have but their own variables. */
const readsNone = (text: string, { parameters, state, derived }: NeuronType): boolean =>
  [...namesIn(parseExpression(text))].every((name) =>
    [parameters, state, derived].every((map) => !Object.hasOwn(map, name)),
  );

/** Whether an event has the place in a step, and the name, that spikes have. */
const isUsual = ({ slot, actionSlot, actionOrder, emits }: EventDefinition): boolean =>
  slot === undefined && actionSlot === undefined && actionOrder === undefined && emits === undefined;

/** Whether all that synapses of a type do is to add to a variable of their cell. */
const isStill = ({ derivatives, pathways, state }: Parameters<typeof throughPorts>[0]): boolean =>
  Object.keys(derivatives).length + Object.keys(state).length === 0 &&
  Object.values(pathways).every(({ do: actions }) => actions.length === 1);

/** The cell by its name; undefined where it is not that cell after all. */
function named(
  id: string,
  type: NeuronType,
  found: AbstractCell,
  populations: readonly (readonly [string, Population])[],
  values: ReadonlyMap<string, ReadonlyMap<string, Numbers>>,
  context: ExportContext,
): StandardCell | undefined {
  const { dimensions, functions, report, ids } = context;
  const pointer = child('/neurons', id);
  const own = coreParameters(found.name) ?? new Map<string, never>();
  const number = (e: Expression, valueOf: ValueOf): number => tidy(valueAt(e, valueOf));
  const heldFor = (valueOf: ValueOf): number => (found.held ? number(found.held, valueOf) : 0);
  const start = (other: string, valueOf: ValueOf): number => {
    const [name = '', { factor = 1 } = {}] = [...found.variables].find(([, one]) => one.name === other) ?? [];
    return tidy(valueOf(name) * factor);
  };
  const valueIn = (key: string, valueOf: ValueOf): number => {
    const e = found.parameters[key];
    if (e) return number(e, valueOf);
    if (key === 'refract') return heldFor(valueOf);
    return start(startParameters[key] ?? '', valueOf);
  };
  const attributes = (valueOf: ValueOf): Record<string, string> =>
    Object.fromEntries(
      [...own].map(([key, { dimension }]) => [
        key,
        quantityText(valueIn(key, valueOf), dimension ?? dimensionless, dimensions),
      ]),
    );
  const drive = (valueOf: ValueOf): number => (found.drive ? number(found.drive, valueOf) : 0);
  const cells = populations.flatMap(([population, { size }]) =>
    [...new Set([0, size >> 1, size - 1])].map(
      (k) =>
        (key: string): number =>
          numberAt(values.get(population)?.get(key), k),
    ),
  );
  let core: CoreCell | undefined;
  const unlike = new Set<string>();
  for (const valueOf of cells) {
    if (found.responses.some((name) => valueOf(name) !== 0)) return undefined;
    core = coreCell(found.name, attributes(valueOf));
    if (!core) return undefined;
    const how = {
      ...found,
      drive: drive(valueOf),
      held: heldFor(valueOf),
      startsApart: true,
    };
    if (difference(type, valueOf, core, functions, how) !== undefined) return undefined;
  }
  if (!core || (core.definition.attachments.size === 0 && isReadFromAfar(id, context.model))) return undefined;
  const { type: coreType } = core;
  const first = (other: string, valueOf: ValueOf): number => {
    const given = (key: string): number => {
      const value = coreType.parameters[key]?.value;
      return own.has(key) ? valueIn(key, valueOf) : typeof value === 'number' ? value : NaN;
    };
    const initial = coreType.state[other]?.initial ?? 0;
    return typeof initial === 'string' ? numberOf(initial, coreType, given, functions) : Number(initial);
  };
  for (const [population, { size }] of populations)
    for (let k = 0; k < size; k++) {
      const valueOf = (key: string): number => numberAt(values.get(population)?.get(key), k);
      for (const { name } of found.variables.values())
        if (!isNear(start(name, valueOf), first(name, valueOf))) unlike.add(name);
    }
  const plan = planOf(id, type, found.name, core);
  const starts: FoundCell['starts'] = new Map(
    [...unlike].map((name) => {
      const dimension = dimensionOfUnit(coreType.state[name]?.unit ?? '1');
      return [name, { dimension, of: (valueOf: ValueOf) => start(name, valueOf) }] as const;
    }),
  );
  const startsApart = populations.some(([population, { size }]) => {
    const valueAt0 = (key: string): number => numberAt(values.get(population)?.get(key), 0);
    return [...starts.values()].some(({ of }) =>
      Array.from({ length: size }, (_, k) => of((key) => numberAt(values.get(population)?.get(key), k))).some(
        (one) => one !== of(valueAt0),
      ),
    );
  });
  const differences = differencesOf(found, own.has('refract'), cells, heldFor, pointer);
  const heir =
    starts.size > 0
      ? startedCell(found.name, ids.claim(`${found.name}_started`), { starts, startsApart }, context)
      : undefined;
  if (starts.size > 0 && !heir) return undefined;
  for (const entry of differences) report.add(entry);
  if (/[<>]=/.test(type.events['spike']?.when ?? ''))
    report.equivalent('lems/above-threshold', pointer, `${found.name} fires above its threshold, not at it`);
  report.exact(pointer, `${found.name}, compared with its definition at many points`, 'lems/recognised');
  return {
    plan: {
      ...plan,
      channels: [
        {
          variable: found.inputs[0] ?? 'current',
          kind: 'sum',
          dimension: found.isPure ? dimensionless : ampere,
          exposure: found.isPure ? 'I' : 'i',
        },
      ],
      componentType: heir?.attributes['name'] ?? found.name,
      visible: new Map(
        [...found.variables].map(([name, { name: other }]) => [
          name,
          { name: other, dimension: dimensionOfUnit(coreType.state[other]?.unit ?? '1') },
        ]),
      ),
    },
    ...(heir ? { types: [heir] } : {}),
    receptors: new Map(),
    keys: keysOf(found, own),
    attributes: (valueOf) => ({ ...attributes(valueOf), ...(startsApart ? {} : startTexts(starts, valueOf, context)) }),
    found: {
      receptors: found.receptors,
      ...(found.drive ? { drive } : {}),
      isPure: found.isPure,
      starts,
      startsApart,
    },
  };
}

const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));

/** Names of the values that a component gives: parameters of the type, and variables whose first value it gives. */
function keysOf({ parameters, held, variables }: AbstractCell, own: ReadonlyMap<string, unknown>): readonly string[] {
  const read = [...Object.values(parameters), ...(held ? [held] : [])].flatMap((e) => [...namesIn(e)]);
  const first = [...variables].flatMap(([variable, { name: other }]) =>
    [...own.keys()].some((key) => startParameters[key] === other) ? [variable] : [],
  );
  return [...new Set([...read, ...first])];
}

/** The core type with first values that each element of a population gives. */
function startedCell(
  core: string,
  name: string,
  { starts, startsApart }: Pick<FoundCell, 'starts' | 'startsApart'>,
  { dimensions }: ExportContext,
): Element | undefined {
  const names = [...starts.keys()].join(' and ');
  return heirOf(core, name, `${core} that begins with a given ${names}.`, {
    parameters: [...starts].map(([variable, { dimension }]) =>
      element(startsApart ? 'Requirement' : 'Parameter', {
        name: startOf(variable),
        dimension: dimensions.nameOf(dimension),
      }),
    ),
    states: [],
    starts: [...starts.keys()].map((variable) => element('StateAssignment', { variable, value: startOf(variable) })),
    conditions: [],
  });
}

/** First values as attributes. */
export const startTexts = (
  starts: FoundCell['starts'],
  valueOf: ValueOf,
  { dimensions }: Pick<ExportContext, 'dimensions'>,
): Record<string, string> =>
  Object.fromEntries(
    [...starts].map(
      ([variable, { dimension, of }]) => [startOf(variable), quantityText(of(valueOf), dimension, dimensions)] as const,
    ),
  );

/** The value of an element with which a variable begins. */
export const startOf = (variable: string): string => `${variable}0`;

/** What differs between a named cell and the type, and why. */
function differencesOf(
  { name, remarks, receptors }: AbstractCell,
  waits: boolean,
  cells: readonly ValueOf[],
  heldFor: (valueOf: ValueOf) => number,
  pointer: string,
): readonly ConversionEntry[] {
  const report = new ConversionReport('lems');
  if ([...receptors.values()].some(({ unit }) => unit === 'S'))
    report.approximated(
      'lems/synapse-potential',
      pointer,
      'conductances act on the potential of the step before: synapses of LEMS see a copy of it',
    );
  if (name === 'adExIaFCell')
    report.approximated('lems/order-in-step', pointer, `${name} advances v, then w from the new value of v`);
  for (const { verdict, code, message } of remarks) report.add({ verdict, code: `lems/${code}`, pointer, message });
  if (waits && cells.some((valueOf) => heldFor(valueOf) === 0))
    report.approximated(
      'lems/one-step-held',
      pointer,
      `${name} holds v for one step after each spike, since it leaves its refractory regime in a step of its own`,
    );
  return report.entries;
}
