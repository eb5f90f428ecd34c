/** Synapses that move the potential of their cell, as a component type that NeuroML lacks. */

import type { NeuromlReceptor } from '../../../../src/library/neuroml/cells.js';
import type { Ids } from '../context.js';
import type { NetworkOutput } from '../network-output.js';
import { element, type Element } from '../text/xml-text.js';

/** Returns the unit in SI of the weights of synapses without a base. */
export const weightUnit = ({ kind }: NeuromlReceptor): number =>
  kind === 'conductance' ? 1e-6 : kind === 'current' ? 1e-9 : 1e-3;

/** Returns the component type of synapses without plasticity, which it writes if NeuroML has none. */
export const componentTypeOf = ({ name, kind }: NeuromlReceptor, written: NetworkOutput, ids: Ids): string =>
  kind === 'jump' ? written.once('types', name, deltaSynapse, ids) : name;

/** Returns the type of synapses that move the potential, by a charge in one step of the time. */
const deltaSynapse = (name: string): Element =>
  element(
    'ComponentType',
    {
      name,
      extends: 'baseSynapse',
      description:
        'A spike of weight 1 moves the potential by 1 mV: its charge enters the capacitance C within width, the time step.',
    },
    [
      element('Property', { name: 'weight', dimension: 'none', defaultValue: '1' }),
      element('Parameter', { name: 'C', dimension: 'capacitance' }),
      element('Parameter', { name: 'width', dimension: 'time' }),
      element('Constant', { name: 'mV', dimension: 'voltage', value: '1mV' }),
      element('Dynamics', {}, [
        element('StateVariable', { name: 'jump', dimension: 'none' }),
        element('DerivedVariable', { name: 'i', dimension: 'current', exposure: 'i', value: 'C * jump * mV / width' }),
        element('OnCondition', { test: 'jump .neq. 0' }, [
          element('StateAssignment', { variable: 'jump', value: '0' }),
        ]),
        element('OnEvent', { port: 'in' }, [element('StateAssignment', { variable: 'jump', value: 'jump + weight' })]),
      ]),
    ],
  );
