/** Cells by NeuroML's names, for types with the equations of a library cell. */

import { ampere } from '../../../src/lang/dimension.js';
import { dimensionless } from '../../../src/lang/ast.js';
import type { Expression } from '../../../src/lang/ast.js';
import { foldConstants } from '../../../src/lang/fold.js';
import { NoNumber } from '../../../src/lang/evaluate.js';
import { drawsIn } from '../../../src/lang/functions.js';
import { name as nameOf, number } from '../../../src/lang/build.js';
import { childrenOf, namesIn, referencesIn, substitute } from '../../../src/lang/walk.js';
import { neuromlCell, type NeuromlCell, type NeuromlReceptor } from '../../../src/library/neuroml/cells.js';
import { constantOf, tidy, valueAt } from '../../../src/library/recognise/numbers.js';
import { arrivalOf, throughPorts } from '../../../src/library/recognise/synapses.js';
import { freeName } from '../../../src/model/free-name.js';
import {
  endsIn,
  formula,
  statementsIn,
  type EventDefinition,
  type Model,
  type NeuronType,
  type Population,
  type Projection,
  type SynapseType,
  type Value,
} from '../../../src/model/typed.js';
import { child } from '../../../src/model/pointer.js';
import { populationsOfType } from '../../../src/model/parts-at.js';
import { populationOf } from '../../../src/model/selected.js';
import { recordedVariables } from '../../../src/model/tagged.js';
import type { CellPlan, ExportContext } from './context.js';
import { countOf, type Usage } from './usage.js';
import { dimensionOfUnit } from './text/dimensions.js';
import { drawText, parameterOf } from './drawn-starts.js';
import { extendedCell } from './extended-cell.js';
import { numberText, quantityText } from './text/quantity-text.js';
import { isResponse } from './synapses/response.js';
import { expressionsOf } from './synapses/synapse-code.js';
import { numberAt, type Numbers } from '../../../src/library/element-values.js';
import type { Element } from './text/xml-text.js';
import { dimensionlessAttachment } from './type-builder.js';

/** The number of a parameter or first value of one cell. */
export type ValueOf = (key: string) => number;

/** A neuron type as a cell of NeuroML. */
export interface NamedCell {
  readonly cell: NeuromlCell;
  /** Its possible attachments, and the names of its variables. */
  readonly plan: CellPlan;
  /** Component types of its own, for cells that are more than the core type. */
  readonly types: readonly Element[];
  /** Names in the model of the values that a component gives. */
  readonly keys: readonly string[];
  /** Returns the attributes of a component, from values in SI. */
  readonly attributes: (valueOf: ValueOf) => Readonly<Record<string, string>>;
  /** Writes a component with other parts than attributes, unless it is written already, and returns its id. */
  readonly component?: (wanted: string, valueOf: ValueOf) => string;
  /** First values that each element of a population gives, as attributes. */
  readonly starts?: {
    readonly names: readonly (readonly [name: string, dimension: string])[];
    readonly texts: (valueOf: ValueOf) => Readonly<Record<string, string>>;
  };
}

export type Populations = readonly (readonly [string, Population])[];

/**
 * Returns the NeuroML cell with the equations of a neuron type. Returns undefined if there is none, or if the network
 * needs more than it has.
 *
 * @param values numbers of parameters and first values, by population
 */
export function namedCell(
  id: string,
  type: NeuronType,
  populations: Populations,
  values: ReadonlyMap<string, ReadonlyMap<string, Numbers>>,
  usage: Usage,
  context: ExportContext,
): NamedCell | undefined {
  const { sums, operations, places, counted, written } = usage;
  if ([sums, operations, places, written].some(({ size }) => size > 0)) return undefined;
  if ([...counted].some((event) => event !== 'spike')) return undefined;
  if (populations.some(([, one]) => Object.keys(one.linked ?? {}).length > 0)) return undefined;
  const environment = environmentOf(type, populations, values, context);
  const isSource = Object.keys(type.derivatives).length === 0;
  if (!isSource && !Object.values(type.events).every(isUsual)) return undefined;
  const cellFor = (jumping: Iterable<string>): NeuromlCell | undefined => {
    const signs = new Map(Array.from(jumping, (variable) => [variable, new Set([1, -1] as const)] as const));
    const found = neuromlCell(type, { environment, signs, dt: context.dt }, context.plain);
    const cell = typeof found === 'string' ? undefined : withNumbers(found, environment.numbers);
    const isFound = (one: NeuromlCell): boolean =>
      isSource || populations.every(([population]) => isEnough(population, type, one, context.model));
    return cell && isFound(cell) ? cell : undefined;
  };
  const cell = cellFor([]) ?? (context.plain === true && usage.jumps.size === 1 ? cellFor(usage.jumps) : undefined);
  if (!cell) return undefined;
  try {
    return described(id, type, cell, populations, values, usage, context);
  } catch (error) {
    if (error instanceof NoNumber) return undefined;
    throw error;
  }
}

