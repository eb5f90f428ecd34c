/** Cells, channels, pools, synapses and inputs of NeuroML as tables, in the words of the document. */

import type { Component, LemsModel } from '../../../translators/neuroml/lems/definitions.js';
import type { ValidModel } from '../../model/model.js';
import { factsOf } from '../../pipeline/read/notation.js';
import type { ImportedModel } from '../../pipeline/read/imported-model.js';
import { typedModel } from '../../model/typed-model.js';
import { neuromlParts } from './neuroml-parts.js';
import type { Source } from '../../pipeline/read/read-source.js';
import { noParts, type DescriptionSection, type DescriptionTable, type FurtherParts } from './description.js';
import { gateCurves, mechanismCurves, surroundings, type GateCurve } from './gate-curves.js';

/** Returns the components that documents of the user define, and those within them. */
export function componentsOf(lems: LemsModel): readonly Component[] {
  const all: Component[] = [];
  const add = (component: Component): void => {
    all.push(component);
    component.children.forEach(add);
  };
  lems.components.forEach(add);
  return all;
}

const isA = (component: Component, ...types: readonly string[]): boolean =>
  component.type.lineage.some((name) => types.includes(name));

/** Types of the tables. */
const channelTypes = ['baseIonChannel'];
const densityTypes = ['baseChannelDensity', 'baseChannelPopulation'];
const poolTypes = ['concentrationModel'];
const synapseTypes = ['baseSynapse'];
const currentTypes = ['basePointCurrent', 'basePointCurrentDL'];
const inputTypes = [...currentTypes, 'baseSpikeSource'];

const isPointNeuron = (component: Component): boolean =>
  isA(component, 'baseCell') && !isA(component, 'cell', ...inputTypes);

/** Returns the ids and types of components with a row in a table, whose equations need not be listed, and of inputs. */
function tabulatedNames(lems: LemsModel): {
  readonly replaced: ReadonlySet<string>;
  readonly inputs: ReadonlySet<string>;
  readonly listed: ReadonlyMap<string, ReadonlySet<string>>;
} {
  const namesOf = (components: readonly Component[]): ReadonlySet<string> =>
    new Set(components.flatMap(({ id, type }) => [id, type.name]));
  const all = componentsOf(lems);
  return {
    replaced: namesOf(all.filter((component) => isA(component, 'cell', ...synapseTypes, ...inputTypes))),
    inputs: namesOf(all.filter((one) => isA(one, ...currentTypes) && !isA(one, ...synapseTypes))),
    listed: new Map(
      all
        .filter(isPointNeuron)
        .flatMap(({ id, type, attributes }) =>
          [id, type.name].map((name) => [name, new Set(Object.keys(attributes))] as const),
        ),
    ),
  };
}

/**
 * Returns the tables of a model's cells and channels: as its document of NeuroML states them, or as its mechanisms do.
 *
 * @param lems  the document of a model that is not one carried by another document
 */
export function tablesOf(
  { valid, notation }: Pick<ImportedModel, 'valid' | 'notation'>,
  lems: LemsModel | undefined,
): FurtherParts {
  if (factsOf(notation).isOneCell) return mechanismTables(valid);
  return lems === undefined ? noParts : membraneTables(lems);
}

/**
 * Returns the tables of a model that was read from a source.
 *
 * @param allowed  further folders that it includes files from
 */
export const tablesIn = (
  imported: Pick<ImportedModel, 'valid' | 'notation' | 'isCarried'>,
  source: Source,
  allowed: readonly string[] = [],
): FurtherParts => tablesOf(imported, imported.isCarried ? undefined : neuromlParts(source, allowed)?.lems);

/** Returns the tables of a document with a network, for its description. */
export const membraneTables = (lems: LemsModel): FurtherParts => ({
  sections: membraneSections(lems, false),
  ...tabulatedNames(lems),
});

/** Returns the channels of a document and its inclusions. */
export const channelsIn = (lems: LemsModel): readonly Component[] =>
  lems.components.filter((component) => isA(component, ...channelTypes));

/** Potentials of the printed curves in V. */
const printedPotentials = Array.from({ length: 16 }, (_, k) => (k - 10) / 100);

