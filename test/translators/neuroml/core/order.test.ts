/**
 * Order of evaluation in LEMS: actions at entry of the first regime, logic from left to right, hidden states, events of
 * one step. Expected rows are jNeuroML 0.14's (`-nogui`) for the same documents, unless a test names another source.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importModel, readSource, runModel } from '../../../../src/pipeline/pipeline.js';
import '../../../../translators/neuroml/road.js';

let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'interneuron-order-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a document with one output file, and returns the rows of this file without their times. */
async function rows(body: string, length: string, output: string): Promise<readonly (readonly string[])[]> {
  const text = `<Lems><Target component="sim"/><Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
    ${body}<Simulation id="sim" length="${length}" ${output}</Simulation></Lems>`;
  const path = join(folder, 'model.xml');
  writeFileSync(path, text);
  const result = await runModel(importModel(readSource(path)), { target: 'wasm', outputFolder: folder });
  if (result.kind === 'run') result.dispose();
  const lines = readFileSync(join(folder, 'o.dat'), 'utf8').trim().split('\n');
  return lines.map((line) => line.trim().split('\t'));
}

/** Columns of an output file for a component that is run by itself, by quantity. */
async function columns(
  body: string,
  length: string,
  target: string,
  quantities: readonly string[],
): Promise<readonly (readonly number[])[]> {
  const output = quantities.map((quantity, k) => `<OutputColumn id="c${k}" quantity="${quantity}"/>`).join('');
  const table = await rows(
    body,
    length,
    `step="1ms" target="${target}"><OutputFile id="o" fileName="o.dat">${output}</OutputFile>`,
  );
  return quantities.map((_, k) => table.map((row) => Number(row[k + 1])));
}

const constant = '<Constant name="ms" dimension="time" value="1ms"/>';

describe('regimes', () => {
  const doubler = `<ComponentType name="Doubler">${constant}<Exposure name="w" dimension="none"/>
    <Dynamics><StateVariable name="w" exposure="w" dimension="none"/><StateVariable name="s" dimension="none"/>
      <OnStart><StateAssignment variable="w" value="1"/></OnStart>
      <Regime name="one" initial="true"><OnEntry><StateAssignment variable="w" value="2 * w"/></OnEntry>
        <TimeDerivative variable="s" value="1 / ms"/><OnCondition test="s .geq. 3"><Transition regime="two"/></OnCondition></Regime>
      <Regime name="two"><OnEntry><StateAssignment variable="s" value="-1"/></OnEntry>
        <TimeDerivative variable="s" value="1 / ms"/><OnCondition test="s .geq. 0"><Transition regime="one"/></OnCondition></Regime>
    </Dynamics></ComponentType>`;

  it('enter the first one once', async () => {
    const [w] = await columns(`${doubler}<Doubler id="c"/>`, '10ms', 'c', ['w']);
    expect(w).toEqual([2, 2, 2, 2, 2, 4, 4, 4, 4, 8, 8]);
  });

  it('of an inner component enter the first one once', async () => {
    const outer = `<ComponentType name="Outer"><Child name="inner" type="Doubler"/><Exposure name="twice" dimension="none"/>
      <Dynamics><DerivedVariable name="twice" exposure="twice" dimension="none" select="inner/w"/></Dynamics></ComponentType>`;
    const [w] = await columns(`${doubler}${outer}<Outer id="c"><Doubler id="inner"/></Outer>`, '10ms', 'c', ['twice']);
    expect(w).toEqual([2, 2, 2, 2, 2, 4, 4, 4, 4, 8, 8]);
  });

  it('count their entries', async () => {
    const pacer = `<ComponentType name="Pacer">${constant}<Exposure name="x" dimension="none"/><Exposure name="entries" dimension="none"/>
      <Dynamics><StateVariable name="x" exposure="x" dimension="none"/><StateVariable name="entries" exposure="entries" dimension="none"/>
        <Regime name="rise" initial="true"><OnEntry><StateAssignment variable="entries" value="entries + 1"/></OnEntry>
          <TimeDerivative variable="x" value="1 / ms"/><OnCondition test="x .gt. 3"><Transition regime="fall"/></OnCondition></Regime>
        <Regime name="fall"><TimeDerivative variable="x" value="-2 / ms"/><OnCondition test="x .lt. 0"><Transition regime="rise"/></OnCondition></Regime>
      </Dynamics></ComponentType><Pacer id="c"/>`;
    const [x, entries] = await columns(pacer, '9ms', 'c', ['x', 'entries']);
    expect(x).toEqual([0, 0, 1, 2, 3, 4, 2, 0, -2, -1]);
    // By the language: one entry at the start. jLEMS starts at 3, since it repeats the start to settle all values.
    expect(entries).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2, 2]);
  });

  it('show states without an exposure after the step', async () => {
    const stair = `<ComponentType name="Stair">${constant}<Exposure name="shown" dimension="none"/>
      <Dynamics><StateVariable name="hidden" dimension="none"/><StateVariable name="shown" exposure="shown" dimension="none"/>
        <Regime name="rise" initial="true"><TimeDerivative variable="hidden" value="1 / ms"/><TimeDerivative variable="shown" value="1 / ms"/>
          <OnCondition test="hidden .gt. 3"><Transition regime="steps"/></OnCondition></Regime>
        <Regime name="steps"><OnEntry><StateAssignment variable="hidden" value="7"/><StateAssignment variable="shown" value="7"/></OnEntry>
          <OnCondition test="hidden .gt. 0"><StateAssignment variable="hidden" value="hidden - 1"/><StateAssignment variable="shown" value="shown - 1"/></OnCondition>
        </Regime></Dynamics></ComponentType><Stair id="c"/>`;
    const [hidden, shown] = await columns(stair, '7ms', 'c', ['hidden', 'shown']);
    expect(hidden).toEqual([0, 1, 2, 3, 7, 6, 5, 4]);
    expect(shown).toEqual([0, 0, 1, 2, 3, 7, 6, 5]);
  });
});