/** Returns a cell whose receptors have the numbers that all cells of the type share. */
function withNumbers(cell: NeuromlCell, numbers: ReadonlyMap<string, number>): NeuromlCell {
  const known = new Map([...numbers].map(([name, value]) => [name, number(value)] as const));
  const receptors = [...cell.receptors].map(([variable, receptor]) => {
    const attributes = [...receptor.attributes].map(
      ([key, { unit, value }]) => [key, { unit, value: substitute(value, known) }] as const,
    );
    return [variable, { ...receptor, attributes: new Map(attributes) }] as const;
  });
  const byPynn = cell.byPynn && withNumbers(cell.byPynn, numbers);
  return { ...cell, receptors: new Map(receptors), ...(byPynn ? { byPynn } : {}) };
}

/** Returns values of a type: numbers that all its cells share, and numbers that differ. */
export function environmentOf(
  type: NeuronType,
  populations: Populations,
  values: ReadonlyMap<string, ReadonlyMap<string, Numbers>>,
  { data }: Pick<ExportContext, 'data'>,
) {
  const [numbers, varying] = [new Map<string, number>(), new Map<string, Value>()];
  for (const name of Object.keys(type.parameters)) {
    const all = populations.map(([population]) => values.get(population)?.get(name));
    const [first] = all;
    if (typeof first === 'number' && all.every((one) => one === first)) numbers.set(name, first);
    else varying.set(name, formula(nameOf(name)));
  }
  return { numbers, varying, data };
}

// --- Usage of a model on cells
// --------------------------------------------------------------------------------------

/** Checks whether a cell has all that the model records of a population, writes to it and attaches to it. */
export function isEnough(
  population: string,
  type: NeuronType,
  cell: NeuromlCell,
  { operations, projections, recordings, stimuli, synapses }: Model,
): boolean {
  const isIts = (rule: Parameters<typeof populationOf>[0]): boolean => populationOf(rule) === population;
  const isShown = (name: string): boolean => cell.variables.get(name)?.factor === 1;
  const recorded = recordings.flatMap((recording) => (isIts(recording.of) ? recordedVariables(recording) : []));
  return (
    recorded.every((name) => cell.variables.has(name) || receptorOf(cell, name) !== undefined) &&
    Object.values(operations).every(({ on }) => !isIts(on)) &&
    Object.values(stimuli).every((stimulus) => {
      if (!isIts(stimulus.to)) return true;
      if (stimulus.kind === 'current') return cell.inputs.includes(stimulus.input) && readsNone(stimulus.value, type);
      const receptor = cell.receptors.get(stimulus.variable);
      const isShown =
        receptor?.kind !== 'jump' && recorded.some((name) => receptorOf(cell, name)?.sum === receptor?.sum);
      return (
        receptor !== undefined &&
        !isShown &&
        isResponse(receptor) &&
        constantOf(foldConstants(stimulus.weight)) !== undefined
      );
    }) &&
    Object.values(projections).every(({ from, to, synapse, receptors }) => {
      const own = synapses[synapse];
      if (!own) return false;
      const seen = isIts(from.of) ? variablesOfSource(own) : [];
      if (!seen.every(isShown) || (cell.isClosed && seen.length > 0)) return false;
      return (
        !isIts(to.of) ||
        (!isScaled(cell, type) &&
          (isCurrent(own, cell) || isStandardSynapse(own, receptors, cell) || responds(own, receptors, cell)))
      );
    })
  );
}

/** Checks whether synapses of a type have a name in NeuroML: all that they do is to add to a receptor of the cell. */
export function isStandardSynapse(own: SynapseType, receptors: Projection['receptors'], cell: NeuromlCell): boolean {
  const arrival = arrivalOf(throughPorts(own, receptors));
  return (
    typeof arrival !== 'string' && cell.receptors.has(arrival.variable) && isStill(own) && !drawsIn(arrival.amount)
  );
}

