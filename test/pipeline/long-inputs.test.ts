/** Documents that are long in one thing, not deep: each is read, or refused by name, without an internal error. */

import { expect, test } from 'vitest';
import { DiagnosticError } from '../../src/diagnostics/diagnostic.js';
import { validateModel } from '../../src/pipeline/pipeline.js';
import { decodeSource } from '../../src/pipeline/read/read-source.js';
import '../../translators/neuroml/road.js';
import '../../translators/nestml/road.js';
import '../../translators/nmodl/road.js';
import '../../translators/swc/road.js';

const times = (n: number, of: (k: number) => string, between = ''): string =>
  Array.from({ length: n }, (_, k) => of(k)).join(between);

const mechanism = (states: string, scheme: string, breakpoint = '', rest = ''): string =>
  `NEURON { SUFFIX k NONSPECIFIC_CURRENT i }\nASSIGNED { v (mV) i (mA/cm2) x }\nSTATE { ${states} }\nINITIAL { c = 1 }
BREAKPOINT { SOLVE s METHOD sparse i = c*0.001*(v+65) ${breakpoint} }\nKINETIC s {\n${scheme}}\n${rest}`;

const star = (n: number): string => `c ${times(n, (k) => `s${k} `)}`;

/** A NESTML neuron with statements in its update. */
const neuron = (update: string): string =>
  `model long_neuron:\n    state:\n        v real = 0\n        y real = 0\n    equations:\n        v' = -v/(10 ms)\n    input:
        spikes <- spike\n    output:\n        spike\n    update:\n        integrate_odes()\n${update}    onReceive(spikes):\n        v += spikes*1 s\n`;

/** A cell with a channel whose states form a chain. */
function chain(n: number): string {
  const rate = '<rate type="HHExpRate" rate="0.1per_ms" midpoint="-40mV" scale="10mV"/>';
  const transition = (kind: string, k: number): string =>
    `<${kind}Transition id="${kind}${k}" from="s${k}" to="s${k + 1}">${rate}</${kind}Transition>`;
  return `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="d"><ionChannelKS id="ch" conductance="1pS" species="k">
<gateKS id="g" instances="1"><closedState id="s0"/>${times(n, (k) => `<openState id="s${k + 1}"/>`)}
${times(n, (k) => transition('forward', k) + transition('reverse', k))}</gateKS></ionChannelKS>
<cell id="cell"><morphology id="m"><segment id="0"><proximal x="0" y="0" z="0" diameter="10"/><distal x="0" y="0" z="10" diameter="10"/></segment></morphology>
<biophysicalProperties id="b"><membraneProperties><channelDensity id="cd" ionChannel="ch" condDensity="1 mS_per_cm2" erev="-77mV" ion="k"/><spikeThresh value="0mV"/>
<specificCapacitance value="1 uF_per_cm2"/><initMembPotential value="-65mV"/></membraneProperties><intracellularProperties><resistivity value="0.1 kohm_cm"/></intracellularProperties>
</biophysicalProperties></cell><network id="net"><population id="p" component="cell" size="1"/></network></neuroml>`;
}

const cases: readonly (readonly [what: string, file: string, text: string, code: string])[] = [
  ['reactions between two states', 'k.mod', mechanism('c o', '~ c <-> o (0.5, 0.1)\n'.repeat(2000)), 'lang/too-deep'],
  [
    'a star of states',
    'k.mod',
    mechanism(
      star(2500),
      times(2500, (k) => `~ c <-> s${k} (0.5, 0.1)\n`),
    ),
    'lang/too-deep',
  ],
  ['fluxes into a state', 'k.mod', mechanism('c o', '~ c << (0.5)\n'.repeat(3000)), 'lang/too-deep'],
  ['reactants', 'k.mod', mechanism('c o', `~ ${times(2500, () => 'c', ' + ')} <-> o (1, 1)\n`), 'lang/too-deep'],
  ['copies of a reactant', 'k.mod', mechanism('c o', '~ 1000000000 c <-> o (1, 1)\n', 'x = f_flux'), 'lang/too-deep'],
  [
    'procedures that call each other',
    'k.mod',
    mechanism(
      'c o',
      '~ c <-> o (1, 1)\n',
      'f0()',
      times(2500, (k) => `PROCEDURE f${k}() { f${k + 1}() }\n`) + 'PROCEDURE f2500() { x = 1 }\n',
    ),
    'nmodl/too-deep',
  ],
  ['statements', 'k.mod', mechanism('c o', '~ c <-> o (1, 1)\n', `x = 0 ${'x = x + 1 '.repeat(2500)}`), ''],
  ['states of a gate in a chain', 'a.nml', chain(150), 'lower/method-refused'],
  [
    'branches of a condition',
    'n.nestml',
    neuron(
      `        if v > 0:\n            y = 0\n${times(2500, (k) => `        elif v > ${k}:\n            y = ${k}\n`)}`,
    ),
    '',
  ],
  ['points in a row', 's.swc', `1 1 0 0 0 5 -1\n${times(2500, (k) => `${k + 2} 3 ${k + 9} 0 0 1 ${k + 1}\n`)}`, ''],
  [
    'branches of branches',
    's.swc',
    `1 1 0 0 0 5 -1\n2 3 9 0 0 1 1\n${times(2500, (k) => [3, 4].map((j) => `${2 * k + j} 3 ${k + 20} ${9 * j} 0 1 ${k === 0 ? 2 : 2 * k + 1}\n`).join(''))}`,
    '',
  ],
];

test.each(cases)('%s', async (_, file, text, code) => {
  const before = process.cpuUsage().user;
  const validated = validateModel(decodeSource(file, Buffer.from(text))).then(
    ({ diagnostics }) => diagnostics,
    (error: unknown) => {
      if (!(error instanceof DiagnosticError)) throw error;
      return error.diagnostics;
    },
  );
  const codes = (await validated).map((finding) => finding.code);
  expect((process.cpuUsage().user - before) / 1e6).toBeLessThan(5);
  expect(codes.filter((each) => each.startsWith(code)).length + (code === '' ? 1 : 0)).toBeGreaterThan(0);
});
