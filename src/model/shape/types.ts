import { cable, compartments, input, ion, mechanism, neuron, section } from './cells.js';
import { event, localEvent, refractory, regime, transition } from './events.js';
import { pathway, port, synapse } from './synapses.js';
import { hostDraw, places } from './values.js';
import { conformsTo, derivative, derivedVariable, parameter, stateVariable } from './variables.js';
import {
  form,
  need,
  text,
  flag,
  whole,
  scalar,
  oneOf,
  only,
  list,
  to,
  array,
  id,
  quantity,
  unit,
  object,
  record,
  when,
  items,
  has,
  choice,
  type Slots,
} from './form.js';

/** Values, and types of cells and synapses. */
export const types: Slots = {
  id: text('A name: a letter or underscore, then letters, digits and underscores.', {
    pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
  }),
  quantity: scalar(
    ['string', 'number'],
    'A quantity with its unit, such as `-70 mV` or `9*nS`, or a number in the unit of its place (seconds, volts, … where no other is declared). Model parameters may be used.',
  ),
  count: scalar(['number', 'string'], 'A whole number, or an expression of model parameters that yields one.'),
  unit: form({ type: ['string', 'integer'], minimum: 1, maximum: 1 }, 'A unit, such as `mV`, `nS`, `uF/cm**2`, `1`.'),
  valueType: oneOf(['real', 'integer', 'boolean'], 'Type of the value.'),
  expression: scalar(
    ['string', 'number', 'boolean'],
    'An expression, such as `(E_l - v)/tau`. A bare number is in the unit of its place.',
  ),
  statements: choice(
    'Statements such as `v = E_l`, executed in order: a list, or a text with one statement per line.',
    ['string'],
    list(text()),
  ),
  dataReference: object('A large array kept beside the document.', {
    $data: need(text("SHA-256 of the array's little-endian bytes, in hexadecimal.", { pattern: '^[0-9a-f]{64}$' })),
    dtype: need(oneOf(['f64', 'f32', 'i64', 'i32', 'u32', 'u8'])),
    shape: need(list(whole(), 'Length along each dimension.')),
    unit: unit('Unit of the values; absent: the SI unit of the place.'),
  }),
  numbers: form(
    {
      $comment: 'items are checked while importing',
      type: 'array',
      items: { type: ['number', 'string', 'boolean', 'array'] },
    },
    'Numbers in the unit of their place, quantities with units, or (for two dimensions) lists of such. Items are checked while normalising.',
  ),
  array: choice(
    'Values for each element: a list, a list with a unit, or a reference to data kept elsewhere.',
    items(to('numbers')),
    has('$data', to('dataReference')),
    to('arrayWithUnit'),
  ),
  arrayWithUnit: object('An array with its own unit.', {
    array: need(choice('The values.', items(to('numbers')), to('dataReference'))),
    unit: unit('Unit of the numbers; absent: that of the place.'),
    pairs: only(
      'connected',
      'Synapses: a number for each connected pair, by source and then target; default: for each synapse, or in a matrix for each pair.',
    ),
    gaps: array('Empty entries of a matrix, row by row: there must be no synapse for them.'),
  }),
  hostDraw,
  value: choice(
    'A value for each element: a quantity, an expression (it may draw random numbers and read indices, positions and parameters), an array, or a draw by a named generator.',
    ['string', 'number', 'boolean'],
    items(to('numbers')),
    has('generator', to('hostDraw')),
    has('$data', to('dataReference')),
    to('arrayWithUnit'),
  ),
  modelParameter: choice(
    'A global parameter, which can be set from outside: a quantity, an expression of other global parameters, or a map with unit and value.',
    ['string', 'number'],
    record({ unit: unit(), value: need(quantity()) }),
  ),
  parameter: choice(
    'A parameter: its default as a quantity or expression, or a map with unit and value.',
    ['string', 'number', 'boolean'],
    record(parameter),
  ),
  stateVariable: choice(
    'A variable with a value at the start: that value, or a map with unit and initial value.',
    ['string', 'number', 'boolean'],
    record(stateVariable),
  ),
  derivedVariable: choice(
    'A variable computed from others: an expression, or a map.',
    ['string', 'number', 'boolean'],
    record(derivedVariable),
  ),
  derivative: choice(
    'Rate of change of a state variable, or a map with options.',
    ['string', 'number'],
    record(derivative),
  ),
  input: choice(
    'A sum of contributions from stimuli and continuous synapses within a step: its unit, or a map.',
    when(['string', 'integer'], unit()),
    record(input),
  ),
  refractory: choice(
    'Refractoriness after an event: its duration, or a map.',
    ['string', 'number'],
    record(refractory),
  ),
  event: choice('An event: its condition, or a map.', ['string'], record(event)),
  transition,
  regime: object('A mode with its own derivatives and transitions, as in LEMS.', regime),
  conformsTo: object('A library type that this type claims to equal.', conformsTo),
  noise: list(
    id(),
    'Names of white noises (unit s**-0.5): `xi`, `xi_a`. Those used under such a name need not be listed.',
  ),
  method: oneOf(
    [
      'auto',
      'exact',
      'exponentialEuler',
      'euler',
      'rk2',
      'rk4',
      'heun',
      'milstein',
      'adaptive',
      'cable',
      'cable-then-gates',
      'gates-then-cable',
    ],
    'How derivatives are integrated.',
  ),
  part: object('A part of a type, advanced in the order derived, propagate, state, events, regimes.', {
    derived: list(id(), 'Derived variables, each computed from the current values of other variables.'),
    propagate: list(id(), 'State variables that form a linear system, advanced by its matrix exponential.'),
    state: list(id(), 'State variables whose rates are evaluated together and then applied.'),
    events: list(id(), 'Conditions, tested in this order.'),
    regimes: flag('Whether the active regime is advanced at the end of this part.'),
    current: list(
      id(),
      'State variables of other parts that this part reads as they are, not as they were shown last.',
    ),
  }),
  sequence: list(
    to('part'),
    'Order in which a stepwise timing profile advances the parts of the type (a complete list); default: one part.',
  ),
  localEvent: object(
    'A condition on variables of a synapse or mechanism, tested at each step, and its actions.',
    localEvent,
  ),
  neuron: object('A type of neuron, by its equations.', neuron),
  pathway: choice(
    'The effect of an event on a synapse: statements, or a map.',
    ['string'],
    items(list(text())),
    record(pathway),
  ),
  port: choice(
    'A port that the synapse writes to, bound by each projection to a variable of its target: its unit, or a map.',
    when(['string', 'integer'], unit()),
    record(port),
  ),
  synapse: object('A type of synapse, by its equations.', synapse),
  places,
  section: object('An unbranched piece of a cell, defined by its shape or by its capacitance and coupling.', section),
  ion: object('An ion with a concentration inside and outside.', ion),
  mechanism: object('A channel, a leak, a pool or other equations on sections of a cell.', mechanism),
  compartments: object('A tree of sections with mechanisms.', compartments),
  cable: object(
    "A tree of compartments with the type's own equations. The elements of a population are the compartments of its cells, the first compartment of all cells first.",
    cable,
  ),
};
