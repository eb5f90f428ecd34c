/** Contents of elements in the schema of NeuroML 2 (XSD, version 2.3.1), with their order and number. */

/** Elements of one place in the order of a content, in any order if there are several. */
export interface Slot {
  /** Names of the elements. */
  readonly names: readonly string[];
  /** How many there must be in all. */
  readonly atLeast: number;
  /** How many there may be; Infinity: any number. */
  readonly atMost: number;
}

/** `name` once, `name?` at most once, `name+` at least once, `name*` any number; `a/b*` any mixture of both. */
function slots(text: string): readonly Slot[] {
  return text.split(' ').map((word) => {
    const mark = /[?+*]$/.exec(word)?.[0] ?? '';
    const names = word.slice(0, word.length - mark.length).split('/');
    return { names, atLeast: mark === '' || mark === '+' ? 1 : 0, atMost: mark === '' || mark === '?' ? 1 : Infinity };
  });
}

const gates =
  'q10ConductanceScaling* ' +
  'gate/gateHHrates/gateHHratesTau/gateHHtauInf/gateHHratesInf/gateHHratesTauInf/gateHHInstantaneous/gateFractional*';
const densities =
  'channelPopulation* channelDensity* channelDensityVShift* channelDensityNernst* channelDensityGHK* ' +
  'channelDensityGHK2* ' +
  'channelDensityNonUniform* channelDensityNonUniformNernst* channelDensityNonUniformGHK* spikeThresh+ ' +
  'specificCapacitance+ initMembPotential+';

/** Contents by name of the component type, also for its extensions. Explanations precede them: `explanationsIn`. */
export const contents: ReadonlyMap<string, readonly Slot[]> = new Map(
  Object.entries({
    ionChannel: gates,
    ionChannelKS: 'gateKS*',
    gateKS: 'q10Settings? closedState+ openState+ forwardTransition/reverseTransition/tauInfTransition+',
    gateHHrates: 'q10Settings? forwardRate reverseRate',
    gateHHtauInf: 'q10Settings? timeCourse steadyState',
    gateHHratesTau: 'q10Settings? forwardRate reverseRate timeCourse',
    gateHHratesInf: 'q10Settings? forwardRate reverseRate steadyState',
    gateHHratesTauInf: 'q10Settings? forwardRate reverseRate timeCourse steadyState',
    gateHHInstantaneous: 'steadyState',
    gateFractional: 'q10Settings? subGate+',
    subGate: 'q10Settings? steadyState timeCourse',
    tauInfTransition: 'steadyState timeCourse',
    blockingPlasticSynapse: 'plasticityMechanism? blockMechanism?',
    cell: 'morphology? biophysicalProperties?',
    cell2CaPools: 'morphology? biophysicalProperties? biophysicalProperties2CaPools?',
    morphology: 'segment+ segmentGroup*',
    segment: 'parent? proximal? distal',
    segmentGroup: 'member* include* path* subTree* inhomogeneousParameter*',
    inhomogeneousParameter: 'proximal? distal?',
    path: 'from? to?',
    biophysicalProperties: 'membraneProperties intracellularProperties? extracellularProperties?',
    biophysicalProperties2CaPools:
      'membraneProperties2CaPools intracellularProperties2CaPools? extracellularProperties?',
    membraneProperties: densities,
    membraneProperties2CaPools: `${densities} channelDensityNernstCa2*`,
    intracellularProperties: 'species* resistivity*',
    intracellularProperties2CaPools: 'species* resistivity*',
    compoundInput: 'pulseGenerator* sineGenerator* rampGenerator*',
    compoundInputDL: 'pulseGeneratorDL* sineGeneratorDL* rampGeneratorDL*',
    network:
      'space* region* extracellularProperties* population+ cellSet* synapticConnection* projection* ' +
      'electricalProjection* ' +
      'continuousProjection* explicitInput* inputList*',
    populationList: 'layout/instance*',
    instance: 'location',
  }).map(([type, text]) => [type, slots(text)]),
);

