/**
 * Types that extend NeuroML's types of PyNN's cells by what these lack: the sums of a receptor where they are recorded,
 * the adaptation current with a dimension, and the spikes and first values of HH_cond_exp.
 */

import { heirOf, type Additions } from './heir.js';
import { element, type Element } from './text/xml-text.js';

/** What is seen of an heir beside what its core type shows. */
export interface Shown {
  /** Name of the variable in the heir. */
  readonly name: string;
  /** Name of its dimension in LEMS. */
  readonly dimension: 'current' | 'conductance';
  /** The list of attachments that it is the sum over; absent: it is a variable of the cell. */
  readonly sum?: { readonly list: string; readonly type: string };
}

/**
 * An heir of a core type.
 *
 * @param id     name of the heir
 * @param shown  what is recorded of its cells
 * @param gates  gates that start as components say, of a cell that fires where v rises above 0 mV
 */
export function standardHeir(
  core: string,
  id: string,
  shown: readonly Shown[],
  gates: readonly string[],
): Element | undefined {
  const more = [
    ...(gates.length > 0 ? ['fires where v rises above 0 mV, with first values of its gates'] : []),
    ...(shown.length > 0 ? [`shows ${shown.map(({ name }) => name).join(', ')}`] : []),
  ];
  const parts = [...(gates.length > 0 ? [firing(gates)] : []), ...(shown.length > 0 ? [showing(shown)] : [])];
  const all = <K extends keyof Additions>(key: K): readonly Element[] => parts.flatMap((part) => part[key] ?? []);
  return heirOf(core, id, `${core} that ${more.join(' and ')}.`, {
    parameters: all('parameters'),
    constants: all('constants'),
    exposures: all('exposures'),
    attachments: all('attachments'),
    states: all('states'),
    derived: all('derived'),
    starts: all('starts'),
    conditions: all('conditions'),
  });
}

/** The cell of Hodgkin and Huxley's kind with what PyNN's has besides. */
const firing = (gates: readonly string[]): Additions => ({
  parameters: gates.map((gate) => element('Parameter', { name: `${gate}_init`, dimension: 'none' })),
  states: [element('StateVariable', { name: 'spiking', dimension: 'none' })],
  starts: gates.map((gate) => element('StateAssignment', { variable: gate, value: `${gate}_init` })),
  conditions: [
    element('OnCondition', { test: '(v .gt. 0) .and. (spiking .lt. 0.5)' }, [
      element('StateAssignment', { variable: 'spiking', value: '1' }),
      element('EventOut', { port: 'spike' }),
    ]),
    element('OnCondition', { test: 'v .leq. 0' }, [element('StateAssignment', { variable: 'spiking', value: '0' })]),
  ],
});

/** Sums over the synapses of a receptor, which have a list of their own; other synapses and inputs stay in theirs. */
function showing(shown: readonly Shown[]): Additions {
  const sums = shown.flatMap((one) => (one.sum ? [{ ...one, ...one.sum }] : []));
  const add = (name: string, dimension: string, select: string, exposure?: string): Element =>
    element('DerivedVariable', { name, dimension, ...(exposure ? { exposure } : {}), select, reduce: 'add' });
  const scaled = (name: string, dimension: string, value: string): Element =>
    element('DerivedVariable', { name, dimension, exposure: name, value });
  const ofSum = ({ name, dimension, list }: (typeof sums)[number]): readonly Element[] =>
    dimension === 'current'
      ? [add(name, 'current', `${list}[*]/i`, name)]
      : [
          add(`${list}_i`, 'current', `${list}[*]/i`),
          add(`${list}_g`, 'none', `${list}[*]/g`),
          scaled(name, dimension, `${list}_g * USIEMENS`),
        ];
  const currents = [
    'other_i',
    ...sums.map(({ name, dimension, list }) => (dimension === 'current' ? name : `${list}_i`)),
  ];
  return {
    constants: [
      ...(sums.some(({ dimension }) => dimension === 'conductance')
        ? [element('Constant', { name: 'USIEMENS', dimension: 'conductance', value: '1uS' })]
        : []),
      ...(shown.some(({ sum }) => !sum)
        ? [element('Constant', { name: 'NAMP', dimension: 'current', value: '1nA' })]
        : []),
    ],
    exposures: shown.map(({ name, dimension }) => element('Exposure', { name, dimension })),
    attachments: sums.map(({ list, type }) => element('Attachments', { name: list, type })),
    derived: [
      ...(sums.length === 0
        ? []
        : [
            add('other_i', 'current', 'synapses[*]/i'),
            ...sums.flatMap(ofSum),
            element('DerivedVariable', {
              name: 'iSyn',
              dimension: 'current',
              exposure: 'iSyn',
              value: currents.join(' + '),
            }),
          ]),
      ...shown.flatMap((one) =>
        one.sum ? [] : [scaled(one.name, one.dimension, `${one.name.replace(/_current$/, '')} * NAMP`)],
      ),
    ],
  };
}
