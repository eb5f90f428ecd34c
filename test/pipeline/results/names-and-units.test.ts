/**
 * Names of a model that are symbols of units. One model has two documents that differ only in a name: a name that is no
 * symbol, and one that is. All numbers of their results are the same, since a name mistaken for a unit would be a
 * number.
 */

import { fc } from '../../support/property.js';
import { describe, expect, test } from 'vitest';
import { DiagnosticError, UsageError } from '../../../src/diagnostics/diagnostic.js';
import { canonicalUnitNames } from '../../../src/lang/dimension.js';
import { isKeyword } from '../../../src/lang/parse-expression.js';
import { UniqueNames } from '../../../src/model/free-name.js';
import { commonUnitNames, unitInText } from '../../../src/lang/units.js';
import { convertModel, type TargetNotation } from '../../../src/convert/convert.js';
import { importModel, type ImportedModel, type ImportOptions } from '../../../src/pipeline/pipeline.js';
import { brianUnits } from '../../../translators/brian/units.js';
import '../../../translators/neuroml/road.js';
import '../../../translators/brian/road.js';
import '../../../translators/pynn/road.js';

const prefixes = [...'YZEPTGMkhdcmunpfazy', 'da'];
const unprefixed = [
  ...commonUnitNames(),
  ...[
    'g',
    'K',
    'mol',
    'cd',
    'N',
    'Pa',
    'J',
    'W',
    'C',
    'Ohm',
    'Wb',
    'T',
    'H',
    'lm',
    'lx',
    'Bq',
    'Gy',
    'Sv',
    'kat',
    'rad',
  ],
  ...['L', 'l', 'min', 'h', 'd'],
];
/** Symbols and long names of all units, with all prefixes, squared and cubed. */
const symbols = [...new Set(['', ...prefixes].flatMap((prefix) => unprefixed.map((unit) => prefix + unit)))]
  .flatMap((unit) => ['', '2', '3'].map((power) => unit + power))
  .filter((name) => unitInText(name) !== undefined && !canonicalUnitNames.has(name) && !isKeyword(name));

/** No symbol of a unit. */
const plain = 'quux';

/** A canonical model: a parameter of the model, or of a type, has the name; all quantities have long units. */
const canonical = {
  'a parameter of the model': (n: string) => `
interneuron: 1
parameters: { ${n}: 0.5, four: 4*${n}, len: 3*${n}*metre }
neurons:
  cell:
    parameters: { tau: { unit: second, value: 4*second*${n} }, w: ${n}*3, far: len }
    state: { v: 3*${n} }
    derived: { q: 4*${n} + ${n}*4 + 2*v + four }
    derivatives: { v: (q - v)/tau }
    events: { spike: { when: v > 12*${n}, do: [v = 4*${n} - 2], refractory: 4*${n}*second } }
populations: { p: { type: cell, size: 3, values: { w: 4*${n} + i, v: 7*${n}*uniform() } } }
synapses: { s: { parameters: { k: 5*${n} }, pathways: { pre: { do: ["post.v += k*${n}"], delay: 4*${n}*second } } } }
projections: { r: { from: p, to: p, synapse: s, connect: { rule: pairs, p: 0.4*${n} }, values: { k: 3*${n}*(i+1) } } }
experiment: { dt: 0.1 second, protocol: [run: 1 second, { set: { p.v: 4*${n} } }, run: 1 second] }
`,
  'a parameter of a type': (n: string) => `
interneuron: 1
neurons:
  cell:
    parameters: { ${n}: 0.5, tau: { unit: second, value: 4*second*${n} }, w: ${n}*3 }
    state: { v: 3*${n} }
    derived: { q: 4*${n} + ${n}*4 + 2*v }
    derivatives: { v: (q - v)/tau }
    events: { spike: { when: v > 12*${n}, do: [v = 4*${n} - 2], refractory: 4*${n}*second } }
populations: { p: { type: cell, size: 3, values: { ${n}: 0.25, w: 4*${n} + i, v: 7*${n}*uniform() } } }
synapses:
  s: { parameters: { k: 5, ${n}: 3 }, pathways: { pre: { do: ["post.v += k*${n}*2 + 3*pre.${n}"], delay: 4 second } } }
projections: { r: { from: p, to: p, synapse: s, connect: { rule: pairs, p: 0.4 }, values: { k: 3*${n}*(i+1) } } }
experiment: { dt: 0.1 second, protocol: [run: 1 second, { set: { p.v: 4*${n} } }, run: 1 second, { set: { p.${n}: 1 } }, run: 1 second] }
`,
  'a state': (n: string) => `
interneuron: 1
neurons:
  cell:
    parameters: { tau: 10 second }
    state: { ${n}: 3, v: 4*${n} }
    derivatives: { ${n}: -3*${n}/tau, v: (4*${n} - v)/tau }
    events: { spike: { when: 3*${n} > 2, do: [v = 4*${n} - 2, ${n} = 2*${n}] } }
populations: { p: { type: cell, size: 3, values: { v: 2*${n} } } }
operations: { o: { on: p, every: 0.2 second, do: [v = 4*${n}] } }
record: [{ of: p, variables: [v, ${n}] }]
experiment: { dt: 0.1 second, protocol: [run: 1 second] }
`,
} satisfies Record<string, (name: string) => string>;