/** Checks whether a type of synapses of its own may have the response of a receptor, and reads what the cell shows. */
function responds(own: SynapseType, receptors: Projection['receptors'], cell: NeuromlCell): boolean {
  if (own.summed.length > 0 || !addsToInputs(own, cell)) return false;
  const written = throughPorts(own, receptors);
  const added = new Set<string>();
  for (const statement of statementsIn(written.pathways)) {
    if (statement.kind === 'send') return false;
    const { to, operator } = statement;
    if (to.kind === 'own') continue;
    if (to.end === 'pre' || (operator !== '+=' && operator !== '-=')) return false;
    added.add(to.variable);
  }
  const [variable, ...others] = added;
  const receptor = variable === undefined ? undefined : cell.receptors.get(variable);
  if (others.length > 0 || !receptor || !isResponse(receptor)) return false;
  const read = expressionsOf(written).flatMap(referencesIn);
  return read.every((one) => one.kind === 'own' || one.end === 'pre' || cell.variables.get(one.variable)?.factor === 1);
}

/**
 * Checks whether inputs of a type in A are pure numbers of NeuroML's cell, which its synapses would have to be as well.
 */
const isScaled = ({ isPure, inputs }: NeuromlCell, type: NeuronType): boolean =>
  isPure && inputs.some((input) => type.inputs[input]?.unit === 'A');

/** Checks whether synapses of a type are only currents into a cell, as gap junctions are. */
const isCurrent = (type: SynapseType, cell: NeuromlCell): boolean =>
  [type.pathways, type.state, type.summed].every((map) => Object.keys(map).length === 0) && addsToInputs(type, cell);

/** Checks whether synapses of a type contribute only to inputs of a cell. */
const addsToInputs = ({ contributes }: SynapseType, { inputs }: NeuromlCell): boolean =>
  contributes.every(({ to }) => to.kind === 'end' && to.end === 'post' && inputs.includes(to.variable));

/** Returns the synapse whose sum over a cell is a variable of the model, or undefined if there is none. */
export const receptorOf = ({ receptors }: NeuromlCell, variable: string): NeuromlReceptor | undefined =>
  receptors.get(variable) ?? [...receptors.values()].find(({ sum }) => sum === variable);

/** Variables of the cell that sends that a synapse reads. */
const variablesOfSource = (type: SynapseType): readonly string[] =>
  endsIn([expressionsOf(type), type.pathways]).flatMap(({ end, variable }) => (end === 'pre' ? [variable] : []));

/** Checks whether an expression reads no name of a type: cells with NeuroML's names have only their own variables. */
const readsNone = (e: Expression, { parameters, state, derived }: NeuronType): boolean =>
  [...namesIn(e)].every((name) => [parameters, state, derived].every((map) => !Object.hasOwn(map, name)));

/** Checks whether an event has the place in a step, and the name, that spikes have. */
const isUsual = ({ slot, actionSlot, actionOrder, emits }: EventDefinition): boolean =>
  slot === undefined && actionSlot === undefined && actionOrder === undefined && emits === undefined;

/** Checks whether all that synapses of a type do is to add to a variable of their cell. */
const isStill = ({ derivatives, pathways, state }: SynapseType): boolean =>
  Object.keys(derivatives).length + Object.keys(state).length === 0 &&
  Object.values(pathways).every(({ do: actions }) => actions.length === 1);

/**
 * Returns the model with a separate type for each group of populations with equal usage, if only some
 * can have NeuroML's name.
 */
export function withNamesApart(context: Pick<ExportContext, 'model' | 'data'>): Model {
  const { model } = context;
  const neurons: Record<string, NeuronType> = { ...model.neurons };
  const populations: Record<string, Population> = { ...model.populations };
  for (const [id, type] of Object.entries(model.neurons)) {
    const own = populationsOfType(model, id);
    if (own.length < 2) continue;
    const use = {
      environment: environmentOf(type, own, new Map(), context),
      signs: new Map(),
      dt: model.experiment.dt,
    };
    const cell = neuromlCell(type, use);
    if (typeof cell === 'string') continue;
    const groups = new Map<string, string[]>();
    for (const [population] of own) {
      const key = isEnough(population, type, cell, model) ? '' : 'more';
      groups.set(key, [...(groups.get(key) ?? []), population]);
    }
    const [, ...others] = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [, members] of others) {
      const apart = freeName(`${id}_of_${members[0] ?? ''}`, (one) => Object.hasOwn(neurons, one));
      neurons[apart] = type;
      for (const member of members) populations[member] = { ...populations[member], type: apart } as Population;
    }
  }
  return { ...model, neurons, populations };
}

