/** Bad PyNN-style documents at the command line: exit code 1, the place in the text, and the valid values. */

import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();

type Document = Record<string, unknown>;

/** A document that is right, for each mistake to break in one place. */
const network = (): Document => ({
  format: 'interneuron/pynn',
  version: 1,
  pynn: '0.13',
  populations: [
    {
      label: 'source',
      size: 2,
      cell: { type: 'SpikeSourceArray', params: { spike_times: { sequences: [[1, 2], [3]] } } },
    },
    { label: 'cells', size: 3, cell: { type: 'IF_cond_exp', params: { tau_m: 10 } } },
  ],
  projections: [
    {
      label: 'way',
      pre: 'source',
      post: 'cells',
      receptor_type: 'excitatory',
      connector: { type: 'AllToAllConnector' },
      synapse: { type: 'StaticSynapse', params: { weight: 0.01, delay: 1 } },
    },
  ],
  recordings: [{ target: 'cells', variables: ['v'], sampling_interval: 0.5 }],
  phases: [{ run: 10 }],
});

/** Returns the document as JSON, one key per line, with the value at a path replaced. */
function broken(path: readonly (string | number)[], value: unknown): string {
  const copy = network();
  let node: Record<string | number, unknown> = copy;
  for (const key of path.slice(0, -1)) node = (node[key] ??= {}) as Record<string | number, unknown>;
  node[path.at(-1)!] = value;
  return JSON.stringify(copy, null, 1);
}

const connector = ['projections', 0, 'connector'] as const;
const params = ['projections', 0, 'synapse', 'params'] as const;

/** A mistake, its code, the text of its line, and the valid values that the finding must name. */
const mistakes: readonly (readonly [name: string, text: string, code: string, line: string, valid: RegExp])[] = [
  [
    'a parameter with a unit of something else',
    broken(['populations', 1, 'cell', 'params', 'tau_m'], '20 mV'),
    'pynn/number-in-unit',
    '20 mV',
    /a number in ms/,
  ],
  [
    'a parameter with its unit',
    broken(['populations', 1, 'cell', 'params', 'cm'], '250 pF'),
    'pynn/number-in-unit',
    '250 pF',
    /a number in nF[^]*write 0\.25:/,
  ],
  [
    'a weight with its unit',
    broken([...params, 'weight'], '10 nS'),
    'pynn/number-in-unit',
    '10 nS',
    /a number in nA, uS or mV[^]*write 0\.01:/,
  ],
  [
    'a delay with its unit',
    broken([...params, 'delay'], '1 ms'),
    'pynn/number-in-unit',
    '1 ms',
    /a number in ms[^]*write 1:/,
  ],
  [
    'an initial value with its unit',
    broken(['populations', 1, 'initial_values'], { v: '-65 mV' }),
    'pynn/number-in-unit',
    '-65 mV',
    /a number in mV[^]*write -65:/,
  ],
  [
    'a time with its unit',
    broken(['phases', 0, 'run'], '0.01 s'),
    'pynn/number-in-unit',
    '0.01 s',
    /a number in ms[^]*write 10:/,
  ],
  [
    'an unknown cell',
    broken(['populations', 1, 'cell', 'type'], 'IF_cond_xp'),
    'pynn/unknown-type',
    'IF_cond_xp',
    /IF_cond_exp/,
  ],
  [
    'an unknown parameter',
    broken(['populations', 1, 'cell', 'params'], { taum: 10 }),
    'pynn/unknown-parameter',
    '"taum"',
    /tau_m/,
  ],
  [
    'a parameter of the wrong type',
    broken(['populations', 1, 'cell', 'params', 'tau_m'], 'ten'),
    'pynn/wrong-type',
    '"ten"',
    /number/,
  ],
  [
    'an array of the wrong length',
    broken(['populations', 1, 'cell', 'params', 'tau_m'], [10, 20]),
    'pynn/wrong-length',
    '"tau_m"',
    /\b3\b/,
  ],
  ['a weight of the wrong sign', broken([...params, 'weight'], -0.01), 'pynn/wrong-sign', '"weight"', /0 or more/],
  [
    'a delay below the minimum',
    broken([...params, 'delay'], 0.01),
    'pynn/delay-out-of-range',
    '"delay"',
    /0\.1 ms or more/,
  ],
  [
    'a delay above the maximum',
    broken(['setup'], { max_delay: 0.5 }),
    'pynn/delay-out-of-range',
    '"delay"',
    /0\.1 to 0\.5 ms/,
  ],
  [
    'more connections than there are',
    broken(connector, { type: 'FixedTotalNumberConnector', params: { n: 7, with_replacement: false } }),
    'pynn/too-many-connections',
    '"n"',
    /0 to 6/,
  ],
  [
    'spike times out of order',
    broken(['populations', 0, 'cell', 'params', 'spike_times'], { sequences: [[2, 1], [3]] }),
    'pynn/unsorted-spike-times',
    '"spike_times"',
    /ascending/,
  ],
  [
    'an unknown function of the distance',
    broken(connector, { type: 'DistanceDependentProbabilityConnector', params: { d_expression: 'expo(-d)' } }),
    'pynn/formula',
    'expo(-d)',
    /exp/,
  ],
  [
    'a sampling interval between steps',
    broken(['recordings', 0, 'sampling_interval'], 0.25),
    'pynn/not-a-multiple',
    '"sampling_interval"',
    /a multiple of 0\.1 ms/,
  ],
  [
    'a phase into the past',
    broken(['phases', 1], { run_until: 4 }),
    'pynn/time-passed',
    '"run_until"',
    /10 ms or later/,
  ],
];

test.each(mistakes)('%s', async (name, text, code, line, valid) => {
  const file = folder.file(`${name.replaceAll(' ', '-')}.json`);
  writeFileSync(file, text);
  const { code: exit, stdout } = await runCommand(['run', file, '-o', folder.file('result.nwb'), '--json']);
  expect(exit).toBe(1);
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: {
      code: string;
      message: string;
      expected?: string;
      hint?: string;
      place?: { line?: number; column?: number };
    }[];
  };
  const found = diagnostics.find((one) => one.code === code);
  expect(found, stdout).toBeDefined();
  expect(text.split('\n')[(found?.place?.line ?? 0) - 1]).toContain(line);
  expect(found?.place?.column).toBeGreaterThan(0);
  expect([found?.message, found?.expected, found?.hint].join('\n')).toMatch(valid);
});

test('and the document itself is right', async () => {
  const file = folder.file('right.json');
  writeFileSync(file, JSON.stringify(network()));
  expect((await runCommand(['validate', file])).code).toBe(0);
});

test('two kinds of wrong sizes are both reported', async () => {
  const document = network();
  const [source, cells] = document['populations'] as Record<string, unknown>[];
  const path = folder.file('sizes.json');
  writeFileSync(
    path,
    JSON.stringify({
      ...document,
      populations: [
        { ...source, size: -3 },
        { ...cells, size: 'ten' },
      ],
    }),
  );
  const { code, stdout } = await runCommand(['validate', path, '--json']);
  expect(code).toBe(1);
  const { documents } = JSON.parse(stdout) as { documents: { diagnostics: { place: { pointer: string } }[] }[] };
  expect(documents[0]?.diagnostics.map(({ place }) => place.pointer)).toEqual([
    '/populations/0/size',
    '/populations/1/size',
  ]);
});