describe('expressions', () => {
  const a = 3;
  const b = 5;
  it.each([
    ['a .lt. b .or. b .gt. a .and. a .gt. b', 0],
    ['a .gt. b .and. b .gt. a .or. a .lt. b', 1],
    ['10 .gt. -a ^ 2', 1],
  ])('the condition %s is %i', async (condition, expected) => {
    const probe = `<ComponentType name="Probe"><Parameter name="a" dimension="none"/><Parameter name="b" dimension="none"/><Exposure name="x" dimension="none"/>
      <Dynamics><ConditionalDerivedVariable name="x" exposure="x" dimension="none"><Case condition="${condition}" value="1"/><Case value="0"/>
      </ConditionalDerivedVariable></Dynamics></ComponentType><Probe id="c" a="${a}" b="${b}"/>`;
    expect(await columns(probe, '1ms', 'c', ['x'])).toEqual([[expected, expected]]);
  });

  it('a sign after an operator binds tighter than a power', async () => {
    const values = ['b * -a ^ 2', 'b + -a ^ 2', 'b - -a ^ 2', 'b * -(a + 1) ^ 2', '-a ^ 2 + b'];
    const members = values.map(
      (value, k) => `<DerivedVariable name="x${k}" exposure="x${k}" dimension="none" value="${value}"/>`,
    );
    const exposures = values.map((_, k) => `<Exposure name="x${k}" dimension="none"/>`);
    const probe = `<ComponentType name="Probe"><Parameter name="a" dimension="none"/><Parameter name="b" dimension="none"/>${exposures.join('')}
      <Dynamics>${members.join('')}</Dynamics></ComponentType><Probe id="c" a="${a}" b="${b}"/>`;
    const found = await columns(
      probe,
      '1ms',
      'c',
      values.map((_, k) => `x${k}`),
    );
    expect(found.map(([first]) => first)).toEqual([45, 14, -4, 80, -4]);
  });
});

it('instances of a component type with assigned properties, as brian2tools writes them', async () => {
  const group = `<ComponentType name="leaky"><Property name="v0" dimension="voltage"/><Property name="tau" dimension="time"/>
      <Constant name="rest" dimension="voltage" value="-70 mV"/><Exposure name="v" dimension="voltage"/>
      <Dynamics><StateVariable name="v" exposure="v" dimension="voltage"/><TimeDerivative variable="v" value="(rest - v) / tau"/>
        <OnStart><StateAssignment variable="v" value="v0"/></OnStart></Dynamics></ComponentType>
    <ComponentType name="leakyGroup" extends="basePopulation"><Parameter name="n" dimension="none"/><Parameter name="tau_p" dimension="time"/><Constant name="mV" dimension="voltage" value="1 mV"/>
      <Structure><MultiInstantiate componentType="leaky" number="n"><Assign property="v0" value="-60 * mV + 10 * mV * index / (n - 1)"/>
        <Assign property="tau" value="tau_p"/></MultiInstantiate></Structure></ComponentType>
    <network id="net"><leakyGroup id="group" n="3" tau_p="10 ms"/></network>`;
  const found = await columns(group, '5ms', 'net', ['group[0]/v', 'group[1]/v', 'group[2]/v']);
  expect(found.map((column) => [column[0], column[5]])).toEqual([
    [-0.06, -0.0640951],
    [-0.055, -0.06114265],
    [-0.05, -0.0581902],
  ]);
});

it('events of one step are in the order of the cells', async () => {
  const network = `<iafCell id="cell" leakReversal="-60mV" thresh="-50mV" reset="-65mV" C="0.1nF" leakConductance="5nS"/>
    <pulseGenerator id="pulse" delay="0ms" duration="1s" amplitude="0.2nA"/><network id="net"><population id="p" component="cell" size="3"/>
    ${[0, 1, 2].map((k) => `<explicitInput target="p[${k}]" input="pulse"/>`).join('')}</network>`;
  const selections = [2, 0, 1].map((k) => `<EventSelection id="${k}" select="p[${k}]" eventPort="spike"/>`).join('');
  const output = `step="0.01ms" target="net"><EventOutputFile id="e" fileName="o.dat" format="TIME_ID">${selections}</EventOutputFile>`;
  expect(await rows(network, '15ms', output)).toEqual(
    ['0.00576', '0.01387'].flatMap((time) => ['0', '1', '2'].map((id) => [time, id])),
  );
});
