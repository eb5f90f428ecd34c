import { hertz, second } from '../../lang/dimension.js';
import {
  always,
  array,
  code,
  elements,
  flag,
  id,
  known,
  list,
  measured,
  need,
  object,
  omitted,
  order,
  otherwise,
  own,
  placed,
  real,
  record,
  scalar,
  slot,
  unit,
  usually,
  type Kept,
} from './form.js';

/** Members of each kind of stimulus. */
export const stimuli = {
  poisson: object(
    'Adds Binomial(n, rate*dt) times weight to a variable at each step, independently for each element.',
    {
      to: need(elements()),
      variable: need(id()),
      n: otherwise(1, known('the number of sources')),
      rate: need(measured('the rate', hertz, 'Hz.')),
      weight: need(real('the weight')),
      slot: slot(),
      order,
    },
  ),
  current: object(
    'Adds a value, an expression of t and variables of the element, to an input at each step while attached.',
    {
      to: need(elements()),
      input: need(id()),
      value: need(real('the value of the current')),
      attached: usually(true, flag('Whether it is attached from the start.')),
      shared: omitted(otherwise(false, flag('One value for all elements, drawn once.'))),
      every: measured(
        'the interval',
        second,
        'The value is updated at this interval and held in between; default: every step.',
        { positive: true },
      ),
      from: omitted(
        otherwise(0, measured('the first time', second, 'Start of the first interval of `every`; default: 0.')),
      ),
      ...placed,
    },
  ),
};

/** Members of an operation. */
export const operation = {
  on: need(elements()),
  do: need(code('the operation', { forAll: true })),
  every: measured('the interval', second, 'Seconds; absent: every step.', { positive: true }),
  times: list(measured('the time', second), 'Times in seconds at which they run, in place of regular ones.'),
  slot: slot(),
  order,
};

/** A function f(t) or f(t, i): value k holds for k*dt <= t < (k+1)*dt, the ends extend. */
export const table = object('A function f(t) or f(t, i), constant between its values.', {
  dt: need(
    otherwise(
      1,
      measured('the interval of the table', second, 'Duration of each value in seconds.', { positive: true }),
    ),
  ),
  unit: always(own(unit('Absent: 1.'))),
  values: need(own(array('Over time, or for each time a list over elements.'))),
  columns: always(
    own(
      scalar<Kept<number | null>>(
        ['integer', 'null'],
        'Length of the second dimension if the values are a flat list; null for none.',
      ),
    ),
  ),
});

/** Ticks at which populations advance that do not do so at every step. */
export const clock = record({
  dt: need(otherwise(1, measured('the time step of the clock', second, '', { positive: true }))),
});
