/** Features of neuron and synapse types. */

import { spelling } from '../../lang/reference.js';
import { referencesIn } from '../../lang/walk.js';
import { expressionsIn } from '../../model/typed.js';
import type {
  Derivative,
  DerivedVariable,
  EventDefinition,
  Input,
  IntegrationMethod,
  NeuronType,
  Parameter,
  Pathway,
  Refractory,
  StateVariable,
  LocalEvent,
  Part,
  SynapseType,
} from '../../model/typed.js';
import type { Readings, Site, Use } from './read.js';
import { readAll, readEach, use, usesWhere } from './read.js';
import type { FeatureName } from './table.js';
import { readValue } from './values.js';

const always =
  (feature: FeatureName) =>
  (holds: boolean, site: Site): readonly Use[] =>
    usesWhere(site, { [feature]: holds });

const ofParameter: Readings<Parameter> = {
  unit: 'plain',
  type: 'plain',
  value: readValue,
  shared: always('sharedVariable'),
};
const ofState: Readings<StateVariable> = {
  unit: 'plain',
  type: 'plain',
  initial: readValue,
  shared: always('sharedVariable'),
};
const ofDerived: Readings<DerivedVariable> = {
  unit: 'plain',
  type: 'plain',
  value: 'plain',
  shared: always('sharedVariable'),
  held: always('held'),
  table: 'plain',
};

const ofSynapseDerived: Readings<DerivedVariable> = { ...ofDerived, held: always('synapseHeld') };

const methods: Readonly<Record<IntegrationMethod, FeatureName | null>> = {
  auto: null,
  euler: null,
  exact: 'integration',
  exponentialEuler: 'integration',
  rk2: 'integration',
  rk4: 'integration',
  heun: 'integration',
  milstein: 'integration',
  adaptive: 'integration',
  cable: 'cableMethod',
  'cable-then-gates': 'cableMethod',
  'gates-then-cable': 'cableMethod',
};

/** The common parts of neuron types and synapse types. */
const ofEquations = {
  parameters: readEach(ofParameter),
  state: readEach(ofState),
  derived: readEach(ofDerived),
  method: (method: IntegrationMethod, site: Site) => {
    const methodFeature = methods[method];
    return methodFeature === null ? [] : [use(methodFeature, { ...site, name: `${method} of ${site.name}` })];
  },
  conformsTo: 'plain',
  sequence: (sequence: readonly Part[], site: Site) => [
    use('sequence', site),
    ...usesWhere(site, { currentVariables: sequence.some(({ current }) => current !== undefined) }),
  ],
} as const;

const ofRefractory: Readings<Refractory> = {
  for: 'refractoryFor',
  while: 'refractoryWhile',
  rate: (names, site) => usesWhere(site, { refractoryRate: names.length > 0 }),
  writes: (writes, site) => usesWhere(site, { refractoryWrites: writes === 'allow' }),
  suppress: (suppress, site) => usesWhere(site, { refractorySuppress: !suppress }),
  of: 'refractoryOf',
  rounding: 'refractoryRounding',
  evaluated: (evaluated, site) => usesWhere(site, { refractoryEvaluated: evaluated === 'eachStep' }),
};

const edge = (kind: 'level' | 'rising', site: Site): readonly Use[] =>
  usesWhere(site, { risingEdge: kind === 'rising' });

const ofEvent: Readings<EventDefinition> = {
  when: 'event',
  edge,
  do: 'plain',
  refractory: (refractory, site) => [use('refractory', site), ...readAll(refractory, ofRefractory, site)],
  slot: 'eventSlot',
  actionSlot: 'actionSlot',
  order: (order, site) => usesWhere(site, { eventOrder: order !== 0 }),
  actionOrder: 'actionOrder',
  multiplicity: 'multiplicity',
  emits: (name, site) => [use(name === null ? 'silentEvent' : 'otherName', site)],
  section: 'plain',
  fraction: 'plain',
};

const ofInput: Readings<Input> = {
  unit: 'plain',
  reduce: (reduce, site) => usesWhere(site, { productInput: reduce === 'product' }),
};

