/** The page about agreement with PyNN's simulators, from measurements. */

import { scriptLines } from './scripts.js';
import { format } from 'prettier';
import type { MeasuredNetwork } from './network.js';
import { simulators, type Measured, type Named } from './measure.js';
import { sections, type Section } from './probe.js';
import { words } from '../../../translators/pynn/vocabulary.js';

const titles: Readonly<Record<Named, string>> = { nest: 'NEST 3.10', neuron: 'NEURON 9.0', brian2: 'Brian 2.9' };

/** Returns results that differ from a probe's expectation, in sentences. */
export function violations(measured: readonly Measured[], networks: readonly MeasuredNetwork[]): readonly string[] {
  return [...measured.flatMap(ofProbe), ...networks.flatMap(ofNetwork)];
}

/** Sentences about one probe. */
export function ofProbe({ probe, exact, simulators: found }: Measured): readonly string[] {
  const wrong = tooFar(
    `${probe.name} (theory)`,
    Object.fromEntries(Object.entries(exact).map(([key, [distance]]) => [key, distance])),
    probe.exact?.within ?? {},
  );
  for (const simulator of simulators) {
    const expectation = probe.simulators[simulator];
    const comparison = found[simulator];
    if (expectation === undefined || comparison === undefined) continue;
    const name = `${probe.name} (${titles[simulator]})`;
    if (expectation.refuses !== undefined) {
      if (comparison.refused === undefined) wrong.push(`${name}: runs, but was said to be refused`);
      else if (!expectation.refuses.test(comparison.refused))
        wrong.push(`${name}: is refused otherwise: ${comparison.refused}`);
    } else if (comparison.refused !== undefined) wrong.push(`${name}: ${comparison.refused}`);
    else wrong.push(...tooFar(name, comparison.distances, expectation.within ?? {}));
  }
  return wrong;
}

/** Sentences about one network. */
export function ofNetwork({ probe, exact, same }: MeasuredNetwork): readonly string[] {
  const wrong = tooFar(
    `${probe.name} (theory)`,
    Object.fromEntries(Object.entries(exact).map(([key, [distance]]) => [key, distance])),
    probe.exact?.within ?? {},
  );
  if (probe.same === undefined || same === undefined) return wrong;
  if (typeof same === 'number')
    return [...wrong, ...tooFar(`${probe.name} (PyNN)`, { network: same }, { network: probe.same.within })];
  if (probe.same.refuses?.test(same) !== true) wrong.push(`${probe.name} (PyNN): ${same}`);
  return wrong;
}

function tooFar(
  name: string,
  distances: Readonly<Record<string, number>>,
  within: Readonly<Record<string, number>>,
): string[] {
  return Object.entries(distances).flatMap(([key, distance]) =>
    distance <= (within[key] ?? -1)
      ? []
      : [`${name}: ${key} differs by ${distance}, more than ${within[key] ?? 'nothing'}`],
  );
}

/** The page as Markdown. */
export async function conformancePage(
  measured: readonly Measured[],
  networks: readonly MeasuredNetwork[],
): Promise<string> {
  const lines = [
    '# Conformance with PyNN',
    '',
    'Written by `UPDATE_CONFORMANCE=1 npx vitest run test/interoperability/pynn.test.ts`, which checks it otherwise. Every row is a probe: a ' +
      'small document',
    '(`test/interoperability/pynn/probes/`) that runs here and, converted to a script by `interneuron convert --to ' +
      'pynn`, on the',
    'simulators of PyNN 0.13. Numbers are upper bounds of the largest measured differences, rounded up ' +
      'to a power of ten; of traces of 400 samples and more, every tenth sample is compared. A dash means not',
    'compared, for the reason in the last column. NEST runs with spikes on the grid (`spike_precision="on_grid"`); ' +
      'the time step is 0.1 ms.',
    '',
    'If a simulator differs, it integrates, labels or implements something differently; the column "theory" then ' +
      'supports our result: closed forms, the',
    'rules applied event by event, converged solutions, and the means of distributions. Rows on plasticity ' +
      'are `STDPMechanism` with these parts.',
    '',
    ...sections.flatMap((section) => sectionLines(section, measured, networks)),
    ...randomNetworkLines(),
    ...scriptLines(),
    '## Not here',
    '',
    'Native types of one simulator, and `voltage_dependence`, which',
    'no simulator implements: each is refused by name.',
    '',
  ];
  const text = [...lines, ...rowless(lines.join('\n'))].join('\n');
  return format(text, { parser: 'markdown', printWidth: 140 });
}