/** Returns the sections on the cells and channels of a document; none for a document without such parts. */
export function membraneSections(lems: LemsModel, withCurves: boolean): readonly DescriptionSection[] {
  const all = componentsOf(lems);
  const within = (component: Component): string => owner(component, 'cell')?.id ?? '';
  const some = (...types: readonly string[]): readonly Component[] => all.filter((one) => isA(one, ...types));
  const inText = (name: string, of: readonly Component[]): string => of.map((one) => one.attributes[name]).join(', ');
  const cells = some('cell').map((cell) => {
    const parts = descendants(cell);
    const value = (tag: string): string =>
      parts
        .filter(({ type, role }) => type.name === tag || role === tag)
        .map(({ attributes }) => [attributes['value'], attributes['segmentGroup']].filter(Boolean).join(' on '))
        .join(', ');
    const segments = parts.filter(({ type }) => type.name === 'segment').length;
    return [
      cell.id,
      String(segments),
      value('specificCapacitance'),
      value('resistivity'),
      value('initMembPotential'),
      value('spikeThresh'),
    ];
  });
  const densities = some(...densityTypes).map((one) => {
    const { attributes, children, type } = one;
    const varying = children
      .map(({ attributes: inner }) => inner['value'] ?? inner['inhomogeneousValue'])
      .filter(Boolean);
    const reversal =
      attributes['erev'] ?? (type.name.includes('GHK') ? 'GHK' : type.name.includes('Nernst') ? 'Nernst' : '');
    const amount = attributes['condDensity'] ?? attributes['permeability'] ?? attributes['number'];
    return [
      within(one),
      attributes['ionChannel'] ?? '',
      one.id,
      amount ?? (varying.length > 0 ? varying.join(', ') : 'varies'),
      reversal,
      attributes['ion'] ?? '',
      attributes['segmentGroup'] ?? (attributes['segment'] === undefined ? 'all' : `segment ${attributes['segment']}`),
    ];
  });
  const channels = some(...channelTypes);
  const gates = channels.flatMap((channel) =>
    descendants(channel)
      .filter(({ role }) => role === 'gates' || role === 'subGates')
      .map((gate) => {
        const part = (role: string): string =>
          gate.children
            .filter((child) => child.role === role)
            .map(rateText)
            .join('; ');
        return [
          channel.id,
          gate.id,
          gate.attributes['instances'] ?? gate.attributes['fractionalConductance'] ?? '',
          part('forwardRate'),
          part('reverseRate'),
          part('steadyState'),
          part('timeCourse'),
          part('q10Settings'),
        ];
      }),
  );
  const pools = some(...poolTypes).map((pool) => {
    const users = all.filter((one) => one.attributes['concentrationModel'] === pool.id);
    return [
      pool.id,
      pool.type.name,
      valuesText(pool),
      users.map(within).join(', '),
      inText('initialConcentration', users),
    ];
  });
  const plain = (components: readonly Component[]): DescriptionTable['rows'] =>
    components.filter(({ parent }) => parent === null).map((one) => [one.id, one.type.name, valuesText(one)]);
  const curves = withCurves ? channels.flatMap((channel) => gateCurves(channel, lems, printedPotentials)) : [];
  return [
    table('Cells', ['cell', 'segments', 'capacitance', 'resistivity', 'first potential', 'spike threshold'], cells),
    table('Point neurons', ['cell', 'type', 'parameters'], plain(all.filter(isPointNeuron))),
    table('Channel densities', ['cell', 'channel', 'density', 'amount', 'reversal', 'ion', 'segment group'], densities),
    table(
      'Channels',
      ['channel', 'type', 'open share', 'values'],
      channels.map((one) => [one.id, one.type.name, openText(one), valuesText(one)]),
    ),
    table(
      'Gates',
      ['channel', 'gate', 'instances', 'forward rate α', 'reverse rate β', 'steady state', 'time constant', 'Q10'],
      gates,
    ),
    table('Pools', ['pool', 'type', 'values', 'cells', 'first concentration'], pools),
    table('Synapses', ['synapse', 'type', 'values'], plain(some(...synapseTypes))),
    table(
      'Input components',
      ['input', 'type', 'values'],
      plain(some(...inputTypes).filter((one) => !isA(one, ...synapseTypes))),
    ),
    ...curveSections(curves, surroundings.temperature),
  ].filter(({ parts }) => parts.length > 0);
}

/** A table without the columns that are empty in all rows. */
function table(title: string, columns: readonly string[], rows: DescriptionTable['rows']): DescriptionSection {
  const kept = columns.map((_, k) => rows.some((row) => (row[k] ?? '') !== ''));
  const only = (cells: readonly string[]): readonly string[] => cells.filter((_, k) => kept[k]);
  return {
    title,
    parts: rows.length === 0 ? [] : [{ kind: 'table', columns: only(columns), rows: rows.map(only) }],
  };
}