/** The content of a document. */
export const documentContent: readonly Slot[] = slots(
  'include* extracellularProperties* intracellularProperties* morphology* ionChannel* ionChannelHH* ' +
    'ionChannelVShift* ionChannelKS* ' +
    'decayingPoolConcentrationModel* fixedFactorConcentrationModel* alphaCurrentSynapse* alphaSynapse* ' +
    'expOneSynapse* expTwoSynapse* ' +
    'expThreeSynapse* blockingPlasticSynapse* doubleSynapse* gapJunction* silentSynapse* linearGradedSynapse* ' +
    'gradedSynapse* ' +
    'biophysicalProperties* cell* cell2CaPools* baseCell* iafTauCell* iafTauRefCell* iafCell* iafRefCell* ' +
    'izhikevichCell* ' +
    'izhikevich2007Cell* adExIaFCell* fitzHughNagumoCell* fitzHughNagumo1969Cell* pinskyRinzelCA3Cell* ' +
    'hindmarshRose1984Cell* ' +
    'pulseGenerator* pulseGeneratorDL* sineGenerator* sineGeneratorDL* rampGenerator* rampGeneratorDL* ' +
    'compoundInput* compoundInputDL* ' +
    'voltageClamp* voltageClampTriple* spikeArray* timedSynapticInput* spikeGenerator* spikeGeneratorRandom* ' +
    'spikeGeneratorPoisson* ' +
    'spikeGeneratorRefPoisson* poissonFiringSynapse* transientPoissonFiringSynapse* IF_curr_alpha* IF_curr_exp* ' +
    'IF_cond_alpha* ' +
    'IF_cond_exp* EIF_cond_exp_isfa_ista* EIF_cond_alpha_isfa_ista* HH_cond_exp* expCondSynapse* ' +
    'alphaCondSynapse* expCurrSynapse* ' +
    'alphaCurrSynapse* SpikeSourcePoisson* network* ComponentType*',
);

/** Elements that explain others without an effect on the model. */
export const explanations: ReadonlySet<string> = new Set(['notes', 'property', 'annotation']);

const standalone = slots('notes? property* annotation?');
const gate = slots('notes?');

/**
 * Component types with extensions that are `Standalone` in the schema, in addition to the types that the schema names.
 */
const standaloneTypes: ReadonlySet<string> = new Set([
  'baseStandalone',
  'baseCell',
  'baseIonChannel',
  'baseSynapse',
  'baseSpikeSource',
  'basePointCurrent',
  'basePointCurrentDL',
  'concentrationModel',
  'basePopulation',
  'biophysicalProperties',
  'biophysicalProperties2CaPools',
  'morphology',
  'network',
  'segmentGroup',
]);
/** Core component types with elements that the schema allows in any order. */
export const inAnyOrder: ReadonlySet<string> = new Set([
  'tauInfTransition',
  'gateHHrates',
  'gateHHtauInf',
  'gateHHratesTauInf',
  'gateHHratesTau',
  'gateHHratesInf',
  'gateHHInstantaneous',
  'subGate',
]);

/** Types without explanations in the schema, including their extensions. */
const unexplained: ReadonlySet<string> = new Set([
  'spike',
  'inputList',
  'projection',
  'electricalProjection',
  'continuousProjection',
]);
const gateTypes: ReadonlySet<string> = new Set(['baseGate', 'subGate']);

/** Returns the explanations within elements of a component type, in the schema's order. They precede all else. */
export function explanationsIn(lineage: readonly string[]): readonly Slot[] {
  if (lineage.some((name) => unexplained.has(name))) return [];
  if (lineage.some((name) => standaloneTypes.has(name))) return standalone;
  return lineage.some((name) => gateTypes.has(name)) ? gate : [];
}

/** Elements with a component type that the schema takes from an attribute. All others are named by their type. */
export const typedByAttribute: ReadonlySet<string> = new Set([
  'blockMechanism',
  'forwardRate',
  'gate',
  'ionChannel',
  'ionChannelHH',
  'ionChannelVShift',
  'network',
  'plasticityMechanism',
  'population',
  'q10Settings',
  'rate',
  'reverseRate',
  'steadyState',
  'timeCourse',
]);

/** A type that an element of the schema has although its attribute `type` is missing. */
export interface ImpliedType {
  readonly type: string;
  /** The attribute or child element that only this type has. */
  readonly by: string;
}

/** Types that follow from an attribute or a child element, by the type of an element without the attribute `type`. */
export const impliedTypes: ReadonlyMap<string, ImpliedType> = new Map([
  ['network', { type: 'networkWithTemperature', by: 'temperature' }],
  ['population', { type: 'populationList', by: 'instance' }],
]);

/** Core component types that have no id in the schema, and no heirs there with one. */
export const withoutId: ReadonlySet<string> = new Set([
  'blockMechanism',
  'distal',
  'explicitInput',
  'from',
  'include',
  'inhomogeneousValue',
  'initMembPotential',
  'intracellularProperties',
  'layout',
  'location',
  'member',
  'membraneProperties',
  'parent',
  'path',
  'plasticityMechanism',
  'proximal',
  'q10ConductanceScaling',
  'q10Settings',
  'resistivity',
  'specificCapacitance',
  'spikeThresh',
  'subTree',
  'synapticConnection',
  'to',
  'variableParameter',
  'forwardRate',
  'reverseRate',
  'steadyState',
  'timeCourse',
]);
