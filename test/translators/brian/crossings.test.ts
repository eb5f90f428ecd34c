/** Spikes at the onset of a condition, and events in an order of their own, in Brian, which has neither. */

import { expect, test } from 'vitest';
import { needsOrder } from '../../../translators/brian/export/crossings.js';
import { checkConversion } from '../../../src/run/check-conversion.js';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';
import type { EventDefinition, NeuronType, ValidModel } from '../../../src/model/model.js';

/** A cell whose drive keeps it above its threshold for half of each period of 10 ms; a spike moves the threshold up. */
const crossing = (events: string, first = 0): ValidModel =>
  importModel({
    name: 'model.yaml',
    text: `
interneuron: 1
name: crossing
timing: grid
neurons:
  cell:
    state: { x: { unit: '1', initial: ${first} }, count: { unit: '1', initial: 0 }, high: { unit: '1', initial: 0.2 } }
    derived: { drive: { unit: '1', value: sin(2*pi*t/(10*ms)) } }
    derivatives: { x: (drive - x)/(0.5*ms) }
    events: ${events}
populations: { cells: { type: cell, size: 1 } }
recordings: [{ of: { population: cells }, variables: [count], name: counts }]
experiment: { dt: 0.1 ms, protocol: [{ run: 50 ms }] }
`,
  }).valid;

test('a spike at the onset of a condition that resets something happens once a crossing, as here', async () => {
  const valid = crossing("{ spike: { when: x > high, edge: rising, do: ['count = count + 1'] } }");
  const { files, report, outcome } = await convertModel(valid, 'brian-json');
  expect(report.filter(({ code }) => code === 'brian/rising')).toEqual([]);
  expect(outcome).not.toBe('incomplete');
  expect(files[0]?.text).toContain('"threshold": "x > high and not above"');
  const { spikes, matched, populations } = await checkConversion(valid, 'brian-json');
  expect(spikes).toEqual([5, 5]);
  expect(matched).toBe(5);
  expect(populations[0]?.largest).toBeLessThan(1e-9);
});

test.each([
  "{ spike: { when: x > high, edge: rising, do: ['count = count + 1'] } }",
  '{ spike: { when: x > high, edge: rising } }',
])('a condition that holds from the start counts, as here: %s', async (events) => {
  const valid = crossing(events, 2);
  const { report } = await convertModel(valid, 'brian-json');
  expect(report.filter(({ verdict }) => verdict === 'approximated')).toEqual([]);
  const { spikes, matched } = await checkConversion(valid, 'brian-json');
  // One at the start, and four crossings.
  expect(spikes).toEqual([5, 5]);
  expect(matched).toBe(5);
});

test('an event of its own at the onset of a condition happens once a crossing', async () => {
  const valid = crossing("{ up: { when: x > high, edge: rising, do: ['count = count + 1'] } }");
  const { spikes, matched } = await checkConversion(valid, 'brian-json');
  expect(spikes).toEqual([5, 5]);
  expect(matched).toBe(5);
});

const event = (when: string, order: number, ...code: string[]): EventDefinition => ({
  when,
  edge: 'level',
  do: code,
  order,
});
const type = (events: Record<string, EventDefinition>): NeuronType => ({
  parameters: {},
  state: Object.fromEntries(
    ['v', 'w', 'mode'].map((name) => [name, { unit: '1', type: 'real', initial: 0, shared: false }]),
  ),
  derived: { twice: { unit: '1', type: 'real', value: '2*v', shared: false, held: false } },
  derivatives: {},
  noise: [],
  method: 'auto',
  inputs: {},
  events,
  regimes: {},
});

test.each([
  ['an event before it writes what the spike reads', event('w > 1', 0, 'v = 0'), true],
  ['an event before it writes what the spike reads by a derived variable', event('w > 1', 0, 'w = 0', 'v = w'), true],
  ['an event before it reads what the reset writes', event('v > 2', 0, 'w = 0'), true],
  ['an event before it concerns other variables', event('w > 1', 0, 'w = 0'), false],
  ['an event after it writes what the spike reads', event('w > 1', 2, 'v = 0'), false],
  [
    'an event before it has acted in earlier slots of the step',
    { ...event('w > 1', 0, 'v = 0'), slot: 'start', actionSlot: 'after_start' },
    false,
  ],
  [
    'an event before it acts in a later slot',
    { ...event('w > 1', 0, 'v = 0'), slot: 'start', actionSlot: 'resets' },
    true,
  ],
  ['the two cannot happen in one step', event('mode == 1 and w > 1', 0, 'v = 0', 'mode = 0'), false],
])('the order of tests matters: %s', (_, other, expected) => {
  expect(needsOrder(type({ other, spike: event('mode == 0 and twice > 1', 1, 'v = 0', 'mode = 1') }))).toBe(expected);
});

/** v rises by 1/ms, and each ms the spike leaves it to a second condition to reset v: in the same step, or one later. */
const inTwo = `<Lems>
<Target component="run"/><Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
<ComponentType name="rising" extends="baseSpikingCell">
  <Exposure name="v" dimension="none"/><Constant name="ms" dimension="time" value="1ms"/>
  <Dynamics>
    <StateVariable name="v" dimension="none" exposure="v"/><StateVariable name="fired" dimension="none"/>
    <TimeDerivative variable="v" value="1/ms"/>
    <OnCondition test="v .gt. 0.95"><StateAssignment variable="fired" value="1"/><EventOut port="spike"/></OnCondition>
    <OnCondition test="fired .gt. 0.5"><StateAssignment variable="v" value="0"/><StateAssignment variable="fired" value="0"/></OnCondition>
  </Dynamics>
</ComponentType>
<rising id="cell"/>
<network id="net"><population id="cells" component="cell" size="1"/></network>
<Simulation id="run" length="10ms" step="0.1ms" target="net"><OutputFile id="v" fileName="v.dat"><OutputColumn id="v" quantity="cells[0]/v"/></OutputFile></Simulation>
</Lems>`;

test('a condition that reads what an earlier one of LEMS did is tested behind it, in Brian and in LEMS again', async () => {
  const { valid } = importModel({ name: 'model.xml', text: inTwo });
  const { files, report } = await convertModel(valid, 'brian-json');
  expect(report.filter(({ code }) => code === 'brian/condition-order')).toEqual([]);
  const { populations } = await checkConversion(
    importModel({ name: 'model.json', text: files[0]!.text }).valid,
    'lems',
  );
  // A spike in every tenth step, of the generator in whose place the cells are and of the cells beside it; one with a
  // reset a step later would be followed by another.
  for (const { spikes, matched } of populations) expect([...spikes, matched]).toEqual([10, 10, 10]);
  expect(populations.map(({ population }) => population)).toContain('cells_state');
});
