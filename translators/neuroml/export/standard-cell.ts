/**
 * PyNN's cells and synapses by the names that NeuroML has for them, for types that say that they are these and whose
 * equations are the library's.
 * In NeuroML the synapses on a cell hold what PyNN's cells hold themselves; sums of either are the same.
 */

import { ampere, volt } from '../../../src/lang/dimension.js';
import { populationOf } from '../../../src/model/selected.js';
import { recordedVariables } from '../../../src/model/tagged.js';
import { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { dimensionless } from '../../../src/lang/ast.js';
import { standardCells } from '../../../src/library/pynn/index.js';
import type { Model, NeuronType, Projection, Refractory, SynapseType, Value } from '../../../src/model/model.js';
import { normalise } from '../../../src/model/normalise.js';
import { type CellPlan, type ExportContext } from './context.js';
import { neuronEssence } from './essence.js';
import { heirOf } from './heir.js';
import { numberText } from './quantity-text.js';
import { element, type Element } from './xml-text.js';

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
}

/** Synapses that act on one variable of PyNN's cell. */
interface Receptor {
  readonly componentType: string;
  /** Parameters of the cell that are the synapses'. */
  readonly tau: string;
  readonly reversal?: string;
  /** Ten to this power makes a weight in SI one in PyNN's unit. */
  readonly exponent: number;
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

/**
 * The core type that a neuron type is; undefined where it is none, or the model asks more of it than the core type has.
 */
export function standardCell(id: string, type: NeuronType, context: ExportContext): StandardCell | undefined {
  const { model, ids, dt } = context;
  const claimed = type.conformsTo?.type ?? '';
  const name = claimed.startsWith('pynn/') ? claimed.slice('pynn/'.length) : '';
  const populations = Object.entries(model.populations).filter(([, population]) => population.type === id);
  // Components keep their parameters.
  const code = Object.values(model.operations).some(({ on }) =>
    populations.some(([population]) => population === populationOf(on)),
  );
  if (code) return undefined;
  if (sources.has(name) && isLibrary(type, name)) return standardSource(id, name, type, model);
  if (!names.has(name) || !isLibrary(type, name)) return undefined;
  const receptors = receptorsOf(name);
  // The heir's gates are seen, and start as they are told to.
  const gates: ReadonlySet<string> = new Set(name === 'HH_cond_exp' ? ['gate_m', 'gate_h', 'gate_n'] : []);
  const recorded = model.recordings.every((recording) => {
    const of = populationOf(recording.of);
    if (!populations.some(([population]) => population === of)) return true;
    return recordedVariables(recording).every((variable) => variable === 'v' || gates.has(variable));
  });
  const incoming = Object.values(model.projections).filter(({ to }) =>
    populations.some(([population]) => population === populationOf(to.of)),
  );
  const fits = incoming.every(
    (projection) => isStatic(model.synapses[projection.synapse]) && receptorOf(projection, receptors) !== undefined,
  );
  const currents = Object.values(model.stimuli).every(
    (stimulus) =>
      !populations.some(([population]) => population === populationOf(stimulus.to)) || stimulus.kind === 'current',
  );
  // First values of other variables than the potential are not NeuroML's to give.
  const started = populations.some(([, { values }]) =>
    Object.keys(values).some((key) => key !== 'v' && !gates.has(key) && Object.hasOwn(type.state, key)),
  );
  if (!recorded || !fits || !currents || started) return undefined;
  const heir = gates.size > 0 ? firing(name, ids.claim(`${name}_firing`)) : undefined;
  if (gates.size > 0 && !heir) return undefined;
  const plan: CellPlan = {
    type: id,
    componentType: heir?.attributes['name'] ?? name,
    attachment: 'baseSynapse',
    list: 'synapses',
    channels: [{ variable: 'i_inj', kind: 'sum', dimension: ampere, exposure: 'i' }],
    varying: new Set(),
    visible: new Map([
      ['v', { name: 'v', dimension: volt }],
      ...[...gates].map((gate) => [gate, { name: gate.slice('gate_'.length), dimension: dimensionless }] as const),
    ]),
    starts: new Map(),
  };
  const units = [
    ...Object.entries(type.parameters).map(([key, { unit }]) => [key, exponents[unit] ?? 0] as const),
    ['v', 3] as const,
  ];
  const starts = [...gates].map((gate) => [gate, 0] as const);
  const { rounding } = Object.values(type.events)[0]?.refractory ?? {};
  const valueIn = (key: string, value: number, exponent: number): string =>
    inUnit(key === 'tau_refrac' ? refractoryTime(value, dt, rounding) : value, exponent);
  const nameOf = (key: string): string =>
    key === 'v' ? 'v_init' : gates.has(key) ? `${key.slice('gate_'.length)}_init` : key;
  return {
    plan,
    ...(heir ? { types: [heir] } : {}),
    receptors,
    keys: [...units, ...starts].map(([key]) => key),
    attributes: (valueOf) =>
      Object.fromEntries(
        [...units, ...starts].map(([key, exponent]) => [nameOf(key), valueIn(key, valueOf(key), exponent)]),
      ),
  };
}

/**
 * A refractory time in s after which NeuroML's cells are free in the step in which PyNN's are: they wait until more
 * than this has passed, by a time that is a sum of steps, so that it is half a step from any step.
 */
function refractoryTime(value: number, dt: number, rounding: Refractory['rounding']): number {
  const steps = value / dt;
  const whole = rounding === 'nearest' ? Math.round(steps) : rounding === 'up' ? Math.ceil(steps - 1e-3) : steps;
  return whole > 0 ? (Math.floor(whole + 1e-3) - 0.5) * dt : 0;
}

/** A Poisson source; one with a refractory time has no beginning and no end in NeuroML. */
function standardSource(id: string, name: string, type: NeuronType, { populations }: Model): StandardCell | undefined {
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
      list: 'synapses',
      channels: [],
      varying: new Set(),
      visible: new Map(),
      starts: new Map(),
    },
    receptors: new Map(),
    keys: ['rate', ...(refractory ? ['tau_refrac'] : ['start', 'duration'])],
    attributes: (valueOf) =>
      refractory
        ? { averageRate: `${valueOf('rate')}Hz`, minimumISI: ms(valueOf('tau_refrac')) }
        : { start: ms(valueOf('start')), duration: ms(valueOf('duration')), rate: `${valueOf('rate')}Hz` },
  };
}

