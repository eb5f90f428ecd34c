/** Equations of LEMS's synapses that Brian has in their targets, or adds up there before a step: units and the time. */

import { expect, test } from 'vitest';
import { checkConversion } from '../../../src/run/check-conversion.js';
import { convertModel } from '../../../src/run/convert.js';
import type { ValidModel } from '../../../src/model/model.js';
import { coreNetwork } from './core-types.js';

const train = [1, 3.25, 4, 7.1, 7.7, 12].map((time, id) => `<spike id="${id}" time="${time}ms"/>`).join('');
const network = (parts: string, cell: string, inside: string, step: string): ValidModel =>
  coreNetwork(
    `${parts}<spikeArray id="train">${train}</spikeArray>`,
    `<population id="trains" component="train" size="1"/><population id="cells" component="${cell}" size="1"/>${inside}`,
    `length="20ms" step="${step}"`,
    '<OutputFile id="v" fileName="v.dat"><OutputColumn id="v" quantity="cells[0]/v"/></OutputFile>',
  );

/** By how much the potentials of a model and of its conversion to Brian differ, as a part of their range. */
async function apart(valid: ValidModel): Promise<number> {
  const { outcome } = await convertModel(valid, 'brian-json', { strict: true });
  expect(outcome).toBe('equivalent');
  const { variables = [] } = await checkConversion(valid, 'brian-json', { strict: true });
  const found = variables.filter(({ variable }) => variable === 'v').map(({ largest, range }) => largest / range);
  expect(found).toHaveLength(1);
  return found[0] ?? NaN;
}

test('units of a synapse stay units where its target has a parameter of that name', async () => {
  // Its parameter s has no unit; the rate of the conductance is in siemens per second.
  const parts = `<hindmarshRose1984Cell id="cell" C="28.57142857pF" a="1" b="3" c="-3" d="5" r="0.002" s="4" x1="-1.3"
      v_scaling="35.71428571mV" x0="-1.1" y0="-9" z0="1"/>
    <expOneSynapse id="one" gbase="1nS" erev="0mV" tauDecay="4ms"/>`;
  const inside = `<projection id="p" presynapticPopulation="trains" postsynapticPopulation="cells" synapse="one">
      <connection id="0" preCellId="../trains[0]" postCellId="../cells[0]"/>
    </projection>`;
  expect(await apart(network(parts, 'cell', inside, '0.01ms'))).toBeLessThan(1e-9);
});

test('a synapse whose current reads the time has that of the end of the step, as in LEMS', async () => {
  const parts = `<ComponentType name="brief" extends="baseConductanceBasedSynapse">
      <Property name="weight" dimension="none" defaultValue="1"/>
      <Parameter name="tau" dimension="time"/>
      <Dynamics>
        <StateVariable name="g" dimension="conductance" exposure="g"/><StateVariable name="last" dimension="time"/>
        <ConditionalDerivedVariable name="factor" dimension="none">
          <Case condition="t - last .lt. 0.52 * tau" value="1"/><Case value="0.2"/>
        </ConditionalDerivedVariable>
        <DerivedVariable name="i" dimension="current" exposure="i" value="factor * g * (erev - v) * (1 + t / tau)"/>
        <TimeDerivative variable="g" value="(0 - g * (1 + t / tau)) / (20 * tau)"/>
        <OnEvent port="in">
          <StateAssignment variable="g" value="g + gbase * (1 - g / (9 * gbase))"/><StateAssignment variable="last" value="t"/>
        </OnEvent>
      </Dynamics>
    </ComponentType>
    <brief id="syn" gbase="1nS" erev="0mV" tau="2ms"/>
    <iafCell id="cell" leakReversal="-60mV" thresh="-50mV" reset="-62mV" C="50pF" leakConductance="2nS"/>`;
  const inside = `<projection id="p" presynapticPopulation="trains" postsynapticPopulation="cells" synapse="syn">
      <connection id="0" preCellId="../trains[0]" postCellId="../cells[0]"/>
    </projection>`;
  expect(await apart(network(parts, 'cell', inside, '0.05ms'))).toBeLessThan(1e-9);
});
