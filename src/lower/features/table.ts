/**
 * The support of each timing profile for each feature of a model. A refused feature is rejected by name, and an ignored
 * one is noted. `uses.ts` finds the features in a model. The compiler checks that both tables are complete: each kind
 * and property of the model has an entry there, each feature an entry here.
 */

import type { SelectionRule, TimingProfile } from '../../model/typed.js';

/**
 * `runs`: as documented for the model; `refused`: rejected by name; `unread`: ignored with a note, because it describes
 * a detail of the step that the profile defines.
 */
export type Support = 'runs' | 'refused' | 'unread';

/** A feature: its phrase in messages, and its support by each profile. */
export interface Feature {
  /** Part of a sentence; `name`: name of the object with the feature. */
  readonly phrase: (name: string) => string;
  /** Whether a profile runs it, refuses it or does not read it. */
  readonly support: Readonly<Record<TimingProfile, Support>>;
}

const everywhere = { brian: 'runs', grid: 'runs', 'lems-euler': 'runs' } as const;
const bySlots = { brian: 'runs', grid: 'runs', 'lems-euler': 'refused' } as const;
const slotsOnly = { brian: 'runs', grid: 'runs', 'lems-euler': 'unread' } as const;
const elementsOnly = { brian: 'unread', grid: 'unread', 'lems-euler': 'runs' } as const;
const partsOnly = { brian: 'refused', grid: 'refused', 'lems-euler': 'runs' } as const;
const brianOnly = { brian: 'runs', grid: 'refused', 'lems-euler': 'refused' } as const;
const nowhere = { brian: 'refused', grid: 'refused', 'lems-euler': 'refused' } as const;

const of =
  (phrase: string) =>
  (name: string): string =>
    `${phrase} (${name})`;

const feature = (phrase: Feature['phrase'] | string, support: Feature['support']): Feature => ({
  phrase: typeof phrase === 'string' ? of(phrase) : phrase,
  support,
});

