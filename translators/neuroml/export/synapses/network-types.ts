/** Component types of populations and connections, which hold values of their elements. */

import { element, type Element } from '../text/xml-text.js';

/** A value of an element, by its name and dimension in LEMS. */
export type OwnValue = readonly [name: string, dimension: string];

/** Returns types of a population of cells with their own values, and of one of its elements, which holds them. */
export function listTypes(list: string, item: string, id: string, own: readonly OwnValue[]): readonly Element[] {
  return [
    element(
      'ComponentType',
      { name: list, extends: 'basePopulation', description: `Cells of ${id} with values of their own.` },
      [element('Children', { name: 'instances', type: item })],
    ),
    element('ComponentType', { name: item, description: `A cell of ${id}, with the values that it requires.` }, [
      ...own.map(parameter),
      element('Structure', {}, [element('ChildInstance', { component: '../component' })]),
    ]),
  ];
}

/** Returns types of a population with a separate component for each element, with values that it requires. */
export function mixedTypes(list: string, item: string, own: readonly OwnValue[] = []): readonly Element[] {
  return [
    element(
      'ComponentType',
      { name: list, extends: 'basePopulation', description: 'Elements that are components of their own.' },
      [element('Children', { name: 'instances', type: item })],
    ),
    element('ComponentType', { name: item, description: 'One of them.' }, [
      element('ComponentReference', { name: 'cell', type: 'Component' }),
      ...own.map(parameter),
      element('Structure', {}, [element('ChildInstance', { component: 'cell' })]),
    ]),
  ];
}

/** Returns types of contacts by tunnels, and of their containers. */
export function contactTypes(
  list: string,
  item: string,
  projection: string,
  own: readonly OwnValue[],
): readonly Element[] {
  return [
    element(
      'ComponentType',
      { name: list, extends: 'continuousProjection', description: `Contacts of ${projection}.` },
      [element('Children', { name: 'contacts', type: item })],
    ),
    element(
      'ComponentType',
      { name: item, description: 'A contact by which a synapse sees the cell at the other end.' },
      [
        element('Path', { name: 'preCell' }),
        element('Path', { name: 'postCell' }),
        element('ComponentReference', { name: 'preComponent', type: 'baseSynapse' }),
        element('ComponentReference', { name: 'postComponent', type: 'baseSynapse' }),
        ...own.map(parameter),
        element('Structure', {}, [
          element('With', { instance: 'preCell', as: 'a' }),
          element('With', { instance: 'postCell', as: 'b' }),
          element(
            'Tunnel',
            { name: 'peer', endA: 'a', endB: 'b', componentA: 'preComponent', componentB: 'postComponent' },
            own.map(assigned),
          ),
        ]),
      ],
    ),
  ];
}

/**
 * Returns the type of a connection with a delay and values of its own.
 *
 * @param delay name of the parameter of the delay
 * @param port whether connections name the port of their source
 */
export function connectionType(name: string, delay: string, own: readonly OwnValue[], port: boolean): Element {
  return element(
    'ComponentType',
    { name, extends: 'connection', description: 'A connection with a delay and values of its own.' },
    [
      // Not all readers inherit paths and texts.
      element('Path', { name: 'preCellId' }),
      element('Path', { name: 'postCellId' }),
      element('Text', { name: 'destination' }),
      ...(port ? [element('Text', { name: 'sourcePort' })] : []),
      element('Parameter', { name: delay, dimension: 'time' }),
      ...own.map(parameter),
      element('Structure', {}, [
        element('With', { instance: 'preCellId', as: 'a' }),
        element('With', { instance: 'postCellId', as: 'b' }),
        element(
          'EventConnection',
          {
            from: 'a',
            to: 'b',
            ...(port ? { sourcePort: 'sourcePort' } : {}),
            receiver: '../synapse',
            receiverContainer: 'destination',
            delay,
          },
          own.map(assigned),
        ),
      ]),
    ],
  );
}

const parameter = ([name, dimension]: OwnValue): Element => element('Parameter', { name, dimension });
const assigned = ([name]: OwnValue): Element => element('Assign', { property: name, value: name });
