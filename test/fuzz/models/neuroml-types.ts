/** Random component types of LEMS: cells, synapses and currents with everything that dynamics may have. */

import { between } from './draw.js';
import { component, element, quantity, type Attributes, type Draft } from './markup.js';
import type { Cell, Input, Synapse } from './neuroml-parts.js';

const assign = (variable: string, value: string): string => element('StateAssignment', { variable, value });
const rate = (variable: string, value: string): string => element('TimeDerivative', { variable, value });
const derived = (name: string, dimension: string, value: string, others: Attributes = {}): string =>
  element('DerivedVariable', { name, dimension, ...others, value });
const when = (test: string, actions: readonly string[]): string => element('OnCondition', { test }, actions);
const spike = element('EventOut', { port: 'spike' });

/** Adds a definition at the top, after its dependencies. */
function define(
  draft: Draft,
  name: string,
  base: string,
  members: readonly string[],
  dynamics: readonly string[],
): void {
  draft.top.push(element('ComponentType', { name, extends: base }, [...members, element('Dynamics', {}, dynamics)]));
}

const parameter = (name: string, dimension: string): string => element('Parameter', { name, dimension });
const exposure = (name: string, dimension: string): string => element('Exposure', { name, dimension });
const constant = (name: string, dimension: string, value: string): string =>
  element('Constant', { name, dimension, value });
const weight = element('Property', { name: 'weight', dimension: 'none', defaultValue: 1 });
const attachments = element('Attachments', { name: 'synapses', type: 'basePointCurrent' });

/** A rate of the second variable of a cell, and a case of its input. */
const followers: readonly string[] = [
  '(a * (v - E) / VOLT - w) / tauW',
  '(a * (v - E) / VOLT - w * w * w) / tauW',
  '0 - w / tauW',
  '(H((v - E) / VOLT) - w) / tauW',
  '(a * sin(6 * t / tauW) - w) / tauW',
];

/** A leaky cell with a second variable, cases, an optional pause, and conditions of its own. */
export function ownCell(draft: Draft): Cell {
  const { random } = draft;
  const name = draft.fresh('ownCell');
  const boost = random.pick([
    [element('Case', { condition: 'v .gt. E', value: 'g * (v - E) * 0.1' }), element('Case', { value: '0 * g * E' })],
    [
      element('Case', { condition: 't .lt. tauW .and. t .geq. 0.2 * tauW', value: 'drive * 0.5' }),
      element('Case', { condition: '(w .gt. 0.5) .or. (v .lt. E)', value: '0 - drive * w' }),
      element('Case', { value: 'drive * 0' }),
    ],
    [element('Case', { condition: 'w .lt. 0.1', value: 'drive' })],
  ]);
  const rates = [rate('v', 'iMemb / C'), rate('w', random.pick(followers))];
  const actions = [
    ...(random.once(2) ? [assign('v', 'reset'), assign('w', 'w + b')] : [assign('w', 'w + b'), assign('v', 'reset')]),
    ...(random.once(2) ? [assign('n', 'n + 1')] : []),
  ];
  const others = random.once(2)
    ? []
    : [
        when(random.pick(['w .gt. 2', 'n .geq. 3', 'v .lt. E - VOLT', 'iMemb .gt. 10 * g * VOLT']), [
          assign('w', '0.1 * w'),
          assign('n', '0'),
        ]),
      ];
  const variables = [
    element('StateVariable', { name: 'v', dimension: 'voltage', exposure: 'v' }),
    element('StateVariable', { name: 'w', dimension: 'none', exposure: 'w' }),
    element('StateVariable', { name: 'n', dimension: 'none', exposure: 'n' }),
    element('StateVariable', { name: 'last', dimension: 'time' }),
    element('DerivedVariable', {
      name: 'iSyn',
      dimension: 'current',
      exposure: 'iSyn',
      select: 'synapses[*]/i',
      reduce: 'add',
    }),
    element('ConditionalDerivedVariable', { name: 'boost', dimension: 'current', exposure: 'boost' }, boost),
    derived('iMemb', 'current', 'g * (E - v) + iSyn + boost + drive - w * g * VOLT', { exposure: 'iMemb' }),
    element('OnStart', {}, [assign('v', random.once(2) ? 'E' : 'reset'), assign('w', String(between(random, 0, 1)))]),
  ];
  const dynamics = random.once(2)
    ? regimes(draft, rates, actions)
    : [...rates, when('v .gt. thresh', [...actions, spike])];
  define(
    draft,
    name,
    'baseCellMembPotCap',
    [
      ...['thresh', 'reset', 'E'].map((one) => parameter(one, 'voltage')),
      ...[parameter('g', 'conductance'), parameter('drive', 'current'), parameter('tauW', 'time')],
      ...[parameter('pause', 'time'), parameter('a', 'none'), parameter('b', 'none')],
      constant('VOLT', 'voltage', '10mV'),
      exposure('w', 'none'),
      exposure('n', 'none'),
      exposure('boost', 'current'),
      attachments,
    ],
    [...variables, ...dynamics, ...others],
  );
  const id = component(draft, name, {
    C: quantity(random, 20, 100, 'pF'),
    thresh: quantity(random, -55, -48, 'mV'),
    reset: quantity(random, -72, -62, 'mV'),
    E: quantity(random, -70, -60, 'mV'),
    g: quantity(random, 2, 8, 'nS'),
    drive: quantity(random, 0, 0.15, 'nA'),
    tauW: quantity(random, 1, 20, 'ms'),
    pause: quantity(random, 0.3, 3, 'ms'),
    a: between(random, -0.5, 0.5),
    b: between(random, 0, 0.5),
  });
  return {
    id,
    accepts: 'current',
    step: 0.1,
    current: 0.4,
    hasPotential: true,
    spikes: true,
    recordables: ['v', 'w', 'n', 'iSyn', 'iMemb', 'boost'],
  };
}

