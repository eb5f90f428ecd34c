/**
 * Types of cells with a shape as BMTK builds them: SWC, and a membrane in a file of parameters for `aibs_perisomatic`.
 */

import type { Functions } from '../../src/lang/evaluate.js';
import { parseUnit } from '../../src/lang/units.js';
import { givenOn, levelOf, type Around } from '../../src/library/membrane/local-values.js';
import type { MembranePlace } from '../../src/library/membrane/membrane.js';
import { membraneOf, placeOf } from '../../src/library/membrane/membrane-of.js';
import { thresholdOf } from '../../src/library/membrane/threshold.js';
import { NotExpressible } from '../../src/library/not-expressible.js';
import { sectionsOn } from '../../src/model/compartment-tree.js';
import type { Compartments, Mechanism, NeuronType, ValidModel } from '../../src/model/typed.js';
import { inUnit } from '../shared/in-unit.js';
import { cellTemplate, passive } from './biophysical.js';
import type { WrittenCell } from './export-parts.js';
import { equationsOf, writtenMechanism, type WrittenMechanism } from '../shared/nmodl/mechanism-file.js';
import { inNeuronUnits } from '../shared/nmodl/text.js';
import { axonOf, commonStep, shapeSections, writtenShape, type Kind } from './export-shape.js';

/** Facts that all cells of a circuit share, in the units of its config. */
export interface CircuitFacts {
  readonly run: { readonly dL: number; readonly spike_threshold: number };
  readonly conditions: { readonly celsius: number; readonly v_init: number };
}

/** Cells with a shape by type, or the reason why there is none. */
export interface WrittenCells {
  readonly byType: ReadonlyMap<string, WrittenCell | string>;
  /** Absent: there are no such cells. */
  readonly facts?: CircuitFacts;
}

type StructuredType = NeuronType & { readonly compartments: Compartments };

const isStructured = (entry: readonly [string, NeuronType]): entry is [string, StructuredType] =>
  entry[1].compartments !== undefined;

/** Returns the types of cells with a shape that a model uses, as files. */
export function writtenCells({ model, data }: ValidModel, functions: Functions): WrittenCells {
  const used = new Set(Object.values(model.populations).map(({ type }) => type));
  const types = Object.entries(model.neurons)
    .filter(isStructured)
    .filter(([name]) => used.has(name));
  if (types.length === 0) return { byType: new Map() };
  const all = types.flatMap(([, { compartments }]) =>
    shapeSections(compartments.sections).map(([, section]) => section),
  );
  const { dL, isCut } = commonStep(all);
  let facts: CircuitFacts | undefined;
  const mechanisms = new Map<string, string>();
  const write = (name: string, type: StructuredType): WrittenCell => {
    const own = {
      run: {
        dL,
        spike_threshold: spikeOf(type, functions)?.threshold ?? facts?.run.spike_threshold ?? 0,
      },
      conditions: conditionsOf(type.compartments),
    };
    facts ??= own;
    if (JSON.stringify(facts) !== JSON.stringify(own))
      throw new NotExpressible(
        'cells with another threshold, temperature or first potential than others: circuits have one of each',
      );
    return writtenCell(name, type, facts, isCut, { data, functions }, mechanisms);
  };
  const byType = new Map(
    types.map(([name, type]): [string, WrittenCell | string] => {
      try {
        return [name, write(name, type)];
      } catch (error) {
        if (error instanceof NotExpressible) return [name, error.message];
        throw error;
      }
    }),
  );
  return { byType, ...(facts ? { facts } : {}) };
}

/** Returns a number as written in decimal, without the rounding errors of a sum or product. */
const decimal = (value: number): number => Number(value.toPrecision(14));

/** Returns the event of a type that is a spike. @throws NotExpressible for events of another form */
function spikeOf(
  { events, compartments }: StructuredType,
  functions: Functions,
): { readonly name: string; readonly threshold: number } | undefined {
  const [first, ...others] = Object.entries(events);
  if (!first) return undefined;
  const [name, { when, section, fraction = 0.5, do: actions }] = first;
  const root = rootOf(compartments);
  const threshold = thresholdOf(when, () => undefined, functions);
  const { divisions = 1 } = compartments.sections[root] ?? {};
  const isMiddle = Math.floor(fraction * divisions) === Math.floor(0.5 * divisions);
  if (others.length > 0 || threshold === undefined || (section ?? root) !== root || !isMiddle || actions.length > 0)
    throw new NotExpressible('events other than a potential in the middle of the soma that passes a threshold');
  return { name, threshold: decimal(inUnit(threshold, 'mV')) };
}

const rootOf = ({ sections }: Compartments): string =>
  Object.entries(sections).find(([, { parent }]) => !parent)?.[0] ?? '';

/** Returns the temperature and the first potential of all sections. @throws NotExpressible if they are several */
function conditionsOf({ sections, initial, temperature = celsiusOf(6.3) }: Compartments): CircuitFacts['conditions'] {
  const starts = Object.values(sections).map((section) => section.initial ?? initial);
  const [start] = starts;
  if (typeof start !== 'number' || starts.some((each) => each !== start))
    throw new NotExpressible('sections with first potentials that differ or are computed');
  return { celsius: decimal(temperature - 273.15), v_init: decimal(inUnit(start, 'mV')) };
}

