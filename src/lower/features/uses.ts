/**
 * The features that a model uses, each with its place. Every kind of the model, and every property of each, has a
 * reading here: a new one does not compile until it has.
 */

import type { Expression } from '../../lang/ast.js';
import { referenceOf } from '../../lang/reference.js';
import { summedAt } from '../plan/receptors.js';
import type {
  Clock,
  ConnectionRule,
  End,
  Model,
  Operation,
  Phase,
  Population,
  Positions,
  Projection,
  Recording,
  SelectionRule,
  Stimulus,
  Spikes,
  Table,
} from '../../model/typed.js';
import type { Kinds, Readings, Site, Use } from './read.js';
import { readAll, readEach, readKind, use, usesWhere } from './read.js';
import type { FeatureName, SelectionKind, SelectionPlace } from './table.js';
import { inCells, readNames, readNeuronType, readSynapseType } from './types.js';
import { readValues } from './values.js';

// --- Selections ------------------------------------------------------------------------------------------------------

const ofSelection = (place: SelectionPlace): Kinds<SelectionRule> => {
  const kind = (selection: SelectionKind, site: Site): readonly Use[] => [
    { ...site, kind: 'selection', place, selection },
  ];
  const sampled = { kind, sample: 'plain', pick: 'plain', generator: 'hostDraw', name: 'plain' } as const;
  return {
    slice: { kind, population: 'plain', slice: 'plain' },
    indices: { kind, population: 'plain', indices: 'plain' },
    mask: { kind, population: 'plain', mask: 'plain' },
    sample: { ...sampled, population: 'plain', within: 'plain' },
    sampleOf: { ...sampled, from: selecting(place), only: 'plain' },
    assembly: { kind, assembly: (rules, site) => rules.flatMap((rule) => selecting(place)(rule, site)) },
    synapses: { kind, projection: 'plain', slice: 'plain', indices: 'plain' },
  };
};

const selecting = (place: SelectionPlace): ((rule: SelectionRule, site: Site) => readonly Use[]) => {
  let readings: Kinds<SelectionRule> | undefined;
  return (rule, site) => readKind(rule, (readings ??= ofSelection(place)), site);
};

// --- Populations and projections -------------------------------------------------------------------------------------

const ofPositions: Kinds<Positions> = {
  places: { kind: 'positions', places: 'plain' },
  structure: {
    kind: 'structure',
    structure: 'plain',
    arguments: readValues,
    fillOrder: 'plain',
    generator: 'hostDraw',
  },
};

const ofSpikes: Kinds<Spikes> = {
  train: { kind: 'spikes', indices: 'plain', times: 'plain', period: 'period' },
  file: { kind: 'spikeFile', file: 'plain', population: 'plain' },
};

const ofPopulation: Readings<Population> = {
  type: 'plain',
  size: 'plain',
  values: readValues,
  linked: 'linked',
  positions: (positions, site) => readKind(positions, ofPositions, site),
  spikes: (spikes, site) => readKind(spikes, ofSpikes, site),
  slot: 'spikesSlot',
  clock: 'clock',
  order: 'plain',
};

const ofEnd: Readings<End> = {
  of: selecting('end'),
  event: (event, site) => usesWhere(site, { otherEvent: event !== 'spike' }),
  section: 'section',
  fraction: 'plain',
  places: 'section',
};

const connectionRules: Readonly<Record<ConnectionRule['rule'], FeatureName>> = {
  all: 'all',
  oneToOne: 'oneToOne',
  pairs: 'pairs',
  generator: 'generator',
  list: 'list',
  fixedInDegree: 'fixedInDegree',
  fixedOutDegree: 'fixedOutDegree',
  fixedTotal: 'fixedTotal',
  smallWorld: 'smallWorld',
  clone: 'clone',
  hostDrawn: 'hostDrawn',
  csa: 'csa',
};

const delayRanges = { clip: 'clippedDelay', redraw: 'redrawnDelay', error: 'checkedDelay' } as const;

const ofProjection: Readings<Projection> = {
  from: (end, site) => readAll(end, ofEnd, site),
  to: (end, site) => readAll(end, ofEnd, site),
  synapse: 'plain',
  connect: (rules, site) => rules.map(({ rule }) => use(connectionRules[rule], site)),
  receptors: 'plain',
  values: readValues,
  delays: (delays, site) => [
    ...usesWhere(site, { delay: Object.keys(delays).length > 0 }),
    ...readValues(delays, site),
  ],
  delayRange: (range, site) => [use(delayRanges[range.outOfRange], site)],
  space: 'space',
  clock: 'projectionClock',
  order: 'plain',
};

/** Contributions to targets that are not inputs. */
function readContributions(model: Model, projection: Projection, site: Site): readonly Use[] {
  const type = model.synapses[projection.synapse];
  const inputs = (rule: SelectionRule): readonly Readonly<Record<string, unknown>>[] =>
    rule.kind === 'assembly'
      ? rule.assembly.flatMap(inputs)
      : rule.kind === 'sampleOf'
        ? inputs(rule.from)
        : rule.kind !== 'synapses'
          ? [model.neurons[model.populations[rule.population]?.type ?? '']?.inputs].filter((map) => map !== undefined)
          : [];
  const contributesElsewhere = (type?.contributes ?? []).some(({ to }) => {
    const { end, variable } = summedAt(to, projection.receptors);
    return inputs((end === 'pre' ? projection.from : projection.to).of).some((map) => !Object.hasOwn(map, variable));
  });
  return usesWhere(site, { stateContribution: contributesElsewhere });
}

