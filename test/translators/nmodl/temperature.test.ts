/** Gates whose rates grow with the temperature, each by its own factor, in NeuroML. */

import { expect, test } from 'vitest';
import { convertModel } from '../../../src/convert/convert.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import '../../../translators/neuroml/road.js';
import '../../../translators/nmodl/road.js';

const text = `
NEURON { SUFFIX twice USEION k READ ek WRITE ik RANGE gbar }
PARAMETER { gbar = 0.004 (S/cm2) }
ASSIGNED { v (mV) ek (mV) ik (mA/cm2) celsius (degC) }
STATE { n l }
BREAKPOINT {
  SOLVE states METHOD cnexp
  ik = gbar*n^2*l*(v - ek)
}
INITIAL { n = 0 l = shut(v) }
DERIVATIVE states {
  n' = 3.1^((celsius - 22)/10)*(0.05*exp((v + 40)/12)*(1 - n) - 0.07*exp(-(v + 55)/20)*n)
  l' = (shut(v) - l)*2.4^((celsius - 30)/10)/(20 + 40*exp(-((v + 50)/25)^2))
}
FUNCTION shut(v (mV)) { shut = 1/(1 + exp((v + 61)/7)) }
`;

test('have the factor and the temperature of their experiment', async () => {
  const { files } = await convertModel(importModel({ name: 'twice.mod', text }).valid, 'neuroml', {
    name: 'twice.nml',
  });
  const written = files.map((file) => file.text).join('');
  expect(written.match(/<q10Settings [^>]*>/g)).toEqual([
    '<q10Settings type="q10ExpTemp" q10Factor="3.1" experimentalTemp="22degC"/>',
    '<q10Settings type="q10ExpTemp" q10Factor="2.4" experimentalTemp="30degC"/>',
  ]);
  // The factor is 1 at that temperature.
  expect(written).not.toMatch(/3\.1\^|2\.4\^/);
  expect(written).toContain('type="networkWithTemperature" temperature="6.3degC"');
});
