import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../src/lang/evaluate.js';
import { parseExpression } from '../../../src/lang/parse.js';
import { unitOf } from '../../../src/lang/units.js';
import { openModel } from '../../../src/session/open-model.js';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import type { Ion } from '../../../src/model/model.js';
import { temporaryFolder } from '../../support/command.js';

/** Potassium at NEURON's potential. */
const potassium: Ions = { k: { valence: 1, reversal: -0.077 } };

const folder = temporaryFolder();
const files = join(import.meta.dirname, 'files');

/** NEURON's results at one temperature and potential; recorded by record_rates.py. Potentials are in mV. */
interface Row {
  readonly celsius: number;
  readonly v: number;
  readonly states: readonly string[];
  readonly first: readonly number[];
  readonly values: readonly number[];
  /** Of the potential, then of the states, by ms. */
  readonly rates: readonly number[];
  readonly ions: Readonly<Record<string, number>>;
}

const recorded = JSON.parse(readFileSync(join(import.meta.dirname, '../../recorded/nmodl.json'), 'utf8')) as {
  readonly files: Readonly<Record<string, readonly Row[]>>;
  /** Potentials in mV by times in ms, after spikes at 10, 20, 30 and 40 ms. */
  readonly responses: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Potential in mV and states at each second ms of steps of 0.025 ms. */
  readonly steps: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
};

interface Mechanism {
  readonly parameters: Readonly<Record<string, { readonly value: number }>>;
  readonly state: Readonly<Record<string, { readonly initial: string | number; readonly unit: string }>>;
  readonly derived: Readonly<Record<string, { readonly value: string }>>;
  readonly derivatives: Readonly<Record<string, { readonly rate: string }>>;
  readonly writes?: Readonly<Record<string, string>>;
  readonly contributes?: Readonly<Record<string, string>>;
}

const functions: Readonly<Record<string, (x: number, y: number) => number>> = {
  exp: Math.exp,
  log: Math.log,
  pow: Math.pow,
  abs: Math.abs,
};

const siOf = (unit: string): number => {
  const { numerator, denominator } = unitOf(unit)?.scale ?? { numerator: 1n, denominator: 1n };
  return Number(numerator) / Number(denominator);
};

const soma = {
  ...{ length: '20 um', diameter: '20 um', divisions: 1 },
  ...{ specificCapacitance: '1 uF/cm**2', resistivity: '100 ohm*cm' },
};

/** Area of the compartment in m2. */
const area = Math.PI * 20e-6 * 20e-6;

type Ions = Readonly<Record<string, Pick<Ion, 'valence' | 'reversal'>>>;

/** Returns the reversal potential of an ion in V: a number of the model, or Nernst's from concentrations of a row. */
function potentialOf(ion: string, model: Ions[string] | undefined, { ions, celsius }: Row): number {
  if (model?.reversal !== 'nernst') return model?.reversal ?? NaN;
  const [inside = NaN, outside = NaN] = [ions[`${ion}i`], ions[`${ion}o`]];
  return ((8.31446261815324 * (celsius + 273.15)) / (model.valence * 96485.33212331001)) * Math.log(outside / inside);
}

/** Returns a function that evaluates expressions of a mechanism at the values of a row, in SI. */
function evaluator(mechanism: Mechanism, row: Row, isFirst: boolean, unit: (state: string) => number, ions: Ions) {
  const { parameters, state, derived } = mechanism;
  const around = (name: string): number => {
    const ion = /^e_(\w+)$/.exec(name)?.[1];
    if (ion !== undefined) return potentialOf(ion, ions[ion], row);
    const level = /^(\w+)_([io])$/.exec(name);
    if (level) return row.ions[`${level[1]}${level[2]}`] ?? NaN;
    if (name.startsWith('i_')) return 0;
    return { v: row.v * 1e-3, 'post.v': row.v * 1e-3, temperature: row.celsius + 273.15, t: 0 }[name] ?? siOf(name);
  };
  const value = (name: string): number => {
    const definition = derived[name];
    if (definition) return of(definition.value);
    const variable = state[name];
    const k = row.states.indexOf(name);
    if (variable && (isFirst || k < 0)) return of(variable.initial);
    if (variable) return (row.values[k] ?? NaN) * unit(name);
    return parameters[name]?.value ?? around(name);
  };
  const of = (e: string | number): number =>
    typeof e === 'number' ? e : evaluate(parseExpression(e), value, (name, [x = 0, y = 0]) => functions[name]?.(x, y));
  return of;
}

