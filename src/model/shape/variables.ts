/** Members of variables, rates and claims, and of every type with equations. */

import { volt } from '../../lang/dimension.js';
import type { IntegrationMethod } from '../equations.js';
import {
  always,
  flag,
  id,
  list,
  map,
  measured,
  need,
  object,
  orEmpty,
  own,
  part,
  real,
  text,
  to,
  unit,
  usually,
  valueEach,
  valueType,
  whole,
  type Kept,
  type List,
} from './form.js';

const shared = usually(false, flag('One value for the entire population or projection rather than one per element.'));
/** The unit of a variable, which the normal form always has, and its type. */
const typed = {
  unit: always(own(unit('Absent: the unit of the value.'))),
  type: usually('real', valueType()),
};

/** A value of each element that equations read, and that only events and phases change. */
export const parameter = {
  ...typed,
  value: always(valueEach('Default for every element; absent: 0.')),
  shared,
};

/** A value of each element that equations, events and synapses change over time. */
export const stateVariable = { ...typed, initial: usually(0, valueEach('Value at the start.')), shared };

/** A value of each element that follows from others whenever it is read. */
export const derivedVariable = {
  ...typed,
  value: need(own(real('the value'))),
  shared,
  held: usually(false, flag('Computed once at the start of each step rather than wherever it is read.')),
  table: own(
    object(
      'In mechanisms: interpolated linearly between values at equidistant potentials `v`; outside, that of the nearest one.',
      {
        from: need(own(measured('the beginning of the table', volt))),
        to: need(own(measured('the end of the table', volt))),
        intervals: need(whole('', { minimum: 1 })),
      },
    ),
  ),
};

/** The differential equation of a state variable, in its unit per second. */
export const derivative = {
  rate: need(own(real('the rate'))),
  eventDriven: usually(
    false,
    flag('Synapses only: advanced in closed form when a pathway runs rather than at each step.'),
  ),
};

/** A type of the library that a type claims to equal. */
export const conformsTo = {
  type: need(text('Name in the library, such as `pynn/IF_cond_exp`.')),
  where: always(
    own(
      map(
        own(real('the parameter')),
        'Each parameter of the library type, as an expression of the parameters of this type.',
      ),
    ),
  ),
  timing: text('Timing profile with which both are equal.'),
};

/** States that are advanced together. */
export const schemes = {
  scheme: list<Kept<string>>(
    id(),
    'State variables of kinetic schemes, advanced together by an implicit step; default: each state by itself.',
  ),
  conserved: own(
    map(
      own(real('the state')),
      'States of the scheme as expressions of the other states, where a sum of them is constant. These replace their rates in the implicit step.',
    ),
  ),
};

/** Members of every type that has equations. */
export const equations = {
  conformsTo: own(part('conformsTo', conformsTo)),
  parameters: orEmpty(own(map(part('parameter', parameter)))),
  state: orEmpty(own(map(part('stateVariable', stateVariable)))),
  derived: orEmpty(own(map(part('derivedVariable', derivedVariable)))),
  derivatives: orEmpty(own(map(part('derivative', derivative)))),
  noise: orEmpty(own(to<List<Kept<string>>>('noise'))),
  method: usually('auto', to<Kept<IntegrationMethod>>('method')),
};