const ofNeuronType: Readings<NeuronType> = {
  ...ofEquations,
  derivatives: 'plain',
  noise: (noise, site) => usesWhere(site, { noise: noise.length > 0 }),
  inputs: readEach(ofInput),
  events: (events, site) =>
    Object.entries(events).flatMap(([name, event]) => [
      ...readAll(event, ofEvent, site),
      ...usesWhere({ ...site, name: `${site.name}.${name}` }, { eventSection: event.section !== undefined }),
    ]),
  regimes: (regimes, site) => usesWhere(site, { regime: Object.keys(regimes).length > 0 }),
  compartments: 'compartments',
  cable: 'cable',
};

const ofDerivative: Readings<Derivative> = {
  rate: 'plain',
  eventDriven: (eventDriven, site) => [use(eventDriven ? 'eventDriven' : 'stepped', site)],
};

const ofPathway: Readings<Pathway> = {
  on: (on, site) => [use(on.end === 'post' ? 'postPathway' : 'pathway', site)],
  delay: readValue,
  slot: 'pathwaySlot',
  order: (order, site) => usesWhere(site, { pathwayOrder: order !== 0 }),
  do: (statements, site) => usesWhere(site, { send: statements.some(({ kind }) => kind === 'send') }),
};

const ofLocalEvent: Readings<LocalEvent> = { when: 'synapseEvent', edge, do: 'plain', order: 'plain' };

const ofSynapseType: Readings<SynapseType> = {
  ...ofEquations,
  derived: readEach(ofSynapseDerived),
  derivatives: readEach(ofDerivative),
  noise: (noise, site) => usesWhere(site, { synapseNoise: noise.length > 0 }),
  pathways: readEach(ofPathway),
  events: readEach(ofLocalEvent),
  scheme: 'plain',
  conserved: 'plain',
  contributes: (sums, site) =>
    sums.map(({ to }) => use(to.kind === 'end' && to.end === 'pre' ? 'preContribution' : 'contribution', site)),
  summed: (sums, site) => usesWhere(site, { summed: sums.length > 0 }),
  sumSlots: 'sumSlot',
  ports: (ports, site) => usesWhere(site, { receptor: Object.keys(ports).length > 0 }),
};

// --- Names that code reads -------------------------------------------------------------------------------------------

/** Features of names with a special meaning in code that runs in a step. */
type Names = Readonly<Record<string, FeatureName>>;

const inBoth: Names = { lastspike: 'lastspike', not_refractory: 'notRefractory', t_in_timesteps: 'stepNumber' };

/** Names in the code of cells. */
export const inCells: Names = { ...inBoth, x: 'coordinates', y: 'coordinates', z: 'coordinates' };

const inSynapses: Names = { ...inBoth, lastupdate: 'lastupdate', delay: 'delayRead', N: 'synapseCount' };

/** Features of the special names that the code of a part of a model reads, except for names that a type declares. */
export function readNames(
  part: unknown,
  declared: (name: string) => boolean,
  names: Names,
  site: Site,
): readonly Use[] {
  const features = new Set<FeatureName>();
  for (const expression of expressionsIn(part))
    for (const reference of referencesIn(expression)) {
      const name = spelling(reference);
      const special = names[Object.hasOwn(inBoth, reference.variable) ? reference.variable : name];
      if (special !== undefined && !declared(name)) features.add(special);
    }
  return [...features].map((feature) => use(feature, site));
}

const declares =
  (type: NeuronType | SynapseType) =>
  (name: string): boolean =>
    Object.hasOwn(type.parameters, name) || Object.hasOwn(type.state, name) || Object.hasOwn(type.derived, name);

/** Features of a neuron type. First values are computed before any step. */
export const readNeuronType = (type: NeuronType, site: Site): readonly Use[] => [
  ...readAll(type, ofNeuronType, site),
  ...readNames([type.derived, type.derivatives, type.events, type.regimes], declares(type), inCells, site),
];

/** Features of a synapse type. */
export const readSynapseType = (type: SynapseType, site: Site): readonly Use[] => [
  ...readAll(type, ofSynapseType, site),
  ...readNames(
    [
      type.derived,
      type.derivatives,
      type.contributes,
      type.summed,
      type.events,
      Object.values(type.pathways).map((pathway) => pathway.do),
    ],
    declares(type),
    inSynapses,
    site,
  ),
];