describe("first values, rates and currents equal NEURON's", () => {
  it.each(Object.entries(recorded.files))('of %s', (file, rows) => {
    const { model } = importModel(readSource(join(files, file))).valid;
    const [cell] = Object.values(model.neurons);
    const ions = cell?.compartments?.ions ?? {};
    const own = Object.values(cell?.compartments?.mechanisms ?? {});
    const mechanisms = (own.length > 0 ? own : Object.values(model.synapses)) as unknown as readonly Mechanism[];
    const units: Readonly<Record<string, number>> = { A: 1e-6, B: 1e-6, g: 1e-6 };
    const amounts: Readonly<Record<string, number>> = { pump: 1e4, pumpca: 1e4 };
    const unit = (state: string): number => (own.length === 0 ? units : amounts)[state] ?? 1;
    // NEURON takes one step of 1e9 ms to the steady state of a kinetic scheme, which leaves a difference of 1e-8.
    const digits = file === 'potassium_markov.mod' ? 7 : 12;
    for (const row of rows) {
      let slope = 0;
      for (const mechanism of mechanisms) {
        const first = evaluator(mechanism, row, true, unit, ions);
        const now = evaluator(mechanism, row, false, unit, ions);
        for (const [k, name] of row.states.entries()) {
          const variable = mechanism.state[name];
          const rate = mechanism.derivatives[name]?.rate;
          if (!variable || rate === undefined) continue;
          expect(first(variable.initial) / unit(name)).toBeCloseTo(row.first[k] ?? NaN, digits);
          const expected = row.rates[k + 1] ?? NaN;
          expect(Math.abs((now(rate) / unit(name)) * 1e-3 - expected)).toBeLessThan(
            1e-9 * Math.max(Math.abs(expected), 1e-2),
          );
        }
        for (const [port, current] of Object.entries(mechanism.writes ?? {}))
          if (port.startsWith('i')) slope += now(current) / 0.01;
        for (const current of Object.values(mechanism.contributes ?? {})) slope += now(current) / area / 0.01;
      }
      const [expected = NaN] = row.rates;
      expect(Math.abs(slope - expected)).toBeLessThan(1e-9 * Math.max(Math.abs(expected), 1e-2));
    }
    expect(rows.length).toBe(18);
  });

  it('of a gate that a PROCEDURE advances by a guarded exponential without units', () => {
    const text =
      'NEURON { SUFFIX x USEION k READ ek WRITE ik }\nPARAMETER { dt (ms) }\nASSIGNED { v (mV) ek (mV) ik (mA/cm2) ninf tau }\n' +
      'STATE { n }\nBREAKPOINT { SOLVE states ik = 0.01*n*(v - ek) }\nINITIAL { n = 0 }\nUNITSOFF\nPROCEDURE states() {\n' +
      ' ninf = 1/(1 + exp(-(v + 30)/8))\n tau = 5/(ninf + 1)/3\n n = n + (1 - guarded(-dt/tau))*(ninf - n)\n}\n' +
      'FUNCTION guarded(x) { if (x < -25) { guarded = 0 } else { guarded = exp(x) } }';
    const { model } = importModel({ name: 'x.mod', text }).valid;
    const mechanism = Object.values(model.neurons)[0]?.compartments?.mechanisms['x'] as unknown as Mechanism;
    const at = { celsius: 6.3, v: -30, states: ['n'], first: [0], values: [0.4], rates: [], ions: {} };
    // (0.5 - 0.4) by 10/9 ms.
    expect(evaluator(mechanism, at, false, () => 1, potassium)(mechanism.derivatives['n']?.rate ?? 0)).toBeCloseTo(
      90,
      9,
    );
  });

  it('of a gate that a PROCEDURE advances by 1 - exp(-dt/tau): it approaches its steady state', () => {
    const { model } = importModel(readSource(join(files, 'old_style.mod'))).valid;
    const mechanism = Object.values(model.neurons)[0]?.compartments?.mechanisms['oldk'] as unknown as Mechanism;
    const at = { celsius: 6.3, v: -30, states: ['n'], first: [0], values: [0.4], rates: [], ions: {} };
    const of = evaluator(mechanism, at, false, () => 1, potassium);
    // The rates of the file, at -30 mV.
    const alpha = (0.02 * -5) / (1 - Math.exp(5 / 9));
    const beta = (-0.002 * -5) / (1 - Math.exp(-5 / 9));
    expect(of(mechanism.derivatives['n']?.rate ?? 0)).toBeCloseTo(1000 * (alpha * 0.6 - beta * 0.4), 9);
    expect(of(mechanism.writes?.['i_k'] ?? 0)).toBeCloseTo(100 * 0.4 ** 4 * -0.047, 12);
  });
});

