/**
 * Time and memory stay in proportion to a document, whatever it has many of, and documents beyond a limit are refused
 * by name.
 */

import { describe, expect, test } from 'vitest';
import { DiagnosticError, UsageError } from '../../src/diagnostics/diagnostic.js';
import { convertModel } from '../../src/convert/convert.js';
import { importModel, runModel, validateModel } from '../../src/pipeline/pipeline.js';
import { decodeSource } from '../../src/pipeline/read/read-source.js';
import { temporaryFolder } from '../../src/platform/temporary-folder.js';
import { askedEffort } from '../support/effort.js';
import { growing, malformedTexts, suffixes, type Growing } from '../support/growing.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';

const source = (text: string, suffix = ''): ReturnType<typeof decodeSource> =>
  decodeSource(`model${suffix}`, Buffer.from(text));

/** Definitions that read each other in a circle. */
const loop = (n: number): string =>
  Array.from({ length: n }, (_, k) => `y${k}: { value: y${(k + 1) % n} + 1, unit: 1 }`).join(', ');

/** Returns the codes of the findings in a document that is validated. */
async function codesOf(text: string, suffix = ''): Promise<readonly string[]> {
  try {
    return (await validateModel(source(text, suffix))).diagnostics.map(({ code }) => code);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.map(({ code }) => code);
  }
}