// --- The cell --------------------------------------------------------------------------------------------------------

/** The variable that counts spikes in cells whose synapses react to them. */
const spikeCount = 'spike_count';

/** Returns the attribute with the first value of a variable. */
const startOf = ({ isPynn }: NeuromlCell, variable: string): string => `${variable}${isPynn ? '_init' : '0'}`;

function described(
  id: string,
  type: NeuronType,
  cell: NeuromlCell,
  populations: Populations,
  values: ReadonlyMap<string, ReadonlyMap<string, Numbers>>,
  usage: Usage,
  context: ExportContext,
): NamedCell | undefined {
  const { drawn, counted } = usage;
  const { dimensions, ids } = context;
  const byName = new Map([...cell.variables].map(([own, one]) => [one.name, { own, ...one }] as const));
  const first = (variable: string, valueOf: ValueOf): number => {
    const { own, factor } = byName.get(variable) ?? { own: variable, factor: 1 };
    return tidy(valueOf(own) * factor);
  };
  const numberOf = (e: Expression, valueOf: ValueOf): number =>
    tidy(valueAt(e, (key) => (key.startsWith('first_') ? first(key.slice('first_'.length), valueOf) : valueOf(key))));
  const attributes = (valueOf: ValueOf): Record<string, string> =>
    Object.fromEntries(
      [...cell.attributes].map(([key, { unit, value }]) => [
        key,
        unit === 'Hz'
          ? `${numberText(numberOf(value, valueOf))}Hz`
          : quantityText(numberOf(value, valueOf), dimensionOfUnit(unit), dimensions),
      ]),
    );
  const cells = populations.flatMap(([population, { size }]) =>
    Array.from({ length: size }, (_, k): { readonly population: string; readonly valueOf: ValueOf } => ({
      population,
      valueOf: (key) => numberAt(values.get(population)?.get(key), k),
    })),
  );
  const isSilent = cells.every(({ valueOf }) => cell.responses.every((name) => valueOf(name) === 0));
  if (!isSilent || cell.responses.some((name) => drawn.has(name))) return undefined;
  const begins = (variable: string, valueOf: ValueOf): number => {
    const e = cell.begins[variable];
    const given = (key: string): number => numberOf(cell.attributes.get(key)!.value, valueOf);
    return e ? valueAt(e, given) : 0;
  };
  const isFiring = cell.name === 'HH_cond_exp';
  const starts = [...byName.values()].filter(
    ({ own, name }) =>
      (isFiring && name !== 'v') ||
      drawn.has(own) ||
      cells.some(({ valueOf }) => !isNear(first(name, valueOf), begins(name, valueOf))),
  );
  const startsApart =
    context.plain !== true &&
    starts.some(({ name }) =>
      cells.some(({ population, valueOf }) => {
        const one = cells.find((other) => other.population === population);
        return one && first(name, one.valueOf) !== first(name, valueOf);
      }),
    );
  const isPotential = starts.length > 0 && starts.every(({ name, own }) => name === 'v' && !drawn.has(own));
  if (cell.byPynn && isPotential && !startsApart)
    return described(id, type, cell.byPynn, populations, values, usage, context);
  /** First values with their parameters: of each the name, and its number in SI from the values of a cell. */
  const given = starts.map(({ own, name, unit, factor }) => {
    const draw = drawn.get(own);
    const keys = draw?.keys.map(
      (key) => [parameterOf(key, name), (valueOf: ValueOf) => tidy(valueOf(key) * factor)] as const,
    );
    const numbers = keys ?? [[startOf(cell, name), (valueOf: ValueOf) => first(name, valueOf)] as const];
    const parameters = numbers.map(([parameter]) => parameter);
    const [one = '', two = ''] = parameters;
    return { name, unit, numbers, parameters, value: draw ? drawText(draw, [one, two]) : one };
  });
  const named = given.flatMap(({ unit, parameters }) =>
    parameters.map((parameter) => [parameter, dimensions.nameOf(dimensionOfUnit(unit))] as const),
  );
  const startTexts = (valueOf: ValueOf): Record<string, string> =>
    Object.fromEntries(
      given.flatMap(({ unit, numbers }) =>
        numbers.map(([parameter, numberOf]) => [
          parameter,
          quantityText(numberOf(valueOf), dimensionOfUnit(unit), dimensions),
        ]),
      ),
    );
  const isCounting = counted.size > 0;
  const isExtended = starts.length > 0 || isCounting;
  const wanted = `${cell.name}${isFiring ? '_firing' : starts.length > 0 ? '_started' : '_counting'}`;
  const extension = isExtended
    ? extendedCell(cell.name, ids.claim(wanted), {
        starts: given.map(({ name, unit, parameters, value }) => {
          const dimension = dimensions.nameOf(dimensionOfUnit(unit));
          return { variable: name, value, parameters, dimension };
        }),
        startsApart,
        isFiring,
        ...(isCounting ? { spikeCount } : {}),
      })
    : undefined;
  if (isExtended && !extension) return undefined;
  report(
    id,
    type,
    cell,
    cells.map(({ valueOf }) => valueOf),
    numberOf,
    context,
  );
  const read = [...cell.attributes.values()].flatMap(({ value }) => [...namesIn(value)]);
  const inputs = cell.inputs.length > 0 || cell.receptors.size > 0 || cell.drive !== undefined;
  return {
    cell,
    plan: {
      type: id,
      componentType: extension?.attributes['name'] ?? cell.name,
      attachment: cell.isPure ? dimensionlessAttachment : 'baseSynapse',
      channels: inputs
        ? [
            {
              variable: cell.inputs[0] ?? 'current',
              kind: 'sum',
              dimension: cell.isPure ? dimensionless : ampere,
              exposure: cell.isPure ? 'I' : 'i',
              ...(isScaled(cell, type) ? { scale: 1e12 } : {}),
            },
          ]
        : [],
      varying: new Set(),
      responses: cell.receptors,
      visible: new Map([
        ...(isCounting ? [[countOf('spike'), { name: spikeCount, dimension: dimensionless }] as const] : []),
        ...[...cell.variables].map(
          ([own, { name, unit }]) => [own, { name, dimension: dimensionOfUnit(unit) }] as const,
        ),
      ]),
      starts: new Map(),
      ...(cell.isPure || !inputs ? { withoutCurrent: true as const } : {}),
    },
    types: extension ? [extension] : [],
    keys: [
      ...new Set(
        read.map((key) => (key.startsWith('first_') ? (byName.get(key.slice('first_'.length))?.own ?? '') : key)),
      ),
      ...(context.plain === true ? starts.map(({ own }) => own) : []),
    ],
    attributes: (valueOf) => ({ ...attributes(valueOf), ...(startsApart ? {} : startTexts(valueOf)) }),
    ...(startsApart ? { starts: { names: named, texts: startTexts } } : {}),
  };
}

