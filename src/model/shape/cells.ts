/** Members of types of cells, and of their sections and mechanisms. */

import type { Dimension } from '../../lang/ast.js';
import { concentration, farad, faradByArea, kelvin, metre, ohmMetre, siemens, volt } from '../../lang/dimension.js';
import type { ArrayValue, Part } from '../equations.js';
import { event, localEvent, regime } from './events.js';
import {
  array,
  choice,
  flag,
  fraction,
  id,
  list,
  map,
  measured,
  need,
  oneOf,
  orEmpty,
  own,
  part,
  quantity,
  real,
  record,
  scalar,
  shorthand,
  to,
  unit,
  usually,
  valueEach,
  whole,
  type Kept,
  type List,
  type Slot,
} from './form.js';
import { nestml, nmodl } from './synapses.js';
import { equations, schemes } from './variables.js';

/** A sum that stimuli and continuous synapses add up to within a step; zero at its start. */
export const input = { unit: need(own(unit())), reduce: usually('sum', oneOf(['sum', 'product'])) };

/** A positive quantity of a section. */
const ofSection = (key: string, dimension: Dimension, says?: string): Slot<'quantity', false> =>
  measured(`the ${key} of the section`, dimension, says, { positive: true });

/** A point along a section, in m. */
export type Point = readonly [x: number, y: number, z: number, diameter: number];

/** An unbranched piece of a cell. */
export const section = {
  parent: own(
    choice<Kept<{ readonly section: string; readonly fraction: number }>>(
      'The parent section, or none for the root.',
      ['string'],
      record({ section: need(id()), fraction }),
    ),
  ),
  points: own(
    list(
      list(quantity()),
      'Shape: x, y, z and diameter of points along the section, in metres unless a unit is given.',
    ) as Slot as Slot<Kept<readonly Point[]>>,
  ),
  length: ofSection('length', metre),
  diameter: ofSection('diameter', metre),
  divisions: usually(1, whole('Number of compartments.')),
  specificCapacitance: ofSection('specificCapacitance', faradByArea, 'Per area; F/m**2.'),
  resistivity: ofSection('resistivity', ohmMetre, 'Resistivity of the cytoplasm; ohm*m.'),
  capacitance: ofSection('capacitance', farad, 'Of the entire section, if no shape is given; F.'),
  coupling: ofSection('coupling', siemens, 'Conductance to the parent, if no shape is given; S.'),
  initial: own(
    measured(
      'the initial membrane potential of the section',
      volt,
      'Initial membrane potential, if different from that of the cell; V.',
    ),
  ),
};

const reversal = own(
  scalar<Kept<number | 'nernst'>>(
    ['string', 'number'],
    'Reversal potential, or `nernst` to compute it from the current concentrations.',
  ),
);
const concentrationOf = (side: string, says?: string): Slot<'quantity', false> =>
  measured(`the concentration ${side}`, concentration, says);

/** Initial concentrations and the reversal potential of an ion on some sections. */
export const ionHere = { inside: concentrationOf('inside'), outside: concentrationOf('outside'), reversal };

/** An ion with concentrations that mechanisms read and write. */
export const ion = {
  valence: need(whole()),
  inside: concentrationOf('inside', 'Initial concentration; mol/m**3.'),
  outside: concentrationOf('outside', 'Initial concentration; mol/m**3.'),
  reversal,
  at: own(
    map(
      record(ionHere),
      'Initial concentrations and reversal potentials on some sections where they differ, by section or group; the last of several applies.',
    ),
  ),
};

/**
 * Equations on sections: a channel, a leak, a pool of an ion.
 *
 * It reads `v`, `area`, `temperature`, `distance`, `diameter` and `length` from its place. `distance` is from the
 * root's beginning to its middle along the tree, in m; `diameter` and `length` are of its compartment, in m. For an ion
 * `ca` it reads `ca_i`, `ca_o`, `e_ca` and `i_ca`. It writes currents `i` or `i_ca` (inward positive, per area if
 * `density`) or concentrations `ca_i`, `ca_o`.
 */
export const mechanism = {
  nmodl,
  tables: shorthand(flag('With `nmodl`: whether TABLE statements of the potential are interpolated, as NEURON does.')),
  ...equations,
  on: own(choice<List<Kept<string>>>('Sections and groups where it is placed; default: all.', ['string'], list(id()))),
  density: usually(true, flag('Whether its currents are per area.')),
  reads: orEmpty(
    list(
      id(),
      'Inputs from its location: `v`, `area`, `distance` (along the tree from the root), `temperature`, `ca_i`, `ca_o`, `e_ca`, `i_ca`.',
    ),
  ),
  writes: orEmpty(
    own(
      map(
        own(real('the value')),
        'Outputs: `i` or `i_ca` (inward current positive), `ca_i`, `ca_o` (sets the concentration).',
      ),
    ),
  ),
  ...schemes,
  events: own(
    orEmpty(
      map(
        part('localEvent', localEvent),
        'Conditions on its inputs and its own variables, tested at each step, and their actions.',
      ),
    ),
  ),
  values: own(
    map(
      map(valueEach()),
      'Parameters and initial values on some sections where they differ, by section or group; the last of several applies. Expressions may read `distance`, `diameter`, `length`, `area`, `x`, `y`, `z`; lists have a value for each compartment.',
    ),
  ),
};

/** A cell with structure: a tree of sections with mechanisms on them. Its membrane potential is `v` everywhere. */
export const compartments = {
  sections: need(own(map(part('section', section)))),
  groups: orEmpty(map(list(id()), 'Names for sets of sections.')),
  ions: orEmpty(own(map(part('ion', ion)))),
  mechanisms: orEmpty(own(map(part('mechanism', mechanism)))),
  initial: usually(0, valueEach('Initial membrane potential; V.')),
  temperature: measured('the temperature', kelvin, 'Kelvin.', { positive: true }),
};

const lengths = (says: string): Slot<Kept<ArrayValue>, true> => need(own(array(says)));

/**
 * A tree of compartments that all have the equations of their type. Compartments meet at the ends of others, points
 * without area.
 */
export const cable = {
  parents: lengths(
    'The compartment at whose far end each compartment begins, one before it; -1 for the root, the first.',
  ),
  near: lengths('Axial conductance times resistivity, from where each compartment begins to its center; m.'),
  far: lengths('The same from its center to its far end; m.'),
  resistivity: need(own(measured('the resistivity', ohmMetre, 'Axial, of the inside; ohm*m.', { positive: true }))),
  voltage: need(id('The membrane potential, a state variable.')),
  capacitance: need(own(real('the capacitance of a compartment', 'Of each compartment; F.'))),
  current: need(
    own(real('the current of a compartment', 'Through the membrane of each compartment, inward positive; A.')),
  ),
  rise: id('A state variable that is set to the change of the membrane potential in each step.'),
  sections: map(record({ first: need(whole()), count: need(whole()) }), 'Names of ranges of compartments.'),
};

/** The equations, events and regimes of a cell. */
export const neuron = {
  ...nestml,
  ...equations,
  inputs: orEmpty(own(map(part('input', input)))),
  events: orEmpty(own(map(part('event', event)))),
  regimes: orEmpty(own(map(part('regime', regime)))),
  compartments: own(part('compartments', compartments)),
  cable: own(part('cable', cable)),
  sequence: own(orEmpty(to<Kept<readonly Part[]>>('sequence'))),
};