/** Processor time of validating a document, in ms. */
async function timeOf(text: string, suffix = ''): Promise<number> {
  const before = process.cpuUsage();
  await codesOf(text, suffix);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** How many things make a document of so many characters. */
function countFor(make: Growing, characters: number): number {
  let n = 4;
  while (n < characters && make(n).length < characters) n *= 2;
  return n / 2;
}

const kinds = Object.entries(growing).flatMap(([notation, makers]) =>
  Object.entries(makers).map(([kind, make]) => [`${notation}.${kind}`, make] as const),
);

// Others may disturb a measurement of time, so CI does not depend on these: `npm run test:thorough` runs them.
const inProportionTo = 'four times as many things take about four times as long';
if (askedEffort !== 'thorough') test.skip(`${inProportionTo}: npm run test:thorough runs it`, () => undefined);
else
  describe(inProportionTo, () => {
    test.each(kinds)('%s', async (_, make) => {
      const n = countFor(make, 6000);
      await timeOf(make(n));
      // Quadratic growth is 16 times; a tenth of a second is too short to measure. Disturbances of a measurement are
      // rare.
      const inProportion = async (): Promise<boolean> => {
        const [once, twice, fourTimes] = [await timeOf(make(n)), await timeOf(make(2 * n)), await timeOf(make(4 * n))];
        return twice < 3 * once + 50 && fourTimes < 9 * once + 100;
      };
      expect((await inProportion()) || (await inProportion()) || (await inProportion())).toBe(true);
    });

    test.each(Object.entries(malformedTexts))('a long token in malformed %s', async (notation, makers) => {
      const suffix = suffixes[notation] ?? '';
      const slow: string[] = [];
      for (const [kind, make] of Object.entries(makers)) {
        const inProportion = async (): Promise<boolean> => {
          const fourTimes = await timeOf(make(40_000), suffix);
          // Too short to measure proportions: a quadratic pattern takes a second.
          if (fourTimes < 300) return true;
          const [once, twice] = [await timeOf(make(10_000), suffix), await timeOf(make(20_000), suffix)];
          return twice < 3 * once + 50 && fourTimes < 9 * once + 100;
        };
        if (!((await inProportion()) || (await inProportion()) || (await inProportion()))) slow.push(kind);
      }
      expect(slow).toEqual([]);
    });

    test('Synapses, each with a type of its own', async () => {
      const make = growing['brian']!['differentSynapses']!;
      await timeOf(make(100));
      // Where each looks at all others, 4,000 take eight times as long as 1,000.
      const inProportion = async (): Promise<boolean> => (await timeOf(make(4000))) < 6 * (await timeOf(make(1000)));
      expect((await inProportion()) || (await inProportion())).toBe(true);
    });

    describe('chains of definitions are converted in time that grows with their length', () => {
      const cases = [
        ['derivedChain', 'pynn'],
        ['derivedInReverse', 'pynn'],
        ['parametersOfParameters', 'pynn'],
        ['derivedAtStages', 'lems'],
      ] as const;
      test.each(cases)('%s to %s', async (kind, to) => {
        const timeOfConversion = async (n: number): Promise<number> => {
          const { valid } = importModel(source(growing['canonical']![kind]!(n)));
          const before = process.cpuUsage();
          await convertModel(valid, to).catch((error: unknown) => {
            if (!(error instanceof DiagnosticError)) throw error;
          });
          return process.cpuUsage(before).user / 1e3;
        };
        await timeOfConversion(10);
        // Four times the length takes 16 times as long at quadratic growth and 64 times at cubic growth.
        expect(await timeOfConversion(1000)).toBeLessThan(32 * (await timeOfConversion(250)));
      });
    });
  });

// A search from the first name for each would take half an hour.
test('the 4,000 recordings of one variable have names of their own', async () => {
  expect(await codesOf(growing['canonical']!['recordedVariables']!(4000))).toEqual([]);
});

describe('beyond a limit', () => {
  const { equations, xml, yaml } = growing;
  test.each([
    ['equations', equations!['apart']!(1001), 'model/too-many-equations'],
    ['attributes', xml!['attributes']!(501), 'xml/too-many-attributes'],
    ['nested lists', yaml!['nesting']!(101), 'read/too-deep'],
    ['nested calls', equations!['exps']!(501), 'lang/too-deep'],
    ['terms', equations!['terms']!(2000), 'lang/too-deep'],
    ['pairs of populations', growing['canonical']!['assemblyOfPopulations']!(201), 'draw/too-many-pieces'],
    ['derived variables that double', equations!['derivedDoubling']!(30), 'lang/too-large'],
  ])('%s are refused by name', async (_, text, code) => {
    expect(await codesOf(text)).toContain(code);
  });

  test('a conversion refuses code that grows too large when it is substituted', async () => {
    const doubling = Array.from({ length: 30 }, (_, k) => `y${k + 1} = y${k}*y${k} + y${k} : 1`);
    const model = ['dv/dt = -y30/(10*ms) : 1', 'y0 = v : 1', ...doubling].map((line) => `      ${line}\n`).join('');
    const { valid } = importModel(
      source(`format: interneuron/brian\nneuron_groups:\n  g:\n    N: 1\n    model: |\n${model}run: 1 ms\n`),
    );
    await expect(convertModel(valid, 'lems', {})).rejects.toThrow(/^lang\/too-large/);
  });

  test('coupled equations are refused if they are too many for their exact solution', async () => {
    expect(await codesOf(equations!['ring']!(80))).toContain('lower/method-refused');
  });
});

describe('expressions of the deepest nesting run', () => {
  const forms = Object.entries(growing['equations']!).filter(([kind]) => kind.startsWith('nested'));
  test.each([...forms, ['exps', growing['equations']!['exps']!] as const])('%s', async (_, make) => {
    let imported: ReturnType<typeof importModel>;
    try {
      imported = importModel(source(make(240)));
    } catch (error) {
      // Notations without such expressions, and forms of two levels each.
      if (!(error instanceof DiagnosticError)) throw error;
      return;
    }
    const refused = (await codesOf(make(240))).some((code) => /^(?:lower|draw)\/(?!not)/.test(code));
    const run = runModel(imported, { target: 'wasm', precision: 'float64', threads: 1, steps: 2 });
    if (refused) await expect(run).rejects.toThrow(DiagnosticError);
    else {
      const result = await run;
      if (result.kind === 'run') result.dispose();
    }
  });
});

describe('code of 1,000 parts runs, with the same bits on an engine as in the interpreter', () => {
  const { equations, canonical } = growing;
  test.each([
    ['statements of an operation', equations!['statementsOfOperation']!],
    ['statements of booleans', equations!['statementsOfBooleans']!],
    ['statements of a synapse', equations!['statementsOfSynapse']!],
    ['a chain of derived variables', canonical!['derivedChain']!],
    ['one in reverse', canonical!['derivedInReverse']!],
    ['one from a parameter that a phase sets', canonical!['derivedOfChangedParameter']!],
    ['one of a synapse', canonical!['derivedOfSynapse']!],
    ['one in a rate with stages', canonical!['derivedAtStages']!],
    ['a chain of parameters', canonical!['parametersOfParameters']!],
    ['one of values of a population', canonical!['valuesOfValues']!],
    ['one of parameters of the model', canonical!['modelParametersOfParameters']!],
  ])('%s', async (_, make) => {
    const imported = importModel(source(make(1000)));
    const fingerprints: string[] = [];
    for (const target of ['wasm', 'reference'] as const) {
      const result = await runModel(imported, { target, precision: 'float64', threads: 1, steps: 3 });
      if (result.kind !== 'run') throw new Error('the model did not run');
      fingerprints.push(result.record.fingerprint.total);
      result.dispose();
    }
    expect(fingerprints[0]).toBe(fingerprints[1]);
  });
});

test.each([
  ['derived variables', 'model/derived-cycle', `derived: { ${loop(2000)} }`, ''],
  ['parameters of the model', 'model/parameter-loop', '', `parameters: { ${loop(2000)} }\n`],
])('a circle of 2,000 %s is refused by name', async (_, code, type, model) => {
  const text = `interneuron: 1\n${model}neurons:\n  cell:\n    state: { v: 0 }\n    ${type}\npopulations: { a: { type: cell, size: 1 } }\n`;
  expect(await codesOf(text)).toContain(code);
  // Of so long a loop the ends are shown.
  const { diagnostics } = await validateModel(source(text)).catch((error: unknown) => error as DiagnosticError);
  for (const { message } of diagnostics) expect(message.length).toBeLessThan(200);
});

test('a folder for temporary files that is not there is an error of usage', () => {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = '/dev/null/none';
  try {
    expect(() => temporaryFolder('verify')).toThrow(UsageError);
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
});
