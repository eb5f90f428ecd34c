/**
 * Compares neurons in NESTML with NEST's compiled models: `score.mts FOLDER MODULE [ONLY [TOLERANCE [SCALE]]]`.
 *
 * FOLDER holds files with one neuron each, MODULE is their compiled module in a folder of LTDL_LIBRARY_PATH. Prints a
 * line for each file: whether it is read and run, whether spikes are in the same steps, and the largest difference of a
 * variable relative to its largest value. Equal means below 1e-3. ONLY is a part of the names of files. NEST's adaptive
 * steps have TOLERANCE in place of 1e-6, and inputs are multiplied by SCALE.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DiagnosticError } from '../../src/diagnostics/diagnostic.js';
import { registerNotations } from '../../src/notations.js';
import {
  caseOf,
  differenceOf,
  modelIn,
  runHere,
  type NestCase,
  type NestOutcome,
} from '../../test/translators/nestml/nest-cases.js';

const [folder = '', module = '', only = '', tolerance, scale = '1'] = process.argv.slice(2);
const steps =
  tolerance === undefined ? {} : { gsl_abs_error_tol: Number(tolerance), gsl_rel_error_tol: Number(tolerance) };
registerNotations();

const settings = [
  { weight: 40, inhibition: 15, current: 120, constant: 0 },
  { weight: 20, inhibition: 10, current: -60, constant: 450 },
].map((all) => ({
  weight: all.weight * Number(scale),
  inhibition: all.inhibition * Number(scale),
  current: all.current * Number(scale),
  constant: all.constant * Number(scale),
}));

const files = readdirSync(folder)
  .filter((name) => name.endsWith('.nestml') && name.includes(only))
  .sort()
  .map((file) => ({ path: resolve(folder, file), model: modelIn(readFileSync(join(folder, file), 'utf8')) }));
const cases: NestCase[] = [];
const outcomes = new Map<NestCase, NestOutcome | Error>();
for (const { path, model } of files) {
  if (!model) continue;
  const numbers = new Set(
    model.state.flatMap(({ name, type }) => (/^(?:boolean|integer)$/.test(type.text) ? [] : [name])),
  );
  for (const given of settings.map((setting) => caseOf(model, setting))) {
    const here = await runHere(path, model, given).catch((error: unknown) => error as Error);
    // NEST's own first values may come from memory that is not set yet.
    const first =
      here instanceof Error
        ? []
        : Object.entries(here.variables).flatMap(([name, [value]]) => (numbers.has(name) ? [[name, value ?? 0]] : []));
    const one = { ...given, parameters: { ...Object.fromEntries(first), ...given.parameters, ...steps } };
    cases.push(one);
    outcomes.set(one, here);
  }
}
const input = join(mkdtempSync(join(tmpdir(), 'nestml-')), 'cases.json');
writeFileSync(input, JSON.stringify({ cases }));
const runner = join(import.meta.dirname, '../../test/interoperability/python/run_nestml_models.py');
const output = execFileSync('.venv-nestml/bin/python', [runner, input, module], { encoding: 'utf8', maxBuffer: 1e9 });
const there = JSON.parse(output.trim().split('\n').at(-1) ?? '[]') as readonly NestOutcome[];

let [runs, equal] = [0, 0];
for (const { path, model } of files) {
  try {
    if (!model) throw new Error('not read');
    const parts: string[] = [];
    let isEqual = true;
    for (const [k, given] of cases.entries()) {
      if (given.model !== model.name) continue;
      const other = there[k] as NestOutcome;
      if (other.error !== undefined) throw new Error(`NEST: ${other.error}`);
      const here = outcomes.get(given);
      if (!here || here instanceof Error) throw here ?? new Error('not run');
      const { spikes, isSame, variables } = differenceOf(here, other);
      const [worst] = Object.entries(variables).sort(([, a], [, b]) => (Number.isNaN(a) ? -1 : b - a));
      if (!isSame || (worst && !(worst[1] < 1e-3))) isEqual = false;
      parts.push(`${spikes} spikes ${isSame ? 'equal' : 'differ'}, ${worst?.[0]} ${worst?.[1].toExponential(1)}`);
    }
    runs++;
    if (isEqual) equal++;
    console.log(`${path}: ${isEqual ? 'equal' : 'DIFFERS'}: ${parts.join(' | ')}`);
  } catch (error) {
    const all = error instanceof DiagnosticError ? error.diagnostics : [];
    const [found] = all.filter(({ severity }) => severity === 'error');
    console.log(
      `${path}: NOT RUN: ${found ? `${found.message} (line ${found.place?.line})` : String(error).slice(0, 300)}`,
    );
  }
}
console.log(`${files.length} files, ${runs} run, ${equal} equal`);
