/**
 * Compares mechanisms under voltage clamp with NEURON, whose results bench/nmodl_clamp.py has written:
 *
 *     npx tsx bench/nmodl-clamp.ts FOLDER results.json
 *
 * For each .mod file of the folder: states and the membrane current 0.5, 2.2, 5 and 20 ms after steps from -65 mV to
 * -100 to 50 mV, at three temperatures. Ours are extrapolated from three time steps. Prints the largest difference of
 * each file, as a part of the largest value of the state or the current, and the files that are refused or differ by
 * more than 1e-6.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseExpression } from '../src/lang/parse.js';
import { unitOf } from '../src/lang/units.js';
import { valueAt } from '../src/library/recognise/numbers.js';
import { openModel } from '../src/session/open-model.js';
import { importModel, readSource } from '../src/pipeline/pipeline.js';

interface Row {
  readonly celsius: number;
  readonly v: number;
  readonly time: number;
  readonly states: readonly number[];
  readonly names: readonly string[];
  readonly current: number;
  readonly ions: Readonly<Record<string, number>>;
}

type Found =
  | { readonly kind: string; readonly name: string; readonly calcium: boolean; readonly rows: readonly Row[] }
  | { readonly failed: unknown };

interface Equations {
  readonly parameters: Readonly<Record<string, { readonly value: number }>>;
  readonly state: Readonly<Record<string, { readonly unit: string }>>;
  readonly derived: Readonly<Record<string, { readonly value: string }>>;
  readonly writes?: Readonly<Record<string, string>>;
  readonly contributes?: Readonly<Record<string, string>>;
}

const [folder = '', results = ''] = process.argv.slice(2);
const limit = 1e-6;
const recorded = JSON.parse(readFileSync(results, 'utf8').replaceAll('NaN', 'null')) as Readonly<Record<string, Found>>;
const work = mkdtempSync(path.join(tmpdir(), 'nmodl-clamp-'));
/** Area of the compartment in m2. */
const area = Math.PI * 20e-6 * 20e-6;

/** Returns a document with a cell for each potential, with the mechanism of a file. */
function documentOf(
  file: string,
  weight: string | undefined,
  { kind, calcium }: { readonly kind: string; readonly calcium: boolean },
  celsius: number,
  cells: number,
): unknown {
  const isSynapse = kind !== 'SUFFIX';
  const mechanisms = {
    ...(isSynapse ? {} : { x: { nmodl: file } }),
    ...(calcium ? { source: { reads: [], writes: { i_ca: '1e-3*mA/cm**2' } } } : {}),
  };
  const sections = {
    soma: {
      length: '20 um',
      diameter: '20 um',
      divisions: 1,
      specificCapacitance: '1e12 uF/cm**2',
      resistivity: '100 ohm*cm',
    },
  };
  return {
    interneuron: 1,
    neurons: {
      cell: {
        compartments: { sections, mechanisms, initial: '-65 mV', temperature: `${celsius + 273.15} kelvin` },
        inputs: { I: { unit: 'A', reduce: 'sum' } },
        method: 'cable-then-gates',
      },
    },
    populations: {
      cell: { type: 'cell', size: cells },
      ...(isSynapse ? { source: { size: 1, spikes: { indices: [0, 0, 0], times: [0.001, 0.0015, 0.007] } } } : {}),
    },
    ...(isSynapse
      ? {
          synapses: { x: { nmodl: file } },
          projections: {
            p: {
              from: 'source',
              to: { of: 'cell', places: { section: 'soma', fraction: 0.5 } },
              synapse: 'x',
              connect: 'all',
              delay: '1 ms',
              receptor: 'I',
              ...(weight === undefined ? {} : { values: { [weight]: 1 } }),
            },
          },
        }
      : {}),
    experiment: { dt: '0.01 ms', duration: '1 ms' },
  };
}

/** Samples of a variable by name: of each cell at each time. */
type Samples = ReadonlyMap<string, (cell: number, time: number) => number>;

/** Runs a document from a potential of each cell. */
async function run(document: object, v: readonly number[], states: object[], dt: number): Promise<Samples> {
  const file = path.join(work, 'model.json');
  writeFileSync(file, JSON.stringify({ ...document, record: states }));
  const session = openModel(importModel(readSource(file), { dt: `${dt} ms`, allowPaths: ['/'] }));
  await session.set({ 'cell.v': v.map((one) => one * 1e-3) });
  await session.run(0.0201);
  const { samples } = await session.take();
  await session.dispose();
  return new Map(
    samples.map(({ variable, values }) => [
      variable,
      (cell: number, time: number) => Number(values[Math.round(time / dt) * v.length + cell]),
    ]),
  );
}

/** Returns the outward current in mA/cm2 of mechanisms at a row of NEURON, with our values of the states. */
function currentOf(all: readonly [string, Equations][], row: Row, states: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const [key, { parameters, derived, writes = {}, contributes = {} }] of all) {
    if (key === 'source') continue;
    const value = (name: string): number => {
      const definition = derived[name];
      if (definition) return of(definition.value);
      const state = states.get(`${key}.${name}`);
      if (state !== undefined) return state;
      const [, ion, level, side] = /^(?:e_(\w+)|(\w+)_([io]))$/.exec(name) ?? [];
      if (ion !== undefined && row.ions[`e${ion}`] !== undefined) return (row.ions[`e${ion}`] ?? NaN) * 1e-3;
      if (level !== undefined && row.ions[`${level}${side}`] !== undefined) return row.ions[`${level}${side}`] ?? NaN;
      const around = {
        v: row.v * 1e-3,
        'post.v': row.v * 1e-3,
        temperature: row.celsius + 273.15,
        t: row.time * 1e-3,
        area,
      };
      return parameters[name]?.value ?? around[name as 'v'] ?? unit(name);
    };
    const of = (e: string): number => valueAt(parseExpression(e), value);
    for (const [port, current] of Object.entries(writes)) if (/^i(?:_|$)/.test(port)) total -= of(current) * 0.1;
    for (const current of Object.values(contributes)) total -= (of(current) / area) * 0.1;
  }
  return total;
}

