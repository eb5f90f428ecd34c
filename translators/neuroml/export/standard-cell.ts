/**
 * PyNN's cells and synapses by the names that NeuroML has for them, for types that say that they are these and whose equations are the library's.
 * In NeuroML the synapses on a cell hold what PyNN's cells hold themselves; sums of either are the same.
 */

import { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { standardCells } from '../../../src/library/pynn/index.js';
import { hashModel } from '../../../src/model/hash.js';
import type { Model, NeuronType, Projection, SynapseType } from '../../../src/model/model.js';
import { normalise } from '../../../src/model/normalise.js';
import { populationOf, type CellPlan, type ExportContext } from './context.js';
import { numberText } from './dimensions.js';

/** A neuron type as a core type of NeuroML. */
export interface StandardCell {
  readonly plan: CellPlan;
  /** Its synapses: those that a cell's variable stands for. */
  readonly receptors: ReadonlyMap<string, Receptor>;
  /** Ten to this power makes a value in SI one in PyNN's unit, by parameter. */
  readonly exponents: ReadonlyMap<string, number>;
}

/** Synapses that act on one variable of PyNN's cell. */
export interface Receptor {
  readonly componentType: string;
  /** Parameters of the cell that are the synapses'. */
  readonly tau: string;
  readonly reversal?: string;
  /** Ten to this power makes a weight in SI one in PyNN's unit. */
  readonly exponent: number;
}

/** What NeuroML has names for; its HH_cond_exp emits no spikes, and is none of them. */
const names: ReadonlySet<string> = new Set([
  'IF_curr_alpha',
  'IF_curr_exp',
  'IF_cond_alpha',
  'IF_cond_exp',
  'EIF_cond_exp_isfa_ista',
  'EIF_cond_alpha_isfa_ista',
]);

/** Powers of ten from SI to PyNN's units, by SI unit. */
const exponents: Readonly<Record<string, number>> = { s: 3, V: 3, A: 9, F: 9, S: 6 };

/** The core type that a neuron type is; undefined where it is none, or the model asks more of it than the core type has. */
export function standardCell(id: string, type: NeuronType, { model }: ExportContext): StandardCell | undefined {
  const claimed = type.conformsTo?.type ?? '';
  const name = claimed.startsWith('pynn/') ? claimed.slice('pynn/'.length) : '';
  if (!names.has(name) || !isLibrary(type, name)) return undefined;
  const receptors = receptorsOf(name);
  const populations = Object.entries(model.populations).filter(([, population]) => population.type === id);
  const recorded = model.recordings.every((recording) => {
    const of = populationOf(recording.of);
    if (!populations.some(([population]) => population === of) || !('variables' in recording)) return true;
    return recording.variables?.every((variable) => variable === 'v') ?? true;
  });
  const incoming = Object.values(model.projections).filter(({ to }) =>
    populations.some(([population]) => population === populationOf(to.of)),
  );
  const fits = incoming.every(
    (projection) => isStatic(model.synapses[projection.synapse]) && receptorOf(projection, receptors) !== undefined,
  );
  const currents = Object.values(model.stimuli).every(
    (stimulus) => !populations.some(([population]) => population === populationOf(stimulus.to)) || stimulus.kind === 'current',
  );
  const code = Object.values(model.operations).some(({ on }) => populations.some(([population]) => population === populationOf(on)));
  // First values of other variables than the potential are not NeuroML's to give.
  const started = populations.some(([, { values }]) => Object.keys(values).some((key) => key !== 'v' && Object.hasOwn(type.state, key)));
  if (!recorded || !fits || !currents || code || started) return undefined;
  const plan: CellPlan = {
    type: id,
    componentType: name,
    attachment: 'baseSynapse',
    list: 'synapses',
    channels: [{ variable: 'i_inj', kind: 'sum', dimension: [0, 0, 0, 1, 0, 0, 0], exposure: 'i' }],
    varying: new Set(),
    visible: new Map([['v', { name: 'v', dimension: [2, 1, -3, -1, 0, 0, 0] }]]),
    starts: new Map(),
  };
  const units = Object.entries(type.parameters).map(([key, { unit }]) => [key, exponents[unit] ?? 0] as const);
  return { plan, receptors, exponents: new Map([...units, ['v', 3]]) };
}

/** Whether a type is that of the library but for the values of its parameters. */
function isLibrary(type: NeuronType, name: string): boolean {
  const standard = standardCells.get(name);
  const library = standard && neuronOf(standard.neuron);
  return library !== undefined && essence(library) === essence(type);
}

function neuronOf(document: unknown): NeuronType | undefined {
  const positions = { place: () => ({ document: '' }) };
  const whole = { interneuron: 1, name: 'cell', neurons: { cell: document }, populations: { cells: { type: 'cell', size: 1 } } };
  return normalise(whole, positions, new Diagnostics())?.model.neurons['cell'];
}

/** The hash of a model that is nothing but the type, without what the numbers of its parameters are. */
function essence(type: NeuronType): string {
  const zero = Object.fromEntries(Object.entries(type.parameters).map(([name, parameter]) => [name, { ...parameter, value: 0 }]));
  const state = Object.fromEntries(Object.entries(type.state).map(([name, variable]) => [name, { ...variable, initial: 0 }]));
  const bare: Model = { ...emptyModel, neurons: { cell: { ...type, parameters: zero, state } } };
  return hashModel(bare).model;
}

const emptyModel: Model = {
  interneuron: 1,
  name: '',
  metadata: {},
  parameters: {},
  neurons: {},
  synapses: {},
  tables: {},
  populations: {},
  projections: {},
  stimuli: {},
  operations: {},
  clocks: {},
  recordings: [],
  timing: 'grid',
  experiment: { dt: 1e-4, seed: '0', protocol: [] },
  annotations: {},
};

function isStatic(type: SynapseType | undefined): boolean {
  const [pathway, ...more] = Object.values(type?.pathways ?? {});
  const plain = type && [type.state, type.derived, type.contributes, type.summed].every((map) => Object.keys(map).length === 0);
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