const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));

/** Reports differences between a named cell and the type, with their reasons. */
function report(
  id: string,
  type: NeuronType,
  { name, attributes, receptors, remarks }: NeuromlCell,
  cells: readonly ValueOf[],
  numberOf: (e: Expression, valueOf: ValueOf) => number,
  { report }: ExportContext,
): void {
  const pointer = child('/neurons', id);
  if ([...receptors.values()].some(({ kind }) => kind === 'conductance'))
    report.different(
      'lems/synapse-potential',
      pointer,
      'conductances act on the potential of the step before: synapses of LEMS see a copy of it',
    );
  if (name === 'adExIaFCell')
    report.different('lems/order-in-step', pointer, `${name} advances v, then w from the new value of v`);
  for (const { verdict, code, message } of remarks) report.add({ verdict, code: `lems/${code}`, pointer, message });
  const refract = attributes.get('refract')?.value;
  if (refract && cells.some((valueOf) => numberOf(refract, valueOf) === 0))
    report.different(
      'lems/one-step-held',
      pointer,
      `${name} holds v for one step after each spike, since it leaves its refractory regime in a step of its own`,
    );
  const { when } = type.events['spike'] ?? {};
  if (when && includesEqual(when))
    report.convention('lems/above-threshold', pointer, `${name} fires above its threshold, not at it`);
  report.exact(pointer, `${name}, compared with the cell of the library at many points`, 'lems/recognised');
}

/** Checks whether a condition holds for equal values of a comparison in it. */
const includesEqual = (e: Expression): boolean =>
  (e.kind === 'binary' && ['>=', '<='].includes(e.operator)) || childrenOf(e).some(includesEqual);
