/** Members of projections and of their ends. */

import { second } from '../../lang/dimension.js';
import {
  always,
  elements,
  form,
  id,
  kind,
  map,
  measured,
  need,
  object,
  omitted,
  oneOf,
  order,
  orEmpty,
  otherwise,
  own,
  part,
  placed,
  record,
  shorthand,
  text,
  to,
  usually,
  value,
  valueEach,
  type Kept,
} from './form.js';

/** One end of a projection: a selection, an event, and for cells with structure a place. */
export const end = record({
  of: need(elements()),
  event: omitted(usually('spike', id('The event that pathways receive.'))),
  ...placed,
});

const intervals = form<Kept<readonly (readonly [number, number] | null)[]>>(
  { type: ['array'], items: { type: ['array', 'null'], items: { $ref: '#/$defs/quantity' } } },
  'For each axis, the interval after which space repeats, or null.',
);

/** How `distance` is measured; lengths in m, one for each axis. */
export const space = object('How distances are measured.', {
  axes: otherwise('xyz', text('The axes used for distances.', { pattern: '^x?y?z?$' })),
  scale: always(
    own(
      form<Kept<readonly number[]>>(
        { type: ['number', 'array'], items: { type: 'number' } },
        "Factor for the target's positions, one or for each axis.",
      ),
    ),
  ),
  offset: always(
    own(
      form<Kept<readonly number[]>>(
        { type: ['number', 'string', 'array'], items: { $ref: '#/$defs/quantity' } },
        "Added to the target's positions before scaling; metres.",
      ),
    ),
  ),
  periodic: always(own(intervals)),
});

/** Bounds of delays, and the treatment of a delay outside them. */
export const delayRange = record({
  min: measured('the minimum of the delay', second),
  max: measured('the maximum of the delay', second),
  outOfRange: otherwise(
    'error',
    oneOf(['clip', 'redraw', 'error'], 'Treatment of delays outside the range; default: error.'),
  ),
});

/** Synapses of one type between two selections. */
export const projection = object('Synapses of one type between two selections.', {
  from: need(own(part('end', end.reading.slots))),
  to: need(own(part('end', end.reading.slots))),
  synapse: need(id()),
  connect: need(kind('connections', to('connections'))),
  receptor: shorthand(id("The variable of the target that the synapse's only port writes to.")),
  receptors: orEmpty(own(map(id(), 'The variable of the target that each port writes to.'))),
  values: orEmpty(
    own(
      map(
        valueEach(),
        'Parameters and initial values of the synapses; expressions may read i, j, pre.x, post.x, distance.',
      ),
    ),
  ),
  delay: shorthand(value('Delay of the only pathway from the presynaptic side; seconds.')),
  delays: orEmpty(own(map(valueEach(), 'Delay of each pathway; seconds.'))),
  delayRange: own(delayRange),
  space: own(space),
  clock: id(),
  order,
});
