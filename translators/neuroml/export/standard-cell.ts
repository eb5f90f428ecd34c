/**
 * PyNN's cells and synapses by the names that NeuroML has for them, for types that say that they are these and whose
 * equations are the library's.
 * In NeuroML the synapses on a cell hold what PyNN's cells hold themselves; sums of either are the same.
 */

import { ampere, siemens, volt } from '../../../src/lang/dimension.js';
import { populationOf } from '../../../src/model/selected.js';
import { recordedVariables } from '../../../src/model/tagged.js';
import { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { dimensionless, type Dimension } from '../../../src/lang/ast.js';
import type { AbstractReceptor } from '../../../src/library/neuroml/receptors.js';
import { standardCells } from '../../../src/library/pynn/index.js';
import type {
  Model,
  NeuronType,
  Population,
  Projection,
  SelectionRule,
  SynapseType,
  Value,
} from '../../../src/model/model.js';
import { normalise } from '../../../src/model/normalise.js';
import { type CellPlan, type ExportContext } from './context.js';
import { neuronEssence } from './essence.js';
import { numberText } from './text/quantity-text.js';
import { standardHeir, type Shown } from './standard-heir.js';
import type { Element } from './text/xml-text.js';

/** A neuron type as a core type of NeuroML. */
export interface StandardCell {
  /** What may be attached to it, and how its variables are called. */
  readonly plan: CellPlan;
  /** Component types of its own, for cells that are more than the core type. */
  readonly types?: readonly Element[];
  /** Its synapses: those that a cell's variable stands for. */
  readonly receptors: ReadonlyMap<string, Receptor>;
  /** Names in the model of the values that a component gives. */
  readonly keys: readonly string[];
  /** What a component gives, from values in SI. */
  readonly attributes: (valueOf: (key: string) => number) => Readonly<Record<string, string>>;
  /** What it has besides, where it was found in equations. */
  readonly found?: FoundCell;
}

/** What cells have that were found in equations. */
export interface FoundCell {
  /** Synapses that variables of the type stand for, by these. */
  readonly receptors: ReadonlyMap<string, AbstractReceptor>;
  /** A constant current in A, or a pure number. */
  readonly drive?: (valueOf: (key: string) => number) => number;
  readonly isPure: boolean;
  /** First values of variables that the core type has no parameters for. */
  readonly starts: ReadonlyMap<
    string,
    { readonly dimension: Dimension; readonly of: (valueOf: (key: string) => number) => number }
  >;
  /** Whether these differ within a population: then each element gives its own. */
  readonly startsApart: boolean;
}

/** Synapses that act on one variable of PyNN's cell. */
export interface Receptor {
  readonly componentType: string;
  /** Parameters of the cell that are the synapses'. */
  readonly tau: string;
  readonly reversal?: string;
  /** Ten to this power makes a weight in SI one in PyNN's unit. */
  readonly exponent: number;
  /** The variable of the model's cell that is the sum over such synapses. */
  readonly shown: string;
  readonly kind: 'excitatory' | 'inhibitory';
  /** The list of attachments that they belong to; absent: that of all. */
  readonly list?: string;
}

/**
 * What NeuroML has names for; its HH_cond_exp emits no spikes and has no first values of gates, so an heir of it
 * is written.
 */
const names: ReadonlySet<string> = new Set([
  'IF_curr_alpha',
  'IF_curr_exp',
  'IF_cond_alpha',
  'IF_cond_exp',
  'EIF_cond_exp_isfa_ista',
  'EIF_cond_alpha_isfa_ista',
  'HH_cond_exp',
]);

/** Poisson sources of PyNN, and what they are in NeuroML. */
const sources: ReadonlyMap<string, string> = new Map([
  ['SpikeSourcePoisson', 'SpikeSourcePoisson'],
  ['SpikeSourcePoissonRefractory', 'spikeGeneratorRefPoisson'],
]);

/** Powers of ten from SI to PyNN's units, by SI unit. */
const exponents: Readonly<Record<string, number>> = { s: 3, V: 3, A: 9, F: 9, S: 6 };

/** The name that NeuroML has for a type that says that it is PyNN's, and is. */
export function coreName(type: NeuronType): string | undefined {
  const claimed = type.conformsTo?.type ?? '';
  const name = claimed.startsWith('pynn/') ? claimed.slice('pynn/'.length) : '';
  return (sources.has(name) || names.has(name)) && isLibrary(type, name) ? name : undefined;
}

const gateName = (gate: string): string => gate.slice('gate_'.length);
/** The heir's gates are seen, and start as they are told to. */
const gatesOf = (name: string): readonly string[] => (name === 'HH_cond_exp' ? ['gate_m', 'gate_h', 'gate_n'] : []);

/** What a model asks of a population beside what its core type has. */
interface Asked {
  /** Whether more is asked than an heir of the core type can have. */
  readonly isMore: boolean;
  /** Variables that are recorded, and that the core type does not show. */
  readonly recorded: readonly string[];
}

/** What a model asks of a population of a type that has a name in NeuroML. */
export function askedOf(
  population: string,
  { values }: Population,
  type: NeuronType,
  name: string,
  { operations, recordings, projections, stimuli, synapses }: Model,
): Asked {
  const isIts = (rule: SelectionRule): boolean => populationOf(rule) === population;
  const known = new Set(['v', ...gatesOf(name)]);
  const recorded = recordings.flatMap((one) =>
    isIts(one.of) ? recordedVariables(one).filter((variable) => !known.has(variable)) : [],
  );
  const receptors = receptorsOf(name);
  const shown = shownOf(name);
  const isMore =
    // Components keep their parameters.
    Object.values(operations).some(({ on }) => isIts(on)) ||
    (!sources.has(name) &&
      (recorded.some((variable) => !shown.has(variable)) ||
        !Object.values(projections).every(
          (projection) =>
            !isIts(projection.to.of) ||
            (isStatic(synapses[projection.synapse]) && receptorOf(projection, receptors) !== undefined),
        ) ||
        Object.values(stimuli).some(({ to, kind }) => isIts(to) && kind !== 'current') ||
        // First values of other variables than the potential are not NeuroML's to give.
        Object.entries(values).some(
          ([key, value]) => !known.has(key) && type.state[key] && value !== type.state[key].initial,
        )));
  return { isMore, recorded: [...new Set(recorded)].sort() };
}

/**
 * The core type that a neuron type is; undefined where it is none, or the model asks more of it than the core type and
 * its heirs have.
 */
export function standardCell(id: string, type: NeuronType, context: ExportContext): StandardCell | undefined {
  const { model, ids } = context;
  const name = coreName(type);
  if (name === undefined) return undefined;
  const asked = Object.entries(model.populations).flatMap(([population, one]) =>
    one.type === id ? [askedOf(population, one, type, name, model)] : [],
  );
  if (asked.some(({ isMore }) => isMore)) return undefined;
  if (sources.has(name)) return standardSource(id, name, type, context);
  const gates = gatesOf(name);
  const recorded = new Set(asked.flatMap((one) => one.recorded));
  const shown = [...shownOf(name)].filter(([variable]) => recorded.has(variable));
  const isHeir = gates.length + shown.length > 0;
  const wanted = `${name}${gates.length > 0 ? '_firing' : ''}${shown.length > 0 ? '_recorded' : ''}`;
  const heir = isHeir
    ? standardHeir(
        name,
        ids.claim(wanted),
        shown.map(([, one]) => one),
        gates.map(gateName),
      )
    : undefined;
  if (isHeir && !heir) return undefined;
  const plan: CellPlan = {
    type: id,
    componentType: heir?.attributes['name'] ?? name,
    attachment: 'baseSynapse',
    channels: [{ variable: 'i_inj', kind: 'sum', dimension: ampere, exposure: 'i' }],
    varying: new Set(),
    visible: new Map([
      ['v', { name: 'v', dimension: volt }],
      ...gates.map((gate) => [gate, { name: gateName(gate), dimension: dimensionless }] as const),
      ...shown.map(
        ([variable, { name, dimension }]) =>
          [variable, { name, dimension: dimension === 'current' ? ampere : siemens }] as const,
      ),
    ]),
    starts: new Map(),
  };
  const units = [
    ...Object.entries(type.parameters).map(([key, { unit }]) => [key, exponents[unit] ?? 0] as const),
    ['v', 3] as const,
  ];
  const starts = gates.map((gate) => [gate, 0] as const);
  const nameOf = (key: string): string =>
    key === 'v' ? 'v_init' : gates.includes(key) ? `${gateName(key)}_init` : key;
  return {
    plan,
    ...(heir ? { types: [heir] } : {}),
    receptors: receptorsOf(name, recorded),
    keys: [...units, ...starts].map(([key]) => key),
    attributes: (valueOf) =>
      Object.fromEntries([...units, ...starts].map(([key, exponent]) => [nameOf(key), inUnit(valueOf(key), exponent)])),
  };
}

/** A Poisson source; one with a refractory time has no beginning and no end in NeuroML. */
function standardSource(id: string, name: string, type: NeuronType, context: ExportContext): StandardCell | undefined {
  const { populations } = context.model;
  const refractory = name === 'SpikeSourcePoissonRefractory';
  const own = Object.values(populations).filter((population) => population.type === id);
  const given = (key: string): readonly Value[] =>
    own.map(({ values }) => values[key] ?? type.parameters[key]?.value ?? 0);
  const always = given('start').every((one) => one === 0) && given('duration').every((one) => Number(one) >= 1e6);
  if (refractory && !always) return undefined;
  const ms = (value: number): string => `${inUnit(value, 3)}ms`;
  return {
    plan: {
      type: id,
      componentType: sources.get(name) ?? name,
      attachment: 'baseSynapse',
      channels: [],
      varying: new Set(),
      visible: new Map(),
      starts: new Map(),
    },
    receptors: new Map(),
    keys: ['rate', ...(refractory ? ['tau_refrac'] : ['start', 'duration'])],
    attributes: (valueOf) => {
      const rate = `${valueOf('rate')}Hz`;
      if (refractory) return { averageRate: rate, minimumISI: ms(valueOf('tau_refrac')) };
      return { start: ms(valueOf('start')), duration: ms(valueOf('duration')), rate };
    },
  };
}

/** Whether a type is that of the library except for the values of its parameters. */
function isLibrary(type: NeuronType, name: string): boolean {
  const standard = standardCells.get(name);
  const library = standard && neuronOf(standard.neuron);
  return library !== undefined && neuronEssence(library) === neuronEssence(type);
}

function neuronOf(document: unknown): NeuronType | undefined {
  const positions = { place: () => ({ document: '' }) };
  const whole = {
    interneuron: 1,
    name: 'cell',
    neurons: { cell: document },
    populations: { cells: { type: 'cell', size: 1 } },
  };
  return normalise(whole, positions, new Diagnostics())?.model.neurons['cell'];
}

/** Whether synapses add their weight to a variable at each spike, and that is all. */
export function isStatic(type: SynapseType | undefined): boolean {
  const [pathway, ...more] = Object.values(type?.pathways ?? {});
  const plain =
    type && [type.state, type.derived, type.contributes, type.summed].every((map) => Object.keys(map).length === 0);
  return plain === true && more.length === 0 && pathway?.on === 'pre.spike' && pathway.do.join() === 'port += weight';
}

/** Variables that heirs show where they are recorded, by their names in the model. */
function shownOf(name: string): ReadonlyMap<string, Shown> {
  const dimension = name.includes('cond') ? 'conductance' : 'current';
  const sums = [...receptorsOf(name).values()].map(({ shown, kind, componentType }): readonly [string, Shown] => [
    shown,
    { name: shown, dimension, sum: { list: kind, type: componentType } },
  ]);
  return new Map([
    ...sums,
    ...(name.startsWith('EIF') ? [['w', { name: 'w_current', dimension: 'current' }] as const] : []),
  ]);
}

/** The two receptors of a cell; synapses of those that are recorded have a list of attachments of their own. */
function receptorsOf(name: string, recorded: ReadonlySet<string> = new Set()): ReadonlyMap<string, Receptor> {
  const conductance = name.includes('cond');
  const alpha = name.includes('alpha');
  const componentType = `${alpha ? 'alpha' : 'exp'}${conductance ? 'Cond' : 'Curr'}Synapse`;
  const receptor = (short: string, kind: Receptor['kind'], letter: string): readonly [string, Receptor] => {
    const shown = `${conductance ? 'gsyn' : 'isyn'}_${short}`;
    return [
      `${shown}${alpha ? '_rise' : ''}`,
      {
        componentType,
        tau: `tau_syn_${letter}`,
        ...(conductance ? { reversal: `e_rev_${letter}` } : {}),
        exponent: conductance ? 6 : 9,
        shown,
        kind,
        ...(recorded.has(shown) ? { list: kind } : {}),
      },
    ];
  };
  return new Map([receptor('exc', 'excitatory', 'E'), receptor('inh', 'inhibitory', 'I')]);
}

/** The receptor that a projection acts on. */
export function receptorOf({ receptors }: Projection, known: ReadonlyMap<string, Receptor>): Receptor | undefined {
  return known.get(receptors['port'] ?? '');
}

/** A value in SI as a number in a unit that ten to a power of is one of SI's. */
export function inUnit(value: number, exponent: number): string {
  return numberText(Number((value * 10 ** exponent).toPrecision(15)));
}