/** A section on networks that are put together at random. */
const randomNetworkLines = (): readonly string[] => [
  '## Random networks',
  '',
  '`RANDOM_NETWORKS=0-199 npx vitest run test/interoperability/pynn-networks.test.ts -t random` puts 200 networks ' +
    'together at random',
  '(`test/interoperability/pynn/random-network.ts`): all standard cells, connectors, static, plastic and short-term ' +
    'plastic synapses, current sources, values for each cell, delays between steps, and time steps from 0.125 to 1 ms. ' +
    'All agree with NEST 3.10: integrate-and-fire cells fire in the same steps. Potentials under synaptic currents ' +
    'differ by less than 1e-9 of their size. Conductances and potentials beside them differ by less than 1e-6 uS and ' +
    '1e-3 mV, the error of the Runge–Kutta–Fehlberg steps with which NEST integrates conductances too; ours decay ' +
    'exactly. Potentials of `EIF_*` and `HH_cond_exp` differ by less than 0.01 mV until 2 ms before the first spike.',
  '',
  'The networks lack these combinations, which PyNN runs under NEST in another way:',
  '',
  '- `w_max` of plastic synapses onto `IF_curr_delta`: PyNN hands it on a thousandfold, as if it were in nA and not ' +
    'in mV.',
  "- First values of `v` of `IF_curr_delta`: PyNN does not pass them on, and the potential starts at NEST's -70 mV. " +
    'Recording `v` raises an error. Scripts that `convert` writes give PyNN the missing name.',
  '- Several `tau_minus` of plastic synapses onto one cell: NEST has one for each cell, the last one that was set.',
  '- `TsodyksMarkramSynapse` onto `PointNeuron`: recovery counts a synaptic time constant of 3 ms whatever `tau_syn` ' +
    'is. Onto `IF_curr_delta` PyNN raises a KeyError.',
  '- `HH_cond_exp` in steps above 0.25 ms: NEST misses spikes of which no sample after the maximum is above -33 mV, and ' +
    'its potential becomes NaN at 1 ms.',
  '- Steps such as 0.1 ms that are not exact in binary: PyNN subtracts a step from the times of a `SpikeSourceArray`, ' +
    'and NEST takes what is just above a step for the next one. It may also lack the last sample of a run.',
  '- Values that change between two runs: PyNN runs NEST for the shortest delay (`min_delay`) more before the first ' +
    'sample can be read, so a change acts that much later.',
  '',
];

/** A sentence on the classes that documents may name and that have no row. */
export function rowless(page: string): readonly string[] {
  const names = Object.values(words).flatMap((types) => Object.keys(types).filter((name) => name !== 'native'));
  const missing = names.filter((name) => !new RegExp(`\\b${name}\\b`).test(page));
  return [
    `Classes of \`schemas/pynn.schema.json\` without a row: ${missing.map((name) => `\`${name}\``).join(', ')}. Cells with ` +
      'compartments are compared with NEURON in `test/python/pynn-backend.test.ts`; `ExpPSR`, `AlphaPSR` and `BetaPSR` are ' +
      'short names of responses.',
    '',
  ];
}

function sectionLines(
  section: Section,
  measured: readonly Measured[],
  networks: readonly MeasuredNetwork[],
): readonly string[] {
  const probes = measured.filter(({ probe }) => probe.section === section);
  const built = networks.filter(({ probe }) => probe.section === section);
  const lines = ['', `## ${section}`, ''];
  if (probes.length > 0) {
    lines.push(
      `| | verdict | theory | ${simulators.map((simulator) => titles[simulator]).join(' | ')} | why it differs |`,
      '|---|---|---|---|---|---|---|',
    );
    for (const one of probes) lines.push(probeRow(one));
  }
  if (built.length > 0) {
    lines.push('| | verdict | theory | network of PyNN (`pyNN.mock`) | note |', '|---|---|---|---|---|');
    for (const one of built) lines.push(networkRow(one));
  }
  return [...lines, ''];
}

