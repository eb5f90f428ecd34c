/** Members of selections. */

import {
  array,
  elements,
  hostDraw,
  id,
  known,
  list,
  need,
  object,
  own,
  scalar,
  text,
  type Kept,
  type Slot,
} from './form.js';

type Bounds = Kept<readonly [start: number, stop: number, step: number]>;

const members = {
  population: id(),
  projection: id(),
  assembly: own(list(elements())),
  slice: own(
    list(
      scalar(['integer', 'string', 'null']),
      'Start, end (excluded) and step; null: the first, the last, one.',
    ) as Slot as Slot<Bounds>,
  ),
  indices: own(array()),
  mask: own(array()),
  sample: known('the size of the sample', 'Size of the sample, drawn without replacement.'),
  within: own(array('The elements that a sample is drawn from; absent: all.')),
  pick: own(array('Of a sample, in ascending order, only the elements with these numbers.')),
  from: elements('The selection from which a sample is drawn, if it is not a population.'),
  only: id('Of a sample of a selection, the elements of this population.'),
  name: text('Samples of one name are one sample.'),
  generator: hostDraw(),
};

/** A selection as a document has it, of any kind. */
export const selectionObject = object(
  'A set of elements: one of population, projection or assembly, with at most one of slice, indices, mask, sample.',
  members,
);

const { slice, indices, mask, within, pick, generator, name } = members;
const population = need(members.population);
const sample = need(own(members.sample));

/** Members of each kind of selection: of elements of a population, of elements of selections, and of synapses. */
export const selections = {
  slice: { population, slice },
  indices: { population, indices: need(indices) },
  mask: { population, mask: need(mask) },
  sample: { population, sample, within, pick, generator, name },
  sampleOf: { sample, from: need(members.from), only: members.only, pick, generator, name },
  assembly: { assembly: need(members.assembly) },
  /** By their order of creation. */
  synapses: { projection: need(members.projection), slice, indices },
};