const brian = (n: string): string => `
format: interneuron/brian
namespace: { ${n}: 0.5, tau: 4*${n}*second, four: 2*${n} }
neuron_groups:
  G:
    N: 3
    model: |
      dv/dt = (4*${n} + ${n}*4 - v)/tau : 1 (unless refractory)
      u : 1
    threshold: v > 12*${n}
    reset: v = 3*${n}
    refractory: 4*${n}*second
    initializers: { v: 4*${n}, u: 3*${n}*i + four }
    run_regularly: [{ code: v = 2*${n}, dt: 2*${n}*second }]
synapses:
  S: { source: G, model: 'k : 1', on_pre: v += 2*${n}*k, connect: { p: 0.4*${n} }, delay: 4*${n}*second, initializers: { k: 3*${n} } }
run: 8*${n}*second
`;

/** A cell with a standard type in PyNN, and with values that read one another. */
const standard = (n: string): string => `
interneuron: 1
neurons:
  cell:
    parameters:
      { ${n}: 0.5, tau: 10 msecond, e: -65 mvolt, c: 1 nfarad, r: -65 mvolt, th: -50 mvolt, ref: 2 msecond, ts: 5 msecond, ti: 5 msecond }
    inputs: { I: namp }
    state: { v: { unit: mvolt, initial: e }, a: { unit: namp }, b: { unit: namp } }
    derivatives: { v: (e - v)/tau + (a + b + I)/c, a: -a/ts, b: -b/ti }
    events: { spike: { when: v > th, do: [v = r], refractory: { for: ref, rate: [v], writes: block } } }
populations:
  p: { type: cell, size: 3, values: { ${n}: 0.25, ref: 4*${n}*msecond, ts: 3*${n}*msecond + i*msecond, v: -60*mvolt - 3*${n}*mvolt } }
stimuli: { stim: { kind: current, to: p, input: I, value: "8*${n}*namp if t > 3*msecond - dt/2 and t < 5*msecond - dt/2 else 0*namp" } }
experiment: { dt: 0.1 msecond, protocol: [run: 1 msecond, { set: { p.ts: 16*${n}*msecond } }, run: 1 msecond] }
`;

/** All numbers of a text, in order. */
const numbersIn = (text: string): string =>
  [...text.matchAll(/(?<![\w.])\d+(?:\.\d+)?(?:e[-+]?\d+)?/g)].map(([number]) => Number(number)).join(' ');

const read = (text: string, options: ImportOptions = {}): ImportedModel => importModel({ name: 'm', text }, options);

function modelNumbers({ valid }: ImportedModel): string {
  const { annotations: _, ...model } = valid.model;
  return numbersIn(JSON.stringify(model));
}

/** Returns the outcome of a document, or that its name is refused. */
async function outcome(of: () => string | Promise<string>): Promise<string> {
  try {
    return await of();
  } catch (error) {
    if (error instanceof DiagnosticError && error.diagnostics.some(({ code }) => code.endsWith('/reserved-name')))
      return 'reserved';
    throw error;
  }
}

/** A fixed few of the thousands of symbols, the short ones more often. */
const few = fc.oneof(fc.constantFrom(...symbols.filter((name) => name.length < 4)), fc.constantFrom(...symbols));

function holdsFor(of: (name: string) => string | Promise<string>, runs: number): Promise<void> {
  return fc.assert(
    fc.asyncProperty(few, async (symbol) => {
      const found = await outcome(() => of(symbol));
      if (found !== 'reserved') expect(found, symbol).toBe(await outcome(() => of(plain)));
    }),
    { numRuns: runs, seed: 1 },
  );
}

test('there are symbols of every kind', () => {
  expect(symbols.length).toBeGreaterThan(1000);
  for (const name of [
    'h',
    'm',
    'S',
    'A',
    'C',
    'g',
    's',
    'H',
    'J',
    'K',
    'mV',
    'uS',
    'kHz',
    'um2',
    'cm3',
    'mmole',
    'dag',
  ])
    expect(symbols, name).toContain(name);
});