/** Returns the curves of the mechanisms of a model, as of one in NMODL. */
function mechanismTables({ model, data }: ValidModel): FurtherParts {
  const sections = Object.values(typedModel(model).neurons).flatMap(({ compartments }) =>
    compartments
      ? curveSections(
          mechanismCurves(compartments, data, printedPotentials),
          compartments.temperature ?? surroundings.temperature,
        )
      : [],
  );
  return { ...noParts, sections };
}

/** Returns steady states and time constants, a row for each potential. */
function curveSections(curves: readonly GateCurve[], kelvin: number): readonly DescriptionSection[] {
  const [first] = curves;
  if (first === undefined) return [];
  const number = (value: number | undefined): string =>
    value === undefined || Number.isNaN(value) ? '' : String(Number(value.toPrecision(4)));
  const name = ({ channel, gate }: GateCurve): string => `${channel} ${gate}`;
  const rows = (values: (curve: GateCurve) => readonly number[], scale: number): DescriptionTable['rows'] =>
    first.potentials.map((v, k) => [
      String(Math.round(v * 1e3)),
      ...curves.map((curve) => number((values(curve)[k] ?? NaN) * scale)),
    ]);
  const slowest = curves.some(({ isScheme }) => isScheme) ? ' (of kinetic schemes, the slowest)' : '';
  const temperature = Number((kelvin - 273.15).toFixed(2));
  return [
    {
      title: `Steady states of gates at ${temperature} degC`,
      parts: [{ kind: 'table', columns: ['v / mV', ...curves.map(name)], rows: rows((one) => one.steadyState, 1) }],
    },
    {
      title: `Time constants of gates in ms at ${temperature} degC${slowest}`,
      parts: [{ kind: 'table', columns: ['v / mV', ...curves.map(name)], rows: rows((one) => one.timeConstant, 1e3) }],
    },
  ];
}

const descendants = (component: Component): readonly Component[] =>
  component.children.flatMap((inner) => [inner, ...descendants(inner)]);

function owner(component: Component, type: string): Component | undefined {
  for (let one: Component | null = component; one !== null; one = one.parent) if (isA(one, type)) return one;
  return undefined;
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Returns the product of a channel's gates, such as `m³h`. */
const openText = (channel: Component): string =>
  channel.children
    .filter(({ role }) => role === 'gates')
    .map(({ id, attributes: { instances = '1' } }) =>
      instances === '1' ? id : `${id}${instances.replaceAll(/\d/g, (digit) => superscripts[Number(digit)] ?? digit)}`,
    )
    .join(' ');

/** Formulas of NeuroML's rates. @source Channels.xml of NeuroML 2 */
const formulas: Readonly<Record<string, (a: Readonly<Record<string, string>>) => string>> = {
  HHExpRate: (a) => `${a['rate']} * exp(${shift(a)})`,
  HHExpVariable: (a) => `${a['rate']} * exp(${shift(a)})`,
  HHSigmoidRate: (a) => `${a['rate']} / (1 + exp(-${shift(a)}))`,
  HHSigmoidVariable: (a) => `${a['rate']} / (1 + exp(-${shift(a)}))`,
  HHExpLinearRate: (a) => `${a['rate']} * x / (1 - exp(-x)), x = ${shift(a)}`,
  HHExpLinearVariable: (a) => `${a['rate']} * x / (1 - exp(-x)), x = ${shift(a)}`,
  fixedTimeCourse: (a) => a['tau'] ?? '',
};

const shift = ({ midpoint = '', scale = '' }: Readonly<Record<string, string>>): string =>
  `(v - (${midpoint}))/(${scale})`;

const rateText = (rate: Component): string =>
  formulas[rate.type.name]?.(rate.attributes) ??
  (Object.keys(rate.attributes).length > 0 ? `${rate.type.name}: ${valuesText(rate)}` : dynamicsText(rate));

/** Returns the exposed formulas of a type without values, with those that they may use before them. */
const dynamicsText = ({ type: { name, dynamics } }: Component): string =>
  (dynamics?.derivedVariables ?? [])
    .map(({ name: variable, value, cases = [] }) => {
      const texts = value
        ? [value.text]
        : cases.map(({ condition, value: one }) => `${one.text}${condition ? ` if ${condition.text}` : ''}`);
      return `${variable} = ${texts.join(', else ')}`;
    })
    .join('; ') || name;

const valuesText = ({ attributes }: Component): string =>
  Object.entries(attributes)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ');
