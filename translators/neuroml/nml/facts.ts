/**
 * Rules of NeuroML 2's schema (XSD, version 2.3.1) for elements beyond their component types. Only validation uses
 * these names: models are built and run from types only.
 */

/** How the id of an element is written: a name, a whole number, or a whole number that may be absent. */
export type IdForm = 'name' | 'index' | 'optional index';

/** Facts about one component type; heirs share them. */
export interface SchemaFacts {
  /** The form that its id must have; absent: it needs none. */
  readonly id?: IdForm;
  /** Attributes without which the element has no effect. */
  readonly needs?: readonly string[];
  /** Attributes that the schema requires, and readers can do without. */
  readonly expects?: readonly string[];
  /** Single children that must be there. */
  readonly children?: readonly string[];
  /** Attributes that the schema has and component types lack. */
  readonly also?: readonly string[];
  /** Attributes that are numbers, with their rules. */
  readonly numbers?: Readonly<Record<string, NumberRule>>;
  /** Ids of its children are unique: one set for each kind named. */
  readonly unique?: readonly string[];
  /** Attributes that are ids of others, which the schema writes as names. */
  readonly names?: readonly string[];
  /** Attributes that are ids of populations of the network that it is in. */
  readonly populations?: readonly string[];
  /** Single children that may be given several times, for groups of segments. */
  readonly repeats?: readonly string[];
}

/** Rule for an attribute's number; `count`: a whole number. */
export type NumberRule = 'positive' | 'not negative' | 'count' | 'positive count' | 'fraction' | 'number';

const segments = ['segment', 'segmentGroup'] as const;
const connection = {
  id: 'index',
  needs: ['preCellId', 'postCellId'],
  numbers: {
    preSegmentId: 'count',
    postSegmentId: 'count',
    preFractionAlong: 'fraction',
    postFractionAlong: 'fraction',
  },
} as const satisfies SchemaFacts;
const cellConnection = {
  id: 'index',
  needs: ['preCell', 'postCell'],
  also: ['preSegment', 'postSegment', 'preFractionAlong', 'postFractionAlong'],
  numbers: { preSegment: 'count', postSegment: 'count', preFractionAlong: 'fraction', postFractionAlong: 'fraction' },
} as const satisfies SchemaFacts;
const input = {
  id: 'index',
  needs: ['target'],
  expects: ['destination'],
  names: ['destination'],
  also: ['segmentId', 'fractionAlong'],
  numbers: { segmentId: 'count', fractionAlong: 'fraction' },
} as const satisfies SchemaFacts;
const density = {
  id: 'name',
  also: segments,
  expects: ['ion'],
  names: ['ion', 'ionChannel'],
} as const satisfies SchemaFacts;
const ends = ['presynapticPopulation', 'postsynapticPopulation'] as const;

