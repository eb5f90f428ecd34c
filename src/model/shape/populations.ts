/** Members of populations and of what they hold. */

import {
  fraction,
  id,
  kind,
  known,
  map,
  need,
  object,
  order,
  orEmpty,
  own,
  part,
  placed,
  slot,
  to,
  valueEach,
} from './form.js';

/** A variable of another population that a parameter is. */
export const link = object('A variable of another population.', {
  population: need(id()),
  variable: need(id()),
  index: own(valueEach('The element that each element reads; default: the one with the same index, or the only one.')),
  section: own(id('Section of multicompartment cells where it is read.')),
  fraction: own(fraction),
  places: placed.places,
});

/** Cells of one type, or a source of given spikes. */
export const population = object('A population of neurons of one type, or a source of given spikes.', {
  type: id('A neuron type; absent for a source that replays spikes.'),
  size: need(known('the size')),
  values: orEmpty(
    own(
      map(
        valueEach(),
        'Parameters and initial values of the elements. Those of mechanisms, `mechanism.variable`, are of each cell; lists may also have one for each compartment with the mechanism, the first of all cells first.',
        to('variableName'),
      ),
    ),
  ),
  linked: own(orEmpty(map(part('link', link.reading.slots), 'Parameters linked to variables of another population.'))),
  positions: kind('positions', to('positions')),
  spikes: kind('spikes', to('spikes')),
  slot: slot('Slot of the timing profile in which a source emits its spikes; default: chosen by the profile.'),
  clock: id(),
  order,
});
