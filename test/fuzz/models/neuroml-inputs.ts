/** Random currents and sources of spikes of NeuroML. */

import { between } from './draw.js';
import { component, element, quantity, type Draft } from './markup.js';
import type { Cell, Input } from './neuroml-parts.js';
import { carried } from './neuroml-synapses.js';
import { ownInput } from './neuroml-types.js';

type InputKind = (draft: Draft, cell: Cell, span: number) => Input;

/** A tag, its window within the run, and amplitudes in units that the cell takes. */
function generator(draft: Draft, kind: string, cell: Cell, span: number, isNested: boolean): string {
  const { random } = draft;
  const isPlain = cell.accepts === 'dimensionless';
  const unit = isPlain ? '' : 'nA';
  const most = cell.current;
  const amount = (low: number, high: number): string => quantity(random, low * most, high * most, unit);
  const tag = `${kind}${isPlain ? 'DL' : ''}`;
  const window = {
    delay: random.once(4) ? '0ms' : quantity(random, 0, span / 3, 'ms'),
    duration: quantity(random, span / 4, span, 'ms'),
  };
  const own = {
    pulseGenerator: () => ({ amplitude: amount(0.3, 1.5) }),
    sineGenerator: () => ({
      phase: random.once(2) ? 0 : between(random, 0, 3),
      amplitude: amount(0.3, 1.5),
      period: quantity(random, span / 8, span / 2, 'ms'),
    }),
    rampGenerator: () => ({
      startAmplitude: amount(0, 0.5),
      finishAmplitude: amount(0.5, 2),
      baselineAmplitude: amount(0, 0.2),
    }),
  }[kind];
  const attributes = { ...window, ...own?.() };
  if (!isNested) return component(draft, tag, attributes);
  return element(tag, { id: draft.fresh('part'), ...attributes });
}

const generators = ['pulseGenerator', 'sineGenerator', 'rampGenerator'];

const plain: InputKind = (draft, cell, span) => ({
  id: generator(draft, draft.random.pick(generators), cell, span, false),
  recordables: cell.accepts === 'dimensionless' ? [] : ['i'],
});

const compound: InputKind = (draft, cell, span) => {
  const tag = cell.accepts === 'dimensionless' ? 'compoundInputDL' : 'compoundInput';
  const parts = generators.filter(() => draft.random.once(2));
  const children = (parts.length > 0 ? parts : ['pulseGenerator']).map((kind) =>
    generator(draft, kind, cell, span, true),
  );
  return { id: component(draft, tag, {}, children), recordables: [] };
};

const clamp: InputKind = (draft, _, span) => {
  const { random } = draft;
  const common = {
    delay: quantity(random, 0, span / 3, 'ms'),
    duration: quantity(random, span / 4, span, 'ms'),
    simpleSeriesResistance: quantity(random, 20, 100, 'Mohm'),
  };
  if (random.once(2))
    return {
      id: component(draft, 'voltageClamp', { ...common, targetVoltage: quantity(random, -70, -45, 'mV') }),
      recordables: ['i'],
    };
  const id = component(draft, 'voltageClampTriple', {
    ...common,
    active: random.once(4) ? 0 : 1,
    conditioningVoltage: '-70mV',
    testingVoltage: quantity(random, -60, -45, 'mV'),
    returnVoltage: '-75mV',
  });
  return { id, recordables: ['i'] };
};

/** Times of spikes in rising order, some between two steps, some twice. */
function times(draft: Draft, span: number): readonly string[] {
  const { random } = draft;
  const drawn = Array.from({ length: 1 + random.below(5) }, () => between(random, 0, span * 0.8));
  return drawn.sort((a, b) => a - b).map((time, id) => element('spike', { id, time: `${time}ms` }));
}

const timed: InputKind = (draft, _, span) => {
  const { id } = carried(draft);
  return {
    id: component(draft, 'timedSynapticInput', { synapse: id, spikeTarget: `./${id}` }, times(draft, span)),
    recordables: ['i', `${id}/i`],
  };
};

const poisson: InputKind = (draft, _, span) => {
  const { random } = draft;
  const { id } = carried(draft);
  const reference = { synapse: id, spikeTarget: `./${id}`, averageRate: quantity(random, 100, 800, 'per_s') };
  if (random.once(2)) return { id: component(draft, 'poissonFiringSynapse', reference), recordables: ['i'] };
  const window = { delay: quantity(random, 0, span / 3, 'ms'), duration: quantity(random, span / 3, span, 'ms') };
  return { id: component(draft, 'transientPoissonFiringSynapse', { ...reference, ...window }), recordables: ['i'] };
};

/** A current into a cell. @param draws  whether it may draw random numbers. @param span  of the run, in ms */
export function input(draft: Draft, cell: Cell, span: number, draws: boolean): Input {
  if (cell.accepts === 'dimensionless') return draft.random.pick([plain, plain, compound])(draft, cell, span);
  const kinds = [plain, plain, plain, compound, compound, clamp, timed, timed, ownInput];
  return draft.random.pick(draws ? [...kinds, poisson, poisson, poisson] : kinds)(draft, cell, span);
}

/** A source of spikes. @returns its id */
export function source(draft: Draft, span: number, draws: boolean): string {
  const { random } = draft;
  const kind = random.pick(draws ? ['random', 'poisson', 'refractory', 'pynn'] : ['regular', 'array', 'array']);
  switch (kind) {
    case 'regular':
      return component(draft, 'spikeGenerator', { period: quantity(random, span / 20, span / 3, 'ms') });
    case 'array':
      return component(draft, 'spikeArray', {}, times(draft, span));
    case 'random':
      return component(draft, 'spikeGeneratorRandom', {
        minISI: quantity(random, span / 40, span / 20, 'ms'),
        maxISI: quantity(random, span / 10, span / 4, 'ms'),
      });
    case 'poisson':
      return component(draft, 'spikeGeneratorPoisson', { averageRate: quantity(random, 200, 800, 'Hz') });
    case 'refractory':
      return component(draft, 'spikeGeneratorRefPoisson', {
        averageRate: quantity(random, 100, 300, 'Hz'),
        minimumISI: quantity(random, 0.5, 2, 'ms'),
      });
    default:
      return component(draft, 'SpikeSourcePoisson', {
        start: quantity(random, 0, span / 4, 'ms'),
        duration: quantity(random, span / 3, span, 'ms'),
        rate: quantity(random, 200, 600, 'Hz'),
      });
  }
}