/** By name of the component type. */
export const facts: ReadonlyMap<string, SchemaFacts> = new Map<string, SchemaFacts>([
  // Standalone elements
  ['baseStandalone', { id: 'name' }],
  ['baseSpikeSource', { id: 'name' }],
  ['basePointCurrentDL', { id: 'name' }],
  // Shapes
  ['morphology', { id: 'name', unique: ['segment', 'segmentGroup'] }],
  ['segment', { id: 'index', children: ['distal'] }],
  ['segmentGroup', { id: 'name' }],
  ['parent', { needs: ['segment'], numbers: { segment: 'count', fractionAlong: 'fraction' } }],
  ['member', { needs: ['segment'], numbers: { segment: 'count' } }],
  ['from', { needs: ['segment'], numbers: { segment: 'count' } }],
  ['to', { needs: ['segment'], numbers: { segment: 'count' } }],
  ['include', { needs: ['segmentGroup'] }],
  ['proximal', { numbers: { diameter: 'not negative' } }],
  ['distal', { numbers: { diameter: 'not negative' } }],
  ['inhomogeneousParameter', { id: 'name', expects: ['variable', 'metric'] }],
  // Membranes
  ['membraneProperties', { repeats: ['spikeThresh', 'initMembPotential'] }],
  ['membraneProperties2CaPools', { repeats: ['spikeThresh', 'initMembPotential'] }],
  ['channelPopulation', { ...density, numbers: { number: 'count' } }],
  ['channelPopulationNernst', { ...density, numbers: { number: 'count' } }],
  ['baseChannelDensity', density],
  ['channelDensityNonUniform', { also: [...segments, 'condDensity'] }],
  ['channelDensityNonUniformNernst', { also: [...segments, 'condDensity'] }],
  ['channelDensityNonUniformGHK', { also: [...segments, 'permeability'] }],
  ['specificCapacitance', { also: ['segmentGroup'], numbers: { value: 'positive' } }],
  ['resistivity', { also: ['segmentGroup'], numbers: { value: 'positive' } }],
  ['spikeThresh', { also: ['segmentGroup'] }],
  ['initMembPotential', { also: ['segmentGroup'] }],
  ['species', { id: 'name', expects: ['ion'], also: ['segmentGroup'], names: ['ion', 'concentrationModel'] }],
  ['concentrationModel', { id: 'name', names: ['ion'] }],
  // Channels
  ['baseGate', { id: 'name', numbers: { instances: 'positive count' } }],
  ['gateHHrates', { children: ['forwardRate', 'reverseRate'] }],
  ['gateHHtauInf', { children: ['timeCourse', 'steadyState'] }],
  ['gateHHratesTau', { children: ['forwardRate', 'reverseRate', 'timeCourse'] }],
  ['gateHHratesInf', { children: ['forwardRate', 'reverseRate', 'steadyState'] }],
  ['gateHHratesTauInf', { children: ['forwardRate', 'reverseRate', 'timeCourse', 'steadyState'] }],
  ['gateHHInstantaneous', { children: ['steadyState'] }],
  ['subGate', { children: ['timeCourse', 'steadyState'] }],
  ['forwardTransition', { children: ['rate'] }],
  ['reverseTransition', { children: ['rate'] }],
  ['tauInfTransition', { children: ['timeCourse', 'steadyState'] }],
  ['variableParameter', { children: ['inhomogeneousValue'] }],
  ['baseIonChannel', { id: 'name', also: ['conductance', 'species'], names: ['species'] }],
  ['q10Fixed', { also: ['experimentalTemp', 'q10Factor'] }],
  ['q10ExpTemp', { also: ['fixedQ10'] }],
  // Networks
  [
    'network',
    { id: 'name', also: ['temperature'], unique: ['basePopulation', 'population', 'populationList', 'projection'] },
  ],
  ['projection', { id: 'name', expects: ends, names: ends, populations: ends }],
  ['electricalProjection', { id: 'name', expects: ends, names: ends }],
  ['continuousProjection', { id: 'name', expects: ends, names: ends }],
  ['inputList', { id: 'name', expects: ['population'], names: ['population'], populations: ['population'] }],
  [
    'population',
    {
      id: 'name',
      also: ['extracellularProperties'],
      numbers: { size: 'count' },
      names: ['component', 'extracellularProperties'],
    },
  ],
  [
    'populationList',
    {
      id: 'name',
      also: ['size', 'extracellularProperties'],
      names: ['component', 'extracellularProperties'],
      numbers: { size: 'count' },
      unique: ['instance'],
    },
  ],
  ['instance', { id: 'optional index', children: ['location'] }],
  ['connection', connection],
  ['connectionWD', { ...connection, numbers: { ...connection.numbers, delay: 'not negative' } }],
  ['electricalConnection', cellConnection],
  ['electricalConnectionInstance', cellConnection],
  ['electricalConnectionInstanceW', cellConnection],
  ['continuousConnection', cellConnection],
  ['continuousConnectionInstance', cellConnection],
  ['continuousConnectionInstanceW', cellConnection],
  ['input', input],
  ['inputW', input],
  ['explicitInput', { needs: ['target'], names: ['destination'] }],
  ['synapticConnection', { needs: ['from', 'to'], names: ['destination'] }],
  ['spike', { id: 'index', numbers: { time: 'not negative' } }],
  // Simulations
  ['Simulation', { numbers: { length: 'not negative', step: 'positive', seed: 'number' } }],
]);