const celsiusOf = (celsius: number): number => celsius + 273.15;

/** Writes a type of cells. @throws NotExpressible */
function writtenCell(
  name: string,
  type: StructuredType,
  { conditions }: CircuitFacts,
  isCut: boolean,
  around: Values,
  mechanisms: Map<string, string>,
): WrittenCell {
  const { compartments } = type;
  if ([type.parameters, type.state, type.derivatives, type.regimes].some((part) => Object.keys(part).length > 0))
    throw new NotExpressible('cells with equations beside those of their sections');
  const root = rootOf(compartments);
  const texts = new Map(mechanisms);
  const membranes = membranesOf(compartments, around, texts);
  const kinds = new Map<string, Kind>();
  const keys: string[] = [];
  const parts = new Map<Kind, SectionMembrane>();
  const stubs = axonOf(compartments.sections);
  const axon = new Set(stubs.map((section) => JSON.stringify(membranes(section)))).size === 1 ? stubs : [];
  for (const [section] of shapeSections(compartments.sections)) {
    const own = membranes(section);
    const key = JSON.stringify(own);
    const isThin = section !== root && !axon.includes(section);
    if (isThin && !keys.includes(key)) keys.push(key);
    const kind = isThin ? (['dend', 'apic'] as const)[keys.indexOf(key)] : section === root ? 'soma' : 'axon';
    if (!kind)
      throw new NotExpressible('cells with more than three membranes: the soma, and two for all other sections');
    kinds.set(section, kind);
    parts.set(kind, own);
  }
  const { swc, ...shape } = writtenShape(compartments.sections, (section) => kinds.get(section) ?? 'soma', isCut);
  const [morphology, parameters] = [`${name}.swc`, `${name}.json`];
  const event = spikeOf(type, around.functions)?.name;
  for (const [suffix, text] of texts) mechanisms.set(suffix, text);
  return {
    named: { name: 'ctdb:Biophys1.hoc', template: cellTemplate(name, Object.keys(type.inputs)), switches: {} },
    morphology,
    parameters,
    files: [
      { name: `components/morphologies/${morphology}`, text: swc },
      {
        name: `components/cell_models/${parameters}`,
        text: `${JSON.stringify(parametersOf(parts, conditions), null, 2)}\n`,
      },
      ...[...new Set([...parts.values()].flatMap(({ others }) => Object.keys(others)))].map((suffix) => ({
        name: `components/mechanisms/modfiles/${suffix}.mod`,
        text: texts.get(suffix) ?? '',
      })),
    ],
    ...(event === undefined ? {} : { event }),
    soma: root,
    mechanisms: Object.keys(compartments.mechanisms),
    ...shape,
  };
}

// --- Membrane -------------------------------------------------------------------------------------------------------
/** The membrane of a section, in NEURON's units. */
interface SectionMembrane {
  readonly cm: number;
  readonly Ra: number;
  /** The leak; absent: none. */
  readonly pas?: { readonly g: number; readonly e: number };
  /** Parameters of other mechanisms, by the names of both in NEURON. */
  readonly others: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Reversal potentials of ions. */
  readonly reversals: Readonly<Record<string, number>>;
}

/** Values and functions that expressions need. */
type Values = Pick<Around, 'data' | 'functions'>;

/**
 * Returns a function that returns the membrane of a section.
 *
 * @param files  takes texts of mechanisms by their names in NEURON
 * @throws NotExpressible
 */