// --- Stimuli, operations, recordings ---------------------------------------------------------------------------------

const readExpression = (expression: Expression, site: Site): readonly Use[] =>
  readNames(expression, () => false, inCells, site);

const ofStimulus: Kinds<Stimulus> = {
  poisson: {
    kind: 'poisson',
    to: selecting('poissonTarget'),
    variable: 'plain',
    n: 'plain',
    rate: 'plain',
    weight: 'plain',
    slot: 'poissonSlot',
    order: 'plain',
  },
  current: {
    kind: 'current',
    to: selecting('currentTarget'),
    input: 'plain',
    value: readExpression,
    attached: (attached, site) => usesWhere(site, { detachedCurrent: !attached }),
    shared: 'sharedCurrent',
    every: 'heldCurrent',
    from: 'plain',
    section: 'currentSection',
    fraction: 'plain',
    places: 'currentSection',
  },
};

const ofOperation: Readings<Operation> = {
  on: selecting('operated'),
  do: 'operation',
  every: 'operationInterval',
  times: 'operationTimes',
  slot: 'operationSlot',
  order: 'plain',
};

const ofTable: Readings<Table> = {
  dt: 'table',
  unit: 'plain',
  values: 'plain',
  columns: (columns, site) => usesWhere(site, { tableColumns: columns !== null }),
};

const ofClock: Readings<Clock> = { dt: 'plain' };

const ofRecording: Kinds<Recording> = {
  events: {
    kind: 'recordedEvents',
    of: selecting('recordedEvents'),
    events: 'plain',
    variables: (variables, site) => usesWhere(site, { variablesAtSpikes: variables.length > 0 }),
    slot: 'plain',
    order: 'plain',
    name: 'plain',
  },
  rate: { kind: 'recordedRate', of: selecting('recordedRate'), rate: 'plain', name: 'plain' },
  variables: {
    kind: 'recordedVariables',
    of: selecting('recordedVariables'),
    variables: (variables, site) =>
      usesWhere(site, {
        mechanismVariable: variables.some((name) => name.includes('.') && referenceOf(name).kind === 'own'),
        recordedSpecial: variables.some((name) => ['lastspike', 'not_refractory'].includes(referenceOf(name).variable)),
      }),
    every: 'samplingInterval',
    slot: 'samplingSlot',
    order: 'plain',
    name: 'plain',
    section: 'recordedSection',
    fraction: 'plain',
  },
};

// --- Phases ----------------------------------------------------------------------------------------------------------

const ofPhase: Kinds<Phase> = {
  run: { kind: 'plain', run: 'plain' },
  runUntil: { kind: 'plain', runUntil: 'plain' },
  set: { kind: 'set', set: readValues, where: 'setWhere', of: selecting('set'), numbered: 'numbered' },
  initialise: { kind: 'initialise', initialise: readValues, of: selecting('initialised'), numbered: 'numbered' },
  delays: { kind: 'delays', delays: readValues },
  currents: {
    kind: 'currents',
    currents: (values, site) => Object.values(values).flatMap((expression) => readExpression(expression, site)),
  },
  replay: {
    kind: 'replay',
    replay: (spikes, site) =>
      Object.entries(spikes).flatMap(([name, { period }]) =>
        usesWhere({ ...site, name }, { period: period !== undefined }),
      ),
    of: selecting('replayed'),
  },
  attach: { kind: 'attach', attach: 'plain' },
  detach: { kind: 'detach', detach: 'plain' },
  record: { kind: 'record', record: 'plain', on: 'plain' },
  reset: { kind: 'reset', reset: 'plain', segment: 'plain', annotations: 'plain' },
  store: { kind: 'store', store: 'plain' },
  restore: { kind: 'restore', restore: 'plain' },
};

// --- Models ----------------------------------------------------------------------------------------------------------

const named =
  <T>(root: string, read: (thing: T, site: Site) => readonly Use[]) =>
  (map: Readonly<Record<string, T>>): readonly Use[] =>
    Object.entries(map).flatMap(([name, thing]) => read(thing, { pointer: `/${root}/${name}`, name }));

const ofModel: Readings<Model> = {
  interneuron: 'plain',
  name: 'plain',
  metadata: 'plain',
  parameters: 'plain',
  neurons: named('neurons', readNeuronType),
  synapses: named('synapses', readSynapseType),
  tables: readEach(ofTable),
  populations: named('populations', (population, site) => readAll(population, ofPopulation, site)),
  projections: named('projections', (projection, site) => readAll(projection, ofProjection, site)),
  stimuli: named('stimuli', (stimulus, site) => readKind(stimulus, ofStimulus, site)),
  operations: named('operations', (operation, site) => readAll(operation, ofOperation, site)),
  clocks: readEach(ofClock),
  recordings: (recordings) =>
    recordings.flatMap((recording, k) =>
      readKind(recording, ofRecording, { pointer: `/recordings/${k}`, name: recording.name }),
    ),
  timing: 'plain',
  experiment: (experiment) =>
    experiment.protocol.flatMap((phase, k) =>
      readKind(phase, ofPhase, { pointer: `/experiment/protocol/${k}`, name: `phase ${k}` }),
    ),
  annotations: 'plain',
};

/** All features that a model uses. */
export const usesOf = (model: Model): readonly Use[] => [
  ...readAll(model, ofModel, { pointer: '', name: model.name }),
  ...Object.entries(model.projections).flatMap(([name, projection]) =>
    readContributions(model, projection, { pointer: `/projections/${name}`, name }),
  ),
];