/** All features. */
export const features = {
  // Cells
  noise: feature('noise', everywhere),
  integration: feature('an integration method', bySlots),
  cableMethod: feature('an integration method of cables', bySlots),
  sequence: feature('the order of parts of a type', elementsOnly),
  currentVariables: feature('a part that sees what others did before it in the step', partsOnly),
  held: feature('a derived variable that holds over a step', everywhere),
  sharedVariable: feature('a variable that all elements share', everywhere),
  productInput: feature('an input that multiplies', everywhere),
  event: feature('an event', everywhere),
  risingEdge: feature('an event on a rising edge', everywhere),
  otherName: feature('an event that others see under another name', everywhere),
  silentEvent: feature('an event that nobody sees', everywhere),
  eventSlot: feature('the slot of an event', slotsOnly),
  actionSlot: feature('the slot of the actions of an event', slotsOnly),
  actionOrder: feature('the order of the actions of an event', slotsOnly),
  eventOrder: feature('the order of events', everywhere),
  multiplicity: feature('events with a multiplicity', everywhere),
  refractory: feature('a refractory period', everywhere),
  refractoryFor: feature('the length of a refractory period', everywhere),
  refractoryWhile: feature('a condition of refractoriness', everywhere),
  refractoryRate: feature('rates that are zero while refractory', everywhere),
  refractoryWrites: feature('writes while refractory', everywhere),
  refractorySuppress: feature('an event that refractoriness does not suppress', everywhere),
  refractoryOf: feature('other events that are suppressed meanwhile', everywhere),
  refractoryRounding: feature('rounding of a refractory period', everywhere),
  refractoryEvaluated: feature('a refractory period that is evaluated at each step', everywhere),
  eventSection: feature((name) => `an event at a section (${name})`, bySlots),
  regime: feature('regimes', everywhere),
  compartments: feature('a cell with compartments', bySlots),
  cable: feature('a cable', bySlots),
  lastspike: feature('the time of the last spike', everywhere),
  notRefractory: feature('whether an element is refractory', everywhere),
  stepNumber: feature('the number of the step', everywhere),
  lastupdate: feature('the time of the last update of a synapse', bySlots),
  delayRead: feature('the delay of a synapse as a variable', nowhere),
  synapseCount: feature('the number of synapses as a variable', nowhere),
  coordinates: feature('coordinates in the code of a step', everywhere),
  // Synapses
  pathway: feature('what a synapse does at an event', everywhere),
  postPathway: feature('what a synapse does at an event of its target', everywhere),
  pathwaySlot: feature('the slot of what a synapse does', slotsOnly),
  pathwayOrder: feature('the order of what synapses do', everywhere),
  send: feature('sending later', bySlots),
  stepped: feature('equations of synapses', everywhere),
  synapseHeld: feature('a derived variable of synapses that holds over a step', bySlots),
  eventDriven: feature('event-driven equations', everywhere),
  synapseNoise: feature('noise in the equations of synapses', bySlots),
  synapseEvent: feature('a condition of a synapse', everywhere),
  sumSlot: feature('the slot of a summed variable', slotsOnly),
  contribution: feature('a continuous contribution', everywhere),
  preContribution: feature('a continuous contribution to the presynaptic end', everywhere),
  stateContribution: feature('a continuous contribution to a variable that is no input', everywhere),
  summed: feature('a summed variable', everywhere),
  receptor: feature('a port of a synapse', everywhere),
  // Populations
  linked: feature('a linked parameter', everywhere),
  positions: feature('positions', everywhere),
  structure: feature('positions of a structure', everywhere),
  spikes: feature('given spikes', everywhere),
  period: feature((name) => `spikes that repeat (population ${name})`, everywhere),
  spikesSlot: feature('the slot of given spikes', slotsOnly),
  spikeFile: feature((name) => `spikes from a file (population ${name})`, nowhere),
  clock: feature('a population with its own clock', brianOnly),
  // Values
  drawnValue: feature('a drawn value', everywhere),
  givenValue: feature('values for each element', everywhere),
  pairValue: feature('values for each pair', everywhere),
  hostDraw: feature('values of a named generator', everywhere),
  // Projections
  section: feature('a projection that ends at a section', bySlots),
  otherEvent: feature('a projection of an event other than the spike', everywhere),
  all: feature('connections from all to all', everywhere),
  oneToOne: feature('connections one to one', everywhere),
  pairs: feature('connections of pairs', everywhere),
  generator: feature('connections of a generator', everywhere),
  list: feature('listed connections', everywhere),
  fixedInDegree: feature('connections of a fixed number a target', everywhere),
  fixedOutDegree: feature('connections of a fixed number a source', everywhere),
  fixedTotal: feature('connections of a fixed number in all', everywhere),
  smallWorld: feature('a small world', everywhere),
  clone: feature('connections of another projection', everywhere),
  hostDrawn: feature('connections of a named generator', everywhere),
  csa: feature('a connection set', everywhere),
  delay: feature('a delay', everywhere),
  clippedDelay: feature('delays that are clipped', everywhere),
  redrawnDelay: feature('delays that are drawn again', everywhere),
  checkedDelay: feature('delays that must be within a range', everywhere),
  space: feature('distances of a space', everywhere),
  projectionClock: feature('synapses with their own clock', brianOnly),
  // Stimuli
  poisson: feature((name) => `the Poisson input ${name}`, everywhere),
  poissonSlot: feature('the slot of a Poisson input', slotsOnly),
  current: feature('a current', everywhere),
  sharedCurrent: feature('a current that all elements share', everywhere),
  heldCurrent: feature('a current that holds for several steps', everywhere),
  detachedCurrent: feature('a current that does not flow at the start', everywhere),
  currentSection: feature('a current into a section', bySlots),
  // Operations
  operation: feature((name) => `the operation ${name}`, everywhere),
  operationInterval: feature('the interval of an operation', everywhere),
  operationTimes: feature('an operation at listed times', bySlots),
  operationSlot: feature('the slot of an operation', slotsOnly),
  table: feature('a table', everywhere),
  tableColumns: feature('a table with columns', everywhere),
  // Recordings
  recordedEvents: feature('a recording of events', everywhere),
  variablesAtSpikes: feature((name) => `recording variables at the spikes (${name})`, bySlots),
  recordedVariables: feature('a recording of variables', everywhere),
  samplingInterval: feature('the interval of a recording', everywhere),
  samplingSlot: feature('the slot of a recording', everywhere),
  recordedRate: feature('a recording of a rate', everywhere),
  recordedSection: feature('a recording at a section', bySlots),
  mechanismVariable: feature("a recording of a mechanism's variable", bySlots),
  recordedSpecial: feature('a recording of the last spike or of refractoriness', everywhere),
  // Phases
  set: feature('setting values', everywhere),
  setWhere: feature('setting values where a condition holds', everywhere),
  numbered: feature('values numbered within a selection', everywhere),
  initialise: feature('other first values', everywhere),
  delays: feature('delays that a phase changes', everywhere),
  currents: feature('currents that a phase changes', everywhere),
  replay: feature('spikes that a phase replaces', everywhere),
  attach: feature('attaching a current', everywhere),
  detach: feature('detaching a current', everywhere),
  record: feature('switching a recording', everywhere),
  reset: feature('a reset', everywhere),
  store: feature('storing the state', everywhere),
  restore: feature('restoring the state', everywhere),
} as const satisfies Readonly<Record<string, Feature>>;

