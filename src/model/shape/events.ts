import {
  code,
  flag,
  form,
  id,
  integer,
  list,
  map,
  need,
  number,
  object,
  oneOf,
  order,
  orEmpty,
  otherwise,
  own,
  part,
  real,
  slot,
  truth,
  usually,
  whole,
  type Kept,
} from './form.js';
import { derivative } from './variables.js';

const edge = usually(
  'level',
  oneOf(['level', 'rising'], 'level: as long as the condition holds; rising: when it begins to hold.'),
);
const conditionOf = (name: string): string => `the condition of ${name}`;
const actionsOf = (name: string): string => `the actions of ${name}`;

/** Suppression of effects for a while after an event. */
export const refractory = {
  for: own(real('the refractory time', 'Duration: an expression in seconds.')),
  while: truth('the condition of refractoriness', 'Refractory as long as this condition holds.'),
  rate: orEmpty(list(id(), 'Variables whose rate is zero while refractory.')),
  writes: usually('allow', oneOf(['block', 'allow'], 'Whether other code can write these variables while refractory.')),
  suppress: usually(true, flag('Whether the event itself is suppressed while refractory.')),
  of: own(list(id(), 'Other events that are suppressed while refractory.')),
  rounding: oneOf(
    ['nearest', 'up', 'down'],
    'How the duration is rounded to whole steps; default: as in the timing profile.',
  ),
  evaluated: usually('atEvent', oneOf(['atEvent', 'eachStep'], 'When the duration or condition is evaluated.')),
};

/** A condition on an element's variables, tested in each step, with its actions and receivers. */
export const event = {
  when: need(otherwise('False', truth(conditionOf, 'Condition.'))),
  edge,
  do: orEmpty(code(actionsOf)),
  refractory: own(part('refractory', refractory)),
  slot: slot(),
  actionSlot: slot('Slot of the actions.'),
  order,
  actionOrder: own(whole('Order of the actions within their slot; default: the same.')),
  multiplicity: integer((name) => `the multiplicity of ${name}`, 'How many times the event counts; absent: once.'),
  emits: own(
    form<Kept<string | null>>(
      { type: ['string', 'null'], pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
      'The name under which the event is visible to others, which several events may share; null: not visible; default: its own name.',
    ),
  ),
  section: own(id('Multicompartment cells: the section where the condition is evaluated.')),
  fraction: own(number('Place along that section, 0 to 1.')),
};

/** A condition on the variables of a synapse or mechanism, with its actions on them. */
export const localEvent = {
  when: event.when,
  edge,
  do: event.do,
  order: usually(0, whole('Order among the conditions.')),
};

/** A transition from one regime to another. */
export const transition = object('A transition from one regime to another.', {
  when: need(otherwise('False', truth('the condition of the transition'))),
  do: otherwise([], code('the actions of the transition')),
  to: id('The next regime; default: no change.'),
  emit: id('The event that is emitted.'),
});

/** A mode with its own derivatives and transitions, as in LEMS. */
export const regime = {
  initial: usually(false, flag('Whether this is the initial regime.')),
  derivatives: orEmpty(own(map(part('derivative', derivative)))),
  order: own(
    orEmpty(
      list(id(), 'Order in which a stepwise profile applies the derivatives, one after another; absent: by name.'),
    ),
  ),
  onEntry: orEmpty(code((name) => `entering ${name}`)),
  transitions: orEmpty(list(part('transition', transition.reading.slots))),
};