function probeRow(measured: Measured): string {
  const { probe, exact } = measured;
  const cells = simulators.map((simulator) => simulatorText(measured, simulator));
  const reasons = simulators.flatMap((simulator) => {
    const because = probe.simulators[simulator]?.because;
    return because === undefined ? [] : [`${titles[simulator].replace(/ .*/, '')}: ${because}`];
  });
  return (
    '| ' +
    `${[probe.name, verdict(ofProbe(measured)), theory(exact, probe.exact), ...cells, [...reasons, ...(probe.note === undefined ? [] : [probe.note])].join('. ')].map(escaped).join(' | ')} ` +
    '|'
  );
}

function networkRow(measured: MeasuredNetwork): string {
  const { probe, exact, same } = measured;
  const there =
    same === undefined
      ? '–'
      : typeof same === 'string'
        ? 'refused'
        : `the same${same === 0 ? '' : `, numbers within ${bound(same)}`}`;
  return (
    '| ' +
    `${[probe.name, verdict(ofNetwork(measured)), theory(exact, probe.exact), there, [probe.same?.because, probe.note].filter((text) => text !== undefined).join('. ')].map(escaped).join(' | ')} ` +
    '|'
  );
}

const escaped = (text: string): string => text.replaceAll('|', '\\|');

const verdict = (wrong: readonly string[]): string => (wrong.length === 0 ? 'works' : `differs: ${wrong.join('; ')}`);

function simulatorText({ probe, simulators: found }: Measured, simulator: Named): string {
  const comparison = found[simulator];
  if (comparison === undefined) return '–';
  if (comparison.refused !== undefined) return 'refused';
  return Object.entries(comparison.distances)
    .map(
      ([key, distance]) =>
        `${key} ` +
        measuredText(distance, probe.quantities[key]?.unit ?? '', probe.simulators[simulator]?.within?.[key]),
    )
    .join(', ');
}

const theory = (
  exact: Readonly<Record<string, readonly [number, string]>>,
  expected: Measured['probe']['exact'] | MeasuredNetwork['probe']['exact'],
): string =>
  expected === undefined
    ? '–'
    : `${expected.what}: ${Object.entries(exact)
        .map(([key, [distance, unit]]) => `${key} ${measuredText(distance, unit, expected.within[key])}`)
        .join(', ')}`;

/** Returns the allowed distance of values that are drawn anew, and the measured distance of all others. */
const measuredText = (distance: number, unit: string, within: number | undefined): string =>
  unit.startsWith('standard') || unit === 'relative' || unit === ''
    ? `within ${within ?? 0}${unit === '' ? '' : ` ${unit}`}`
    : amount(distance, unit);

function amount(distance: number, unit: string): string {
  if (distance === 0) return 'same';
  if (unit === 'steps') return `${distance} ${distance === 1 ? 'step' : 'steps'}`;
  return `${bound(distance)}${unit === '' ? '' : ` ${unit}`}`;
}

/** Returns a power of ten that is not less; distances below 1e-9 are not distinguished. */
function bound(distance: number): string {
  if (!Number.isFinite(distance)) return 'other';
  if (distance <= 1e-9) return '1e-9';
  const exponent = Math.ceil(Math.log10(distance) - 1e-9);
  return exponent >= -3 ? String(Number(`1e${exponent}`)) : `1e${exponent}`;
}