/** Key of a feature in the table. */
export type FeatureName = keyof typeof features;

// --- Selections -----------------------------------------------------------------------------------------------------

/** Kinds of selections. */
export type SelectionKind = SelectionRule['kind'];

/** Where a selection is. */
export type SelectionPlace =
  | 'end'
  | 'poissonTarget'
  | 'currentTarget'
  | 'operated'
  | 'recordedEvents'
  | 'recordedVariables'
  | 'recordedRate'
  | 'set'
  | 'initialised'
  | 'replayed';

const inEveryPlace = { slice: everywhere, indices: everywhere, mask: everywhere } as const;
const ofCells = { ...inEveryPlace, sample: everywhere, sampleOf: everywhere, assembly: everywhere } as const;

/** The support of each profile for each kind of selection in each place. */
export const selections: Readonly<Record<SelectionPlace, Readonly<Record<SelectionKind, Feature['support']>>>> = {
  end: { ...ofCells, synapses: bySlots },
  poissonTarget: { ...ofCells, synapses: nowhere },
  currentTarget: { ...ofCells, synapses: nowhere },
  operated: { ...ofCells, synapses: bySlots },
  recordedEvents: { ...ofCells, synapses: nowhere },
  recordedVariables: { ...ofCells, synapses: everywhere },
  recordedRate: { ...ofCells, synapses: nowhere },
  set: { ...ofCells, synapses: everywhere },
  initialised: { ...ofCells, synapses: everywhere },
  replayed: { ...ofCells, synapses: nowhere },
};

/** How sentences call a kind of selection in a place. */
export const placePhrases: Readonly<Record<SelectionPlace, (selected: string) => string>> = {
  end: (selected) => `a projection that ends at ${selected}`,
  poissonTarget: (selected) => `a Poisson input into ${selected}`,
  currentTarget: (selected) => `a current into ${selected}`,
  operated: (selected) => `an operation on ${selected}`,
  recordedEvents: (selected) => `a recording of events of ${selected}`,
  recordedVariables: (selected) => `a recording of variables of ${selected}`,
  recordedRate: (selected) => `a recording of the rate of ${selected}`,
  set: (selected) => `setting values of ${selected}`,
  initialised: (selected) => `giving first values to ${selected}`,
  replayed: (selected) => `replacing spikes of ${selected}`,
};

/** How sentences call each kind of selection. */
export const selectionPhrases: Readonly<Record<SelectionKind, string>> = {
  slice: 'a population or a slice of it',
  indices: 'listed elements',
  mask: 'a mask',
  sample: 'a sample',
  sampleOf: 'a sample of a selection',
  assembly: 'an assembly',
  synapses: 'synapses',
};
