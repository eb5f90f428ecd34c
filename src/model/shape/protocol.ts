/** Members of recordings and of the phases of a protocol. */

import { second } from '../../lang/dimension.js';
import {
  always,
  anything,
  choice,
  elements,
  flag,
  fraction,
  id,
  kind,
  list,
  map,
  measured,
  need,
  object,
  omitted,
  only,
  order,
  otherwise,
  own,
  real,
  record,
  slot,
  text,
  to,
  truth,
  valueEach,
  when,
  whole,
  type Kept,
  type List,
} from './form.js';

const recorded = {
  of: need(elements()),
  events: id('The event whose times are recorded.'),
  variables: own(
    choice<List<Kept<string>>>(
      'Variables, sampled regularly or at each event.',
      when(['string'], to('variableName')),
      list(to('variableName')),
    ),
  ),
  every: measured('the interval', second, 'Seconds between samples; absent: every step.', { positive: true }),
  rate: only(true, 'The mean rate of the entire selection at each step.'),
  slot: slot(),
  order,
  section: own(id()),
  fraction: own(fraction),
  places: choice(
    'Several places, or `all` compartments: a recording for each, named after it.',
    when(['string'], only('all')),
    list(record({ section: need(id()), fraction })),
  ),
  name: always(own(id('Name in the results; default: derived from the recording.'))),
};

/** A recording as a document has it, of any kind. */
export const recording = object('A recording.', recorded);

const { of, events, variables, every, rate, name, section } = recorded;

/**
 * Members of each kind of recording: times of events, samples of variables, or the rate of an entire selection. Events
 * may record variables right after their test, or at another moment by `slot` and `order`.
 */
export const recordings = {
  events: { of, events: need(events), variables, slot: slot(), order: whole(), name },
  variables: {
    of,
    variables: always(variables),
    every,
    slot: slot(),
    order: omitted(order),
    name,
    section,
    fraction: recorded.fraction,
  },
  rate: { of, rate: need(rate), name },
};

const chosen = elements(
  'With set, initialise or replay: the selection; the keys of set and initialise are then variables.',
);
const numbered = only('selection', 'With set or initialise: the index i in values counts within the selection.');
const train = kind('train', to('spikes'));

/** Members of each phase of a protocol, by its action. Times are in s. */
export const phases = {
  run: { run: always(measured('the time to run', second, 'Runs for this time.')) },
  runUntil: { runUntil: always(measured('the time to run', second, 'Runs until this time.')) },
  /** With `of`, for selections without a text, keys are variables of it. */
  set: {
    set: always(
      own(
        map(
          valueEach(),
          '`population.variable` (or `population[0:10].variable`, `projection.variable`) and its new value.',
          null,
        ),
      ),
    ),
    where: truth('the condition', 'Only elements for which this condition holds.'),
    of: chosen,
    numbered,
  },
  initialise: {
    initialise: always(
      own(map(valueEach(), 'Like set, for state variables: the value applies now and after a reset.', null)),
    ),
    of: chosen,
    numbered,
  },
  /** Events under way keep their arrival times. */
  delays: {
    delays: always(own(map(valueEach(), '`projection.pathway` and its new delay for events from now on.', null))),
  },
  currents: {
    currents: always(
      own(
        map(
          real('the value of the current'),
          'Currents (stimuli) and the expressions of their values from now on.',
          null,
        ),
      ),
    ),
  },
  /**
   * Spikes with times in the past are not replayed. `of` limits the change to its elements: indices count among them,
   * spikes of other indices are left out, and the other elements keep their spikes.
   */
  replay: {
    replay: always(own(map(train, 'Populations that replay spikes, and their spikes from now on.', null))),
    of: chosen,
  },
  attach: { attach: always(id('A stimulus to attach.')) },
  detach: { detach: always(id('A stimulus to detach.')) },
  record: { record: always(id('A recording to switch on or off.')), on: otherwise(true, flag()) },
  /** Time 0 with first values, no spikes under way, and the parameters as they are now; draws go on. */
  reset: {
    reset: always(only(true, 'Back to the start, in a new segment.')),
    segment: text('Name of the new segment.'),
    annotations: anything('With reset: annotations of the segment that ends.'),
  },
  store: { store: always(text('Stores the state under this name.')) },
  restore: { restore: always(text('Restores the state stored under this name.')) },
};

/** A phase as a document has it, of any action. */
export const phase = object(
  `One step of the protocol: exactly one of ${Object.keys(phases).join(', ')}.`,
  Object.assign({}, ...Object.values(phases)) as object as { readonly [key: string]: never },
  { minProperties: 1 },
);