/** Returns the size of a unit in SI. */
function unit(name: string): number {
  const { numerator, denominator } = unitOf(name)?.scale ?? { numerator: NaN, denominator: 1 };
  return Number(numerator) / Number(denominator);
}

/** Returns the largest difference of a file, and its place. */
async function differenceOf(file: string, found: Extract<Found, { rows: unknown }>): Promise<[number, string]> {
  const isSynapse = found.kind !== 'SUFFIX';
  const text = readFileSync(path.join(folder, file), 'latin1');
  const v = [...new Set(found.rows.map((row) => row.v))];
  let worst: [number, string] = [0, ''];
  for (const celsius of new Set(found.rows.map((row) => row.celsius))) {
    const [, weight] = /\bNET_RECEIVE\s*\(\s*(\w+)/.exec(text) ?? [];
    const document = documentOf(path.resolve(folder, file), weight, found, celsius, v.length) as object;
    const probe = path.join(work, 'model.json');
    writeFileSync(probe, JSON.stringify(document));
    const { model } = importModel(readSource(probe), { allowPaths: ['/'] }).valid;
    const own = isSynapse ? model.synapses : (model.neurons['cell']?.compartments?.mechanisms ?? {});
    const all = Object.entries(own) as unknown as [string, Equations][];
    const names = all.flatMap(([key, { state }]) => Object.keys(state).map((name) => [key, name] as const));
    const variables = names.map(([key, name]) => (isSynapse ? name : `${key}.${name}`));
    const record = variables.length === 0 ? [] : [{ of: isSynapse ? { projection: 'p' } : 'cell', variables }];
    // Reactions are advanced to first order, and need shorter steps.
    const dt = /\bKINETIC\b/.test(text) ? 0.001 : 0.01;
    const runs = [await run(document, v, record, dt), await run(document, v, record, dt / 2)];
    runs.push(await run(document, v, record, dt / 4));
    const rows = found.rows.filter((row) => row.celsius === celsius);
    const ours = (row: Row): Map<string, number> =>
      new Map(
        names.map(([key, name], k) => {
          const at = (samples: Samples): number => samples.get(variables[k] ?? '')?.(v.indexOf(row.v), row.time) ?? NaN;
          const [a = NaN, b = NaN, c = NaN] = runs.map(at);
          return [`${key}.${name}`, (4 * (2 * c - b) - (2 * b - a)) / 3];
        }),
      );
    const values = rows.map(ours);
    const scaleOf = (of: (row: Row) => number, least: number): number =>
      Math.max(...rows.map((row) => Math.abs(of(row))), least);
    for (const [k, name] of (rows[0]?.names ?? []).entries()) {
      const found = names.find(([, one]) => one === name || one === `${name}_`);
      if (!found) continue;
      const [key, one] = found;
      const isNumber = (all.find(([each]) => each === key)?.[1].state[one]?.unit ?? '1') === '1';
      const factor = isNumber ? 1 : declaredScale(text, name);
      const scale = scaleOf((row) => Math.max(...row.states.map(Math.abs)), 1e-9);
      for (const [n, row] of rows.entries()) {
        const apart = Math.abs((values[n]?.get(`${key}.${one}`) ?? NaN) / factor - (row.states[k] ?? NaN)) / scale;
        if (!(apart <= worst[0])) worst = [apart, `${name} at ${row.v} mV, ${row.celsius} degC, ${row.time} ms`];
      }
    }
    // NEURON's currents have rounding errors of 1e-13 mA/cm2.
    const scale = scaleOf((row) => row.current, 1e-6);
    for (const [n, row] of rows.entries()) {
      const apart = Math.abs(currentOf(all, row, values[n] ?? new Map()) - row.current) / scale;
      if (!(apart <= worst[0])) worst = [apart, `current at ${row.v} mV, ${row.celsius} degC, ${row.time} ms`];
    }
  }
  return worst;
}

/** Returns the size in SI of the unit in which a file declares a state. */
function declaredScale(text: string, state: string): number {
  const [, written] = new RegExp(`\\b${state.replace(/_\d+$/, '')}(?:\\[\\w+\\])?\\s*\\((\\w+)\\)`).exec(text) ?? [];
  return (
    ({ uS: 1e-6, umho: 1e-6, microsiemens: 1e-6, mM: 1, uM: 1e-3, mV: 1e-3, ms: 1e-3, nA: 1e-9 } as const)[
      written as 'uS'
    ] ?? 1
  );
}

const counts = { same: 0, different: 0, refused: 0, skipped: 0 };
for (const [file, found] of Object.entries(recorded)) {
  if ('failed' in found) {
    counts.skipped++;
    console.log(`skipped    ${file}: ${String(found.failed)}`);
    continue;
  }
  try {
    const [apart, at] = await differenceOf(file, found);
    counts[apart <= limit ? 'same' : 'different']++;
    console.log(`${apart <= limit ? 'same     ' : 'DIFFERENT'}  ${file}: ${apart.toExponential(1)} ${at}`);
  } catch (error) {
    counts.refused++;
    console.log(`refused    ${file}: ${(error as Error).message.split('\n')[0]}`);
  }
}
rmSync(work, { recursive: true });
console.log(JSON.stringify(counts));