describe("potentials after spikes equal NEURON's", () => {
  it.each(Object.entries(recorded.responses))('through %s', async (file, expected) => {
    const times = Object.keys(expected).map(Number);
    const { model } = importModel(readSource(join(files, file))).valid;
    const { spikes: _, ...source } = model.populations['source'] ?? {};
    const document = {
      ...model,
      populations: {
        ...model.populations,
        source: { ...source, spikes: { indices: [0, 0, 0, 0], times: [0.01, 0.02, 0.03, 0.04] } },
      },
    };
    const path = folder.file(`${file}.json`);
    writeFileSync(path, JSON.stringify(document));
    const run = async (dt: number): Promise<readonly number[]> => {
      const session = openModel(importModel(readSource(path), { dt: `${dt} ms` }));
      await session.run(0.061);
      const { samples } = await session.take();
      await session.dispose();
      return times.map((time) => Number(samples[0]?.values[Math.round(time / dt)] ?? NaN) * 1e3);
    };
    const [coarse, fine] = [await run(0.005), await run(0.0025)];
    const found = times.map((time, k) => [time, 2 * (fine[k] ?? NaN) - (coarse[k] ?? NaN)] as const);
    for (const [time, v] of found) expect(v).toBeCloseTo(expected[time] ?? NaN, 3);
  });
});

describe("states of reactions equal NEURON's at its steps of 0.025 ms", () => {
  const run = async (file: string, variables: readonly string[], method: string, dt = '0.025 ms') => {
    const leak = { reads: ['v'], writes: { i: '0.001*siemens/cm**2*(-10*mV - v)' } };
    const others = file === 'calcium_buffer.mod' ? { cal: { nmodl: join(files, 'calcium_current.mod') } } : {};
    const compartments = {
      sections: { soma },
      mechanisms: { x: { nmodl: join(files, file) }, leak, ...others },
      initial: '-65 mV',
      temperature: '295.15 kelvin',
    };
    const path = folder.file(`${file}.${method}.json`);
    const document = {
      interneuron: 1,
      neurons: { cell: { compartments, method } },
      populations: { cell: { type: 'cell', size: 1 } },
      record: [{ of: 'cell', variables: variables.map((name) => (/^v$|_/.test(name) ? name : `x.${name}`)) }],
      experiment: { dt, duration: '20 ms' },
    };
    writeFileSync(path, JSON.stringify(document));
    const session = openModel(importModel(readSource(path), { allowPaths: ['/'] }));
    await session.run(0.0201);
    const { samples } = await session.take();
    await session.dispose();
    return samples.map(({ values }) => values);
  };

  it('with rates of 1000/ms, whose sum stays 1', async () => {
    const expected = recorded.steps['sodium_markov.mod'] ?? {};
    const names = Object.keys(expected);
    const found = await run('sodium_markov.mod', names, 'cable-then-gates');
    for (const [k, name] of names.entries())
      for (const [n, value] of (expected[name] ?? []).entries())
        expect(Math.abs(Number(found[k]?.[80 * n]) * (name === 'v' ? 1e3 : 1) - value)).toBeLessThan(
          name === 'v' ? 1e-7 : 1e-9,
        );
    const states = found.filter((_, k) => names[k] !== 'v');
    for (let step = 0; step <= 800; step++)
      expect(Math.abs(states.reduce((sum, values) => sum + Number(values[step]), -1))).toBeLessThan(1e-12);
    // The potential as NEURON's, or the currents would differ.
    expect(names).toHaveLength(8);
  });

  it('of a receptor, whose membrane fires', async () => {
    const expected = recorded.steps['receptor_scheme.mod'] ?? {};
    const names = Object.keys(expected);
    const nmodl = (name: string, values = {}) => ({ nmodl: join(files, name), values: { soma: values } });
    const mechanisms = {
      leak: nmodl('leak.mod'),
      sodium: nmodl('sodium.mod', { gbar: 0.25 }),
      fastk: nmodl('fast_potassium.mod', { gbar: 0.08 }),
    };
    const path = folder.file('receptor.json');
    const document = {
      interneuron: 1,
      neurons: {
        cell: {
          compartments: { sections: { soma }, mechanisms, initial: '-65 mV', temperature: '307.15 kelvin' },
          inputs: { synaptic: { unit: 'A', reduce: 'sum' } },
          method: 'cable-then-gates',
        },
      },
      populations: {
        cell: { type: 'cell', size: 1 },
        source: { size: 1, spikes: { indices: [0, 0, 0], times: [0.001, 0.004, 0.007] } },
      },
      synapses: { receptor: { nmodl: join(files, 'receptor_scheme.mod') } },
      projections: {
        input: {
          from: 'source',
          to: { of: 'cell', places: { section: 'soma', fraction: 0.5 } },
          ...{ synapse: 'receptor', connect: 'all', delay: '1 ms', receptor: 'synaptic' },
        },
      },
      record: [
        { of: { projection: 'input' }, variables: names.filter((name) => name !== 'v') },
        { of: 'cell', variables: ['v'] },
      ],
      experiment: { dt: '0.025 ms', duration: '20 ms' },
    };
    writeFileSync(path, JSON.stringify(document));
    const session = openModel(importModel(readSource(path), { allowPaths: ['/'] }));
    await session.run(0.0201);
    const { samples } = await session.take();
    await session.dispose();
    const of = (name: string) => samples.find(({ variable }) => variable === name)?.values ?? [];
    for (const name of names)
      for (const [n, value] of (expected[name] ?? []).entries())
        expect(Math.abs(Number(of(name)[80 * n]) * (name === 'v' ? 1e3 : 1) - value)).toBeLessThan(1e-6);
    const states = names.filter((name) => name !== 'v').map(of);
    for (let step = 0; step <= 800; step++)
      expect(Math.abs(states.reduce((sum, values) => sum + Number(values[step]), -1))).toBeLessThan(1e-12);
    expect(Math.max(...(expected['v'] ?? []))).toBeGreaterThan(-40);
  });

  it('to second order by the method of cables', async () => {
    const at = async (dt: number): Promise<number> => {
      const [v] = await run('potassium_markov.mod', ['v'], 'cable', `${dt} ms`);
      return Number(v?.[Math.round(2 / dt)]);
    };
    const [coarse, half, fine] = [await at(0.1), await at(0.05), await at(0.025)];
    expect((coarse - half) / (half - fine)).toBeCloseTo(4, 1);
  });

  it('of calcium with a buffer and a pump in volumes, which are not linear', async () => {
    const expected = recorded.steps['calcium_buffer.mod'] ?? {};
    const names = Object.keys(expected);
    const found = await run(
      'calcium_buffer.mod',
      names.map((name) => (name === 'cai' ? 'ca_i' : name)),
      'cable-then-gates',
    );
    for (const [k, name] of names.entries()) {
      const values = expected[name] ?? [];
      // Newton's method takes one step here, and several in NEURON.
      const most = 1e-3 * Math.max(...values.map(Math.abs));
      const unit = { v: 1e3, pump: 1e-4, pumpca: 1e-4 }[name] ?? 1;
      for (const [n, value] of values.entries())
        expect(Math.abs(Number(found[k]?.[80 * n]) * unit - value)).toBeLessThan(most);
    }
    const [free, bound] = ['free', 'bound'].map((name) => found[names.indexOf(name)]);
    for (let step = 1; step <= 800; step++)
      expect(Math.abs(Number(free?.[step]) + Number(bound?.[step]) - 0.05)).toBeLessThan(5e-14);
  });
});