/** Two regimes: one that fires, and one that waits while the second variable, or none, evolves. */
function regimes(draft: Draft, rates: readonly string[], actions: readonly string[]): readonly string[] {
  const { random } = draft;
  const isAtEntry = random.once(2);
  const fires = [spike, element('Transition', { regime: 'waiting' })];
  const end = random.pick([
    't .gt. last + pause',
    't - last .geq. pause',
    'iMemb .lt. 0 * drive .or. t .gt. last + pause',
    'w .lt. 0.05 .or. t .gt. last + pause',
  ]);
  return [
    element('Regime', { name: 'firing', initial: 'true' }, [
      ...rates,
      when('v .gt. thresh', isAtEntry ? fires : [...actions, ...fires]),
    ]),
    element('Regime', { name: 'waiting' }, [
      element('OnEntry', {}, [assign('last', 't'), ...(isAtEntry ? actions : [])]),
      ...(random.once(2) ? [rates[1]!] : []),
      when(end, [element('Transition', { regime: 'firing' })]),
    ]),
  ];
}

/** A conductance with use and recovery of its own, a weight, and conditions. */
export function ownSynapse(draft: Draft): Synapse {
  const { random } = draft;
  const name = draft.fresh('ownSynapse');
  const event = [
    assign(
      'g',
      random.pick(['g + weight * gbase * r', 'gbase * weight', 'g + gbase * weight * (1 - g / (9 * gbase))']),
    ),
    assign('r', random.pick(['r * 0.7', 'r - 0.3 * r + 0.02', '1 - 0.5 * r'])),
    ...(random.once(2) ? [assign('last', 't')] : []),
  ];
  const limits = random.once(2) ? [when('g .gt. 5 * gbase', [assign('g', '5 * gbase')])] : [];
  const factor = random.pick([
    [element('Case', { condition: 'v .gt. erev', value: '0.5' }), element('Case', { value: '1' })],
    [element('Case', { condition: 't - last .lt. 0.5 * tau', value: '1' }), element('Case', { value: '0.6' })],
  ]);
  define(
    draft,
    name,
    'baseConductanceBasedSynapse',
    [weight, parameter('tau', 'time'), exposure('r', 'none')],
    [
      element('StateVariable', { name: 'g', dimension: 'conductance', exposure: 'g' }),
      element('StateVariable', { name: 'r', dimension: 'none', exposure: 'r' }),
      element('StateVariable', { name: 'last', dimension: 'time' }),
      element('ConditionalDerivedVariable', { name: 'factor', dimension: 'none' }, factor),
      derived('i', 'current', 'factor * g * (erev - v)', { exposure: 'i' }),
      rate('g', '0 - g / tau'),
      rate('r', '(1 - r) / (4 * tau)'),
      element('OnStart', {}, [assign('r', '1'), assign('g', '0')]),
      element('OnEvent', { port: 'in' }, event),
      ...limits,
    ],
  );
  const id = component(draft, name, {
    gbase: quantity(random, 1, 6, 'nS'),
    erev: random.once(3) ? '-80mV' : '0mV',
    tau: quantity(random, 0.5, 5, 'ms'),
  });
  return { id, recordables: ['g', 'i', 'r'], weight: [0.5, 2] };
}

/** A current that follows the time, the potential or a clock of its own. */
export function ownInput(draft: Draft, cell: Cell, span: number): Input {
  const { random } = draft;
  const name = draft.fresh('ownInput');
  const current = random.pick([
    'weight * size * (0.5 + 0.5 * sin(t / period))',
    'weight * size * x',
    'weight * size * H(x - 0.5) * exp(0 - t / (4 * period))',
    'weight * size * (1 + 0.2 * tanh((E - v) / (0.5 * E)))',
    'weight * size * abs(x - 0.5)',
  ]);
  define(
    draft,
    name,
    'baseVoltageDepPointCurrent',
    [weight, parameter('size', 'current'), parameter('period', 'time'), parameter('E', 'voltage')],
    [
      element('StateVariable', { name: 'x', dimension: 'none' }),
      derived('i', 'current', current, { exposure: 'i' }),
      rate('x', random.pick(['1 / period', '(1.2 - x) / period'])),
      when('x .geq. 1', [assign('x', random.once(2) ? '0' : 'x - 1')]),
    ],
  );
  const id = component(draft, name, {
    size: quantity(random, 0.3 * cell.current, 1.2 * cell.current, 'nA'),
    period: quantity(random, span / 10, span / 2, 'ms'),
    E: '-60mV',
  });
  return { id, recordables: ['i'] };
}