function membranesOf(
  compartments: Compartments,
  values: Values,
  files: Map<string, string>,
): (section: string) => SectionMembrane {
  const around = { ...values, startOf: () => 0 };
  const { mechanisms } = membraneOf(compartments, around);
  const leaks = new Map<string, NonNullable<SectionMembrane['pas']>>();
  const others: WrittenMechanism[] = [];
  const parameters = new Map<string, Map<string, Record<string, number>>>();
  const reversals = new Map<string, Record<string, number>>();
  for (const [name, mechanism] of Object.entries(compartments.mechanisms)) {
    const { places = [], reason } = mechanisms.get(name) ?? {};
    const own = places.map((place) => [place.section, reason === undefined ? leakOf(place) : undefined] as const);
    const isWhole = own.length === sectionsOn(mechanism.on, compartments).length;
    const isLeak = isWhole && own.every(([section, leak]) => leak !== undefined && !leaks.has(section));
    if (isLeak) for (const [section, leak] of own) leaks.set(section, leak!);
    if (isLeak) continue;
    checkMechanism(name, mechanism);
    const made = writtenMechanism(name, equationsOf(name, mechanism), files);
    files.set(made.suffix, made.text);
    others.push(made);
    for (const section of sectionsOn(mechanism.on, compartments)) {
      const { equations } = placeOf(mechanism, { section, compartments, pool: undefined }, around);
      const given = Object.keys(givenOn(mechanism, section, compartments));
      const foreign = given.find((one) => !Object.hasOwn(mechanism.parameters, one));
      if (foreign !== undefined) throw new NotExpressible(`the mechanism ${name}: first values of ${foreign}`);
      const here = Object.entries(mechanism.parameters).map(([one, { unit }]) => [
        made.parameters.get(one) ?? one,
        inNeuronUnits(equations.numbers.get(one) ?? NaN, parseUnit(unit).dimension),
      ]);
      const known = parameters.get(section) ?? new Map<string, Record<string, number>>();
      parameters.set(section, known.set(made.suffix, Object.fromEntries(here) as Record<string, number>));
      for (const ion of made.reversals) {
        const e = levelOf(`e_${ion}`, { section, compartments, pool: undefined });
        if (typeof compartments.ions[ion]?.reversal !== 'number' || e === undefined)
          throw new NotExpressible(`the mechanism ${name}: a reversal potential of ${ion} that concentrations give`);
        reversals.set(section, { ...reversals.get(section), [ion]: decimal(inUnit(e, 'mV')) });
      }
    }
  }
  return (name) => {
    const { specificCapacitance, resistivity, capacitance } = compartments.sections[name] ?? {};
    if (specificCapacitance === undefined || resistivity === undefined || capacitance !== undefined)
      throw new NotExpressible(`the section ${name}, which has no capacitance by area or no resistivity`);
    const pas = leaks.get(name);
    return {
      cm: inUnit(specificCapacitance, 'uF/cm**2'),
      Ra: inUnit(resistivity, 'ohm*cm'),
      ...(pas ? { pas } : {}),
      others: Object.fromEntries(parameters.get(name) ?? []),
      reversals: reversals.get(name) ?? {},
    };
  };
}

/** Checks that a mechanism only adds currents per area, by potentials. @throws NotExpressible */
function checkMechanism(name: string, { density, scheme = [], reads, writes }: Mechanism): void {
  const isPotential = (one: string): boolean => one === 'v' || one === 'temperature' || one.startsWith('e_');
  const other = Object.keys(writes).find((one) => !/^i(_|$)/.test(one)) ?? reads.find((one) => !isPotential(one));
  const what = !density ? 'currents of whole compartments' : scheme.length > 0 ? 'a kinetic scheme' : undefined;
  if (what !== undefined || other !== undefined)
    throw new NotExpressible(`the mechanism ${name}: ${what ?? `values of ${other ?? ''}`}`);
}

/** Returns a current as NEURON's `pas`, or undefined if it is another one. */
function leakOf({ currents }: MembranePlace): { readonly g: number; readonly e: number } | undefined {
  const [current, ...others] = currents;
  const [conductance, ...more] = current?.conductances ?? [];
  if (current?.ion !== 'non_specific' || !conductance || others.length + more.length > 0) return undefined;
  const { conductance: g, reversal: e, gates, mixed, open } = conductance;
  if (typeof e !== 'number' || gates.size > 0 || mixed.length > 0 || open !== null) return undefined;
  const { parameters } = passive;
  return { g: decimal(inUnit(g, parameters.g.unit)), e: decimal(inUnit(e, parameters.e.unit)) };
}

/**
 * Resistivity in ohm cm of the axon that BMTK adds to a cell that has none: with it, the conductance from the soma is
 * lost in the rounding of the soma's own.
 */
const isolation = 1e20;

/** Returns a file of parameters for `aibs_perisomatic`, which adds `pas` to all sections. */
function parametersOf(parts: ReadonlyMap<Kind, SectionMembrane>, conditions: CircuitFacts['conditions']): object {
  const soma = parts.get('soma');
  const gene = (section: string, name: string, value: number, mechanism = ''): object =>
    ({ section, mechanism, name, value }); // prettier-ignore
  const leak = [...parts.values()].find(({ pas }) => pas)?.pas?.e ?? 0;
  const sections = [...parts];
  const hasAxon = parts.has('axon');
  return {
    passive: [
      {
        ra: soma?.Ra,
        e_pas: leak,
        cm: [
          ...sections.map(([section, { cm }]) => ({ section, cm })),
          ...(hasAxon ? [] : [{ section: 'axon', cm: 1 }]),
        ],
      },
    ],
    conditions: [{ ...conditions, erev: [] }],
    genome: [
      ...sections.flatMap(([section, { cm, Ra, pas, others, reversals }]) => [
        ...(Ra === soma?.Ra ? [] : [gene(section, 'Ra', Ra)]),
        gene(section, 'g_pas', pas?.g ?? 0),
        ...(pas && pas.e !== leak ? [gene(section, 'e_pas', pas.e)] : []),
        ...Object.entries(others).flatMap(([suffix, values]) => [
          // A value inserts the mechanism. It need not be its own.
          ...(Object.keys(values).length === 0 ? [gene(section, 'cm', cm, suffix)] : []),
          ...Object.entries(values).map(([name, value]) => gene(section, `${name}_${suffix}`, value, suffix)),
        ]),
        ...Object.entries(reversals).map(([ion, value]) => gene(section, `e${ion}`, value)),
      ]),
      ...(hasAxon ? [] : [gene('axon', 'Ra', isolation), gene('axon', 'g_pas', 0)]),
    ],
  };
}