describe('a steady state', () => {
  it('keeps the sum that CONSERVE states', () => {
    const text =
      'NEURON { SUFFIX x NONSPECIFIC_CURRENT i }\nASSIGNED { v (mV) i (mA/cm2) }\nSTATE { a b }\n' +
      'INITIAL { SOLVE s STEADYSTATE sparse }\nBREAKPOINT { SOLVE s METHOD sparse i = 1e-3*a*v }\n' +
      'KINETIC s { ~ a <-> b (0.3, 0.9)\n CONSERVE a + b = 2 }\n';
    const { model } = importModel({ name: 'x.mod', text }).valid;
    const mechanism = Object.values(model.neurons)[0]?.compartments?.mechanisms['x'] as unknown as Mechanism;
    const row = { celsius: 6.3, v: -65, states: [], first: [], values: [], rates: [], ions: {} };
    const first = evaluator(mechanism, row, true, () => 1, {});
    expect([first('a'), first('b')]).toEqual([expect.closeTo(1.5, 12), expect.closeTo(0.5, 12)]);
  });
});

describe('a cell like a pyramidal one of layer 5, with ten mechanisms', () => {
  // In ms, by layered_cell.py in NEURON 9.0.2, extrapolated from steps of 1/400 and 1/800 ms.
  const expected = [
    21.1875, 26.71, 31.785, 36.89, 42.065, 47.2875, 52.5325, 57.7875, 62.225, 67.035, 72.735, 78.1275, 83.455, 88.7525,
    94.0275, 99.285, 104.53, 109.76, 114.975, 120.19,
  ];

  it("fires within 0.05 ms of NEURON's spikes", async () => {
    const session = openModel(importModel(readSource(join(files, 'layered_cell.yaml'))));
    await session.run(0.13);
    const { spikes, spikeLabel } = await session.take();
    await session.dispose();
    const found = [...(spikes[0]?.steps ?? [])].map((step) => (step + spikeLabel) * 0.01);
    expect(found.length).toBe(expected.length);
    for (const [k, time] of expected.entries()) expect(Math.abs((found[k] ?? NaN) - time)).toBeLessThan(0.05);
  });
});
