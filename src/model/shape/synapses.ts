/** Members of types of synapses. */

import type { Part } from '../equations.js';
import { localEvent } from './events.js';
import {
  always,
  code,
  expression,
  flag,
  kind,
  map,
  need,
  orEmpty,
  own,
  part,
  record,
  shorthand,
  slot,
  text,
  to,
  unit,
  usually,
  valueEach,
  whole,
  type Kept,
} from './form.js';
import { equations, schemes } from './variables.js';

/** A file with equations in NMODL, in place of others. */
export const nmodl = shorthand(
  text('A file in NMODL with the equations, in the folder of the document; numbers in `values` have its units.'),
);

/** Members that name a model in NESTML in place of equations. */
export const nestml = {
  nestml: shorthand(text('A file in NESTML with the equations, in the folder of the document.')),
  model: shorthand(text('With `nestml`: the model of a file that has several; default: its first of the kind.')),
};

/** Actions of a synapse when an event reaches it. */
export const pathway = {
  on: always(
    kind(
      'event',
      text(
        '`pre.spike`, `post.spike` or another event of the source or target; default: the spike of the side after which the pathway is named.',
      ),
    ),
  ),
  delay: usually(0, valueEach('Seconds.')),
  slot: slot(),
  order: always(own(whole('Order within a slot; absent: -1 for events of the presynaptic side, 1 for the other.'))),
  do: orEmpty(own(code((name) => `the pathway ${name}`))),
};

/** A port that a synapse writes to. */
export const port = { unit: need(own(unit())) };

/** The equations of a synapse and the actions of events of its two ends. */
export const synapse = {
  nmodl,
  ...nestml,
  shared: shorthand(flag('With `nmodl`: whether several connections share one point process.')),
  ...equations,
  ...schemes,
  pathways: orEmpty(own(map(part('pathway', pathway)))),
  events: own(orEmpty(map(part('localEvent', localEvent)))),
  contributes: orEmpty(
    kind(
      'sums',
      map(
        expression(),
        'Continuous contribution: `post.I`, `pre.I` or a port, and the value added to it at each step.',
        null,
      ),
    ),
  ),
  summed: orEmpty(
    kind(
      'sums',
      map(
        expression(),
        '`post.x` or `pre.x`, and the value summed over all synapses of that element at each step.',
        null,
      ),
    ),
  ),
  sumSlots: own(
    map(
      record({
        slot: slot(),
        order: whole("Order within the slot, ascending; default: one before the target's own."),
      }),
      'Where in a step summed variables are computed, by their names in `summed`; default: before the integration of the target.',
      null,
    ),
  ),
  ports: orEmpty(own(map(part('port', port)))),
  sequence: own(orEmpty(to<Kept<readonly Part[]>>('sequence'))),
};
