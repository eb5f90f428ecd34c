/** Members of values that have an object of their own: draws, places, layouts, spikes. */

import { second } from '../../lang/dimension.js';
import {
  always,
  array,
  choice,
  form,
  hostDraw as draw,
  id,
  items,
  kind,
  list,
  map,
  measured,
  need,
  number,
  object,
  omitted,
  only,
  oneOf,
  otherwise,
  own,
  real,
  record,
  scalar,
  shorthand,
  text,
  unit,
  value,
  valueEach,
  whole,
  type Kept,
} from './form.js';

/** A draw by a named generator before lowering (`src/draw`), in the notation's order. */
export const hostDraw = object(
  'Values drawn while the model is built, by a named generator in the order that a notation prescribes.',
  {
    generator: need(oneOf(['numpy-mt19937'], "numpy-mt19937: NumPy's legacy RandomState.")),
    seed: need(
      own(
        form<Kept<string>>(
          { type: ['string', 'integer'], minimum: 0, pattern: '^(?:model|[0-9]{1,10})$' },
          'Seed of the generator, independent of the seed of the model; or `model` to use the seed of the model and the stream.',
        ),
      ),
    ),
    distribution: need(
      oneOf([
        'binomial',
        'gamma',
        'exponential',
        'lognormal',
        'normal',
        'normal_clipped',
        'normal_clipped_to_boundary',
        'poisson',
        'uniform',
        'uniform_int',
        'vonmises',
        'permutation',
      ]),
    ),
    arguments: need(list(number(), 'Parameters of the distribution, in the unit that the notation draws in.')),
    stream: text('Distinguishes generators with the same seed: draws with equal seed and stream share a generator.'),
    skip: whole('32-bit words of the generator that were drawn before; default: 0.', { minimum: 0 }),
    order: otherwise(0, whole('Draws that share a generator happen in this order.')),
    unit: shorthand(unit('Unit of the drawn numbers; default: the unit of the place.')),
    exponent10: own(whole('Power of ten that converts drawn numbers to SI units; normalised form of `unit`.')),
    pairs: only(
      true,
      'Synapses: a number for each pair of elements, connected or not, by source and then target, from a copy of the generator.',
    ),
    anew: only('receiver', 'Synapses: the draws of each target restart from the current state of the generator.'),
    then: own(real('the number', 'Transformation of the number: an expression of `drawn` and `dt`.')),
  },
);

/** In the normal form, `section` is an index into `sections`. */
export const places = object(
  'Locations on multicompartment cells, one for each synapse of a projection or element of a selection.',
  {
    sections: always(own(list(id(), 'Sections with locations; default: those named in `section`.'))),
    section: need(
      kind(
        'value',
        choice(
          'Names of sections, one for all or one for each; with `sections` the index of one of these for each.',
          ['string', 'number'],
          items(list(scalar(['string', 'number']))),
          value(),
        ),
      ),
    ),
    fraction: always(valueEach('Place along the section: 0 at its start, 1 at its end; absent: its middle.')),
  },
);

/** How elements are laid out; lengths in m. */
export const structure = record({
  structure: need(oneOf(['line', 'grid2D', 'grid3D', 'randomCuboid', 'randomSphere'], 'How elements are laid out.')),
  arguments: always(own(map(valueEach()))),
  fillOrder: omitted(
    otherwise(
      'sequential',
      oneOf(['sequential', 'random'], 'Order in which elements are placed on a grid; default: sequential.'),
    ),
  ),
  generator: draw('Generator for positions or their order; default: the generator of the model.'),
});

/** Spikes to replay, sorted by time and then element, or the file that has them. */
export const spikeSources = {
  train: record({
    indices: need(own(array())),
    times: need(own(array('Seconds, unless a unit is given.'))),
    period: measured('the period', second, 'Replayed again after this time.', { positive: true }),
  }),
  file: record({
    file: need(text('Path, relative to the model.')),
    population: text('Name of the population in the file.'),
  }),
};
