/** Slips of a caller in JavaScript, which has no types: each is a UsageError that names the option. */

import { describe, expect, it } from 'vitest';
import * as interneuron from '../src/index.js';

const { importModel, readSource, UsageError } = interneuron;
const path = 'fixtures/readme/first-steps.yaml';
const source = readSource(path);
const imported = importModel(source, { duration: '10 ms' });
const result = await interneuron.runModel(imported);
if (result.kind === 'run') result.dispose();
// Without types, as in JavaScript.
const call = interneuron as unknown as Record<string, (...given: readonly unknown[]) => unknown>;

const slips: readonly [name: string, given: readonly unknown[], message: string, hint?: string][] = [
  ['readSource', [], "readSource takes text, such as 'model.yaml', not undefined"],
  ['importModel', [], 'importModel takes what readSource returns, not undefined'],
  [
    'importModel',
    [path],
    `importModel takes what readSource returns, not '${path}'`,
    'importModel(readSource(path)) reads a file',
  ],
  ['importModel', [source, { sed: '7' }], 'importModel has no option sed', 'did you mean set or seed?'],
  ['importModel', [source, { seed: 7 }], "seed takes text, such as '7', not 7"],
  ['importModel', [source, { dt: 0.1 }], "dt takes text, such as '0.1 ms', not 0.1"],
  ['importModel', [source, { record: 'cells:v' }], "record takes a list of texts, such as ['cells:v@1ms'], not 'cells:v'"],
  ['importModel', [source, { set: 'w=1 mV' }], "set takes an object of texts, such as { g: '4 nS' }, not 'w=1 mV'"],
  ['importModel', [source, { timing: 'gird' }], "timing takes one of brian, grid, lems-euler, not 'gird'"],
  ['importModel', [source, 7], 'importModel takes an object of options, not 7'],
  ['hashModel', [imported], 'hashModel takes the property valid.model of a model that importModel returns, not another object'],
  ['runModel', [source], 'runModel takes a model that importModel returns, not another object'],
  ['runModel', [imported, { threds: 2 }], 'runModel has no option threds', 'did you mean threads?'],
  ['runModel', [imported, { threads: '2' }], "threads takes a number, not '2'"],
  ['runModel', [imported, { precision: 'double' }], "precision takes one of float64, float32, not 'double'"],
  ['runModel', [imported, { outputs: 'x.nwb' }], "outputs takes a list of texts, such as ['result.nwb'], not 'x.nwb'"],
  ['runModel', [imported, { subject: { specis: 'cat' } }], 'subject has no field specis', 'did you mean species?'],
  ['runModel', [imported, { onProgress: 3 }], 'onProgress takes a function, not 3'],
  ['runModel', [imported, { steps: -1 }], 'steps takes a whole number of 0 or more, not -1'],
  ['runModel', [imported, { checkpoint: '60 s' }], "checkpoint takes { folder: 'run.checkpoint', seconds: 60 }, not '60 s'"],
  ['runModel', [imported, { signal: true }], 'signal takes the signal of an AbortController, not true'],
  ['openModel', [source], 'openModel takes a model that importModel returns, not another object'],
  ['openModel', [imported, { targt: 'c' }], 'openModel has no option targt', 'did you mean target or start?'],
  ['openModel', [imported, null], 'openModel takes an object of options, not null'],
  ['runReport', [imported, result], 'runReport takes seconds as a number, not undefined'],
  ['runReport', [imported, undefined, 1], 'runReport takes what runModel returns, not undefined'],
  [
    'convertModel',
    [imported, 'brian'],
    'convertModel takes the property valid of a model that importModel returns, not another object',
  ],
  [
    'convertModel',
    [imported.valid, 'brain'],
    "convertModel takes one of canonical, brian, brian-json, pynn, pynn-nestml, pynn-json, lems, neuroml, swc, nir, sonata, nmodl, nestml, not 'brain'",
  ],
  ['convertModel', [imported.valid, 'brian', { freze: true }], 'convertModel has no option freze', 'did you mean freeze?'],
  ['convertModel', [imported.valid, 'brian', { freeze: 'yes' }], "freeze takes true or false, not 'yes'"],
['validate', ['x.yaml'], "validateModel takes what readSource returns, not 'x.yaml'", 'validateModel(readSource(path)) reads a file'],
  ['describe', [imported, { format: 'swc' }], "format takes one of markdown, latex, html, not 'swc'"],
  ['compare', ['a.nwb'], "compare takes text, such as 'b.nwb', not undefined"],
  ['compare', ['a.nwb', 'b.nwb', { wihtin: '1 ms' }], 'compare has no option wihtin', 'did you mean within?'],
  ['plot', ['a.nwb', { kind: 'rastr' }], "kind takes one of raster, rates, traces, weights, connectivity, network, gates, morphology, not 'rastr'"],
  ['verifyResult', [], "verifyResult takes text, such as 'result.nwb', not undefined"],
  ['verifyResult', ['x.nwb', { targt: 'c' }], 'verifyResult has no option targt', 'did you mean target?'],
  ['renderDiagnostics', ['x'], "renderDiagnostics takes a list of diagnostics, not 'x'"],
  ['renderDiagnostics', [[], { color: true }], 'renderDiagnostics has no option color', 'did you mean colour?'],
]; // prettier-ignore

describe('a slip in a call', () => {
  it.each(slips)('of %s is a usage error (%#)', async (name, given, message, hint) => {
    const thrown: unknown = await (async () => call[name]?.(...given))().then(
      () => 'nothing',
      (error: unknown) => error,
    );
    expect(thrown).toBeInstanceOf(UsageError);
    expect(thrown).toMatchObject({ message, ...(hint === undefined ? {} : { hint }) });
  });

  it('of every public function with arguments is tried', () => {
    const functions = Object.entries(interneuron)
      .filter(([name, value]) => typeof value === 'function' && !/Error$|^probe/.test(name))
      .map(([name]) => name);
    expect([...new Set(slips.map(([name]) => name))].sort()).toEqual(functions.sort());
  });

  it('several in one call are all reported', () => {
    expect(() => call['importModel']?.(source, { sed: '7', dt: 1 })).toThrow(
      expect.objectContaining({ others: [expect.objectContaining({ message: expect.stringContaining('dt takes') })] }),
    );
  });

  it('of a session is a usage error', async () => {
    const session = interneuron.openModel(imported);
    await expect(session.run(0.001, { onProgress: 3 } as never)).rejects.toThrow('onProgress takes a function, not 3');
    await expect(session.extend(3 as never)).rejects.toThrow('extend takes a model that importModel returns, not 3');
    await session.dispose();
  });
});