describe('a name that a model defines is never a unit', () => {
  test.each(Object.entries(canonical))('in a canonical model: %s', async (_, document) => {
    await holdsFor((name) => modelNumbers(read(document(name))), 30);
  });

  test('in a Brian-like specification', async () => {
    await holdsFor((name) => modelNumbers(read(brian(name))), 30);
  });

  const given: readonly ImportOptions[] = ['4*NAME', '2*second*NAME', '-3*NAME + 1'].flatMap((value) => [
    { set: { 'G.u': value.replace('*second', '') } },
    { set: { four: value.replace('*second', '') } },
    { set: { 'S.k': value.replace('*second', '') } },
    { record: ['G:u@0.5*NAME*second'] },
  ]);
  const withName = (options: ImportOptions, name: string): ImportOptions =>
    JSON.parse(JSON.stringify(options).replaceAll('NAME', name)) as ImportOptions;

  test.each(given)('in options for a Brian-like specification: %j', async (options) => {
    await holdsFor((name) => modelNumbers(read(brian(name), withName(options, name))), 8);
  });

  test.each([{ set: { four: '3*NAME' } }, { set: { 'p.w': '3*NAME' } }, { set: { 'r.k': '3*NAME' } }])(
    'in options for a canonical model: %j',
    async (options) => {
      const document = canonical['a parameter of the model'];
      await holdsFor((name) => modelNumbers(read(document(name), withName(options, name))), 8);
    },
  );

  const models = { ...canonical, 'a standard cell': standard };
  const targets: readonly TargetNotation[] = ['canonical', 'brian', 'brian-json', 'pynn', 'pynn-json', 'lems'];
  test.each(
    Object.entries(models).flatMap(([what, document]) => targets.map((target) => [what, target, document] as const)),
  )('in what is exported: %s as %s', async (_, target, document) => {
    await holdsFor(
      async (name) => {
        // Further kept files depend on whether names had to change.
        const { files } = await convertModel(read(document(name)).valid, target);
        const text = String(files[0]?.text);
        // Written documents read again.
        const again = target === 'brian' || target === 'pynn' ? '' : await againNumbers(text);
        return `${numbersIn(text)} ${again}`;
      },
      target === 'lems' ? 3 : 6,
    );
  });
});

/** Returns the numbers of a model that was exported; none if it has no cells left. */
async function againNumbers(text: string): Promise<string> {
  return outcome(() => {
    try {
      return modelNumbers(read(text));
    } catch (error) {
      if (error instanceof DiagnosticError && text.includes('"populations": []')) return 'nothing to read';
      throw error;
    }
  });
}

test('PyNN calls the capacitance of a cell like a unit of length', async () => {
  const document = `{ "format": "interneuron/pynn", "version": 1, "pynn": "0.13", "name": "one",
    "setup": { "timestep": 0.1 }, "phases": [{ "run": 1 }],
    "populations": [{ "label": "p", "size": 2, "cell": { "type": "IF_curr_exp", "params": { "cm": 0.5 } } }] }`;
  const model = read(document, { set: { 'p.tau_syn_E': '2*msecond*cm/nfarad + i*msecond' } });
  const { report, files } = await convertModel(model.valid, 'pynn-json');
  expect(report.filter(({ verdict }) => verdict === 'notExpressible').map(({ message }) => message)).toEqual([
    'an expression of cm, i',
  ]);
  expect(String(files[0]?.text)).not.toContain('tau_syn_E');
});

test('times of options are quantities, as on the command line, so that no name of a model stands in them', () => {
  for (const options of [{ dt: '0.5*quux*second' }, { duration: '3*quux*second' }])
    expect(() => read(brian('quux'), options)).toThrow(UsageError);
});

describe('a warning names each place with a name that hides a unit', () => {
  const warnings = (text: string, options: ImportOptions = {}): readonly string[] =>
    read(text, options).diagnostics.flatMap(({ code, place }) =>
      code === 'lang/unit-shadowed' ? [place?.document ?? ''] : [],
    );

  test('in options, of every notation', () => {
    const canonicalText = `
interneuron: 1
parameters: { m: 2 umetre }
neurons: { cell: { parameters: { far: 1 metre }, state: { v: 0 }, derivatives: { v: -v/second } } }
populations: { p: { type: cell, size: 1 } }
experiment: { dt: 0.1 second, protocol: [run: 1 second] }
`;
    expect(warnings(canonicalText)).toEqual([]);
    expect(warnings(canonicalText, { set: { 'p.far': '3*m' } })).toEqual(['--set p.far=3*m']);
    const brianText = `
format: interneuron/brian
namespace: { s: 0.5 ms }
neuron_groups: { G: { N: 1, model: "u : second" } }
run: 1 ms
`;
    expect(warnings(brianText, { set: { 'G.u': '3*s' } })).toEqual(['--set G.u=3*s']);
    expect(warnings(brianText, { duration: '3 s' })).toEqual(['--duration 3 s']);
  });
});

test("Brian's own units cannot be names of a specification", () => {
  for (const name of symbols.filter((symbol) => brianUnits.has(symbol)).slice(0, 50))
    expect(() => read(brian(name)), name).toThrow(DiagnosticError);
});

test('assigned names are free, and as wanted if possible', () => {
  // Few letters and endings such as a collision would get, so that collisions happen.
  const name = fc.stringMatching(/^[ab](_[23])?$/);
  fc.assert(
    fc.property(fc.array(name, { maxLength: 6 }), fc.array(name, { maxLength: 12 }), (taken, wanted) => {
      const names = new UniqueNames(taken);
      const gone = new Set(taken);
      for (const one of wanted) {
        const given = names.take(one);
        expect(gone.has(given)).toBe(false);
        if (!gone.has(one)) expect(given).toBe(one);
        else expect(given).toMatch(new RegExp(`^${one}_[0-9]+$`));
        gone.add(given);
      }
    }),
  );
});
