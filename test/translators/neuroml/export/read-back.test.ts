/** Findings of reading a written document again. */

import { expect, test } from 'vitest';
import { readBack } from '../../../../translators/neuroml/export/read-back.js';

const model = (value: string): string => `<Lems>
  <Target component="sim"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
  <ComponentType name="Cell" extends="baseCell">
    <Parameter name="E" dimension="voltage"/><Parameter name="tau" dimension="time"/>
    <Dynamics>
      <StateVariable name="v" dimension="voltage"/>
      <DerivedVariable name="slope" dimension="per_time" value="${value}"/>
      <TimeDerivative variable="v" value="E * slope"/>
    </Dynamics>
  </ComponentType>
  <Cell id="c" E="1mV" tau="1ms"/>
  <network id="net"><population id="p" component="c" size="1"/></network>
  <Simulation id="sim" length="1ms" step="0.1ms" target="net"/>
</Lems>`;

test.each([
  ['1 / tau', 0],
  // A time in place of its inverse, which LEMS computes all the same.
  ['tau', 1],
])('dimensions that do not fit: %s', (value, count) => {
  const back = readBack(model(value));
  expect(typeof back === 'object' && back.mismatches.map(({ code }) => code)).toEqual(
    Array.from({ length: count }, () => 'lems/dimension-mismatch'),
  );
});