/**
 * The cell of Hodgkin and Huxley's kind with what PyNN's has besides: a spike where v rises above 0 mV, and first
 * values of gates.
 */
function firing(core: string, name: string): Element | undefined {
  const gates = ['m', 'h', 'n'];
  return heirOf(core, name, `${core} that fires where v rises above 0 mV, with first values of its gates.`, {
    parameters: gates.map((gate) => element('Parameter', { name: `${gate}_init`, dimension: 'none' })),
    states: [element('StateVariable', { name: 'spiking', dimension: 'none' })],
    starts: gates.map((gate) => element('StateAssignment', { variable: gate, value: `${gate}_init` })),
    conditions: [
      element('OnCondition', { test: '(v .gt. 0) .and. (spiking .lt. 0.5)' }, [
        element('StateAssignment', { variable: 'spiking', value: '1' }),
        element('EventOut', { port: 'spike' }),
      ]),
      element('OnCondition', { test: 'v .leq. 0' }, [element('StateAssignment', { variable: 'spiking', value: '0' })]),
    ],
  });
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

function isStatic(type: SynapseType | undefined): boolean {
  const [pathway, ...more] = Object.values(type?.pathways ?? {});
  const plain =
    type && [type.state, type.derived, type.contributes, type.summed].every((map) => Object.keys(map).length === 0);
  return plain === true && more.length === 0 && pathway?.on === 'pre.spike' && pathway.do.join() === 'port += weight';
}

function receptorsOf(name: string): ReadonlyMap<string, Receptor> {
  const conductance = name.includes('cond');
  const alpha = name.includes('alpha');
  const componentType = `${alpha ? 'alpha' : 'exp'}${conductance ? 'Cond' : 'Curr'}Synapse`;
  const variable = (kind: string): string => `${conductance ? 'gsyn' : 'isyn'}_${kind}${alpha ? '_rise' : ''}`;
  const receptor = (letter: string): Receptor => ({
    componentType,
    tau: `tau_syn_${letter}`,
    ...(conductance ? { reversal: `e_rev_${letter}` } : {}),
    exponent: conductance ? 6 : 9,
  });
  return new Map([
    [variable('exc'), receptor('E')],
    [variable('inh'), receptor('I')],
  ]);
}

/** The receptor that a projection acts on. */
export function receptorOf({ receptors }: Projection, known: ReadonlyMap<string, Receptor>): Receptor | undefined {
  return known.get(receptors['port'] ?? '');
}

/** A value in SI as a number in a unit that ten to a power of is one of SI's. */
export function inUnit(value: number, exponent: number): string {
  return numberText(Number((value * 10 ** exponent).toPrecision(15)));
}
