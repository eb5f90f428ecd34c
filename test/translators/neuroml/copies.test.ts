/**
 * Requirements of a component reach its inner components a step later, through a copy; jNeuroML makes copies if the
 * type with the dynamics declares the requirement, and ignores requirements that an heir without dynamics of its own
 * adds.
 */

import { expect, test } from 'vitest';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { finalOf, simulate } from '../../support/simulate.js';
import '../../../translators/neuroml/road.js';

const requirement = '<Requirement name="u" dimension="none"/>';
const dynamics =
  '<Dynamics><DerivedVariable name="total" exposure="total" dimension="none" select="parts[*]/twice" reduce="add"/></Dynamics>';

const model = (holder: string, heir: string): string => `<Lems>
  <Target component="sim"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
  <ComponentType name="Part">
    ${requirement}<Exposure name="twice" dimension="none"/>
    <Dynamics><DerivedVariable name="twice" exposure="twice" dimension="none" value="2*u"/></Dynamics>
  </ComponentType>
  <ComponentType name="Holder"><Children name="parts" type="Part"/><Exposure name="total" dimension="none"/>${holder}</ComponentType>
  <ComponentType name="Heir" extends="Holder">${heir}</ComponentType>
  <ComponentType name="Outer" extends="baseCell">
    <Children name="holders" type="Holder"/><Exposure name="u" dimension="none"/>
    <Constant name="each" dimension="time" value="1ms"/>
    <Dynamics>
      <StateVariable name="u" exposure="u" dimension="none"/>
      <DerivedVariable name="w" dimension="none" select="holders[*]/total" reduce="add"/>
      <TimeDerivative variable="u" value="(1 - w*u)/each"/>
    </Dynamics>
  </ComponentType>
  <Outer id="c"><Heir id="h"><Part id="p"/></Heir></Outer>
  <network id="net"><population id="pop" component="c" size="1"/></network>
  <Simulation id="sim" length="0.4ms" step="0.1ms" target="net">
    <OutputFile id="f" fileName="u.dat"><OutputColumn id="u" quantity="pop[0]/u"/></OutputFile>
  </Simulation>
</Lems>`;

// jNeuroML 0.14.0.
test.each([
  ['none requires it', dynamics, '', 0.37332073],
  ['the type with the dynamics requires it', requirement + dynamics, '', 0.38416],
  ['an heir without dynamics requires it', dynamics, requirement, 0.37332073],
  ['an heir with dynamics requires it', dynamics, requirement + dynamics, 0.38416],
])('%s', async (_, holder, heir, expected) => {
  const { valid } = importModel({ name: 'model.xml', text: model(holder, heir) });
  const [u] = finalOf(await simulate(JSON.stringify(valid.model)), 'pop.u');
  expect(u).toBeCloseTo(expected, 7);
});
