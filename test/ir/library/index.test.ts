/** The library as a whole: names, closures, legality, functions that run on lanes. */

import { describe, expect, it } from 'vitest';
import { f64 } from '../../../src/ir/builder.js';
import { checkProgram } from '../../../src/ir/check.js';
import {
  drawFunction,
  drawNames,
  isLaneSafe,
  libraryFunction,
  libraryNames,
  withCallees,
} from '../../../src/ir/library/index.js';
import { calleesOf } from '../../../src/ir/walk.js';
import type { IrFunction, Program } from '../../../src/ir/program.js';
import { parseProgram, printProgram } from '../../../src/ir/text.js';

const integerNames = ['modulo', 'floorDivide', 'fmod', 'abs', 'sign', 'min', 'max', 'clip'] as const;
const all: readonly IrFunction[] = withCallees([
  ...libraryNames.flatMap((name) =>
    name === 'timestep' ? [libraryFunction(name, 'f64')] : [libraryFunction(name, 'f64'), libraryFunction(name, 'f32')],
  ),
  ...integerNames.map((name) => libraryFunction(name, 'i32')),
  ...drawNames.map(drawFunction),
]);

const program: Program = {
  name: 'library',
  precision: 'float64',
  dt: 1e-4,
  numericsVersion: 1,
  functions: all,
  buffers: [{ name: 'faults', element: 'u32', length: 1, role: 'state', comment: '' }],
  kernels: [],
  events: [],
  logs: [],
  schedule: { initialise: [], step: [], procedures: {} },
  manifest: {
    populations: [],
    events: [],
    variables: [],
    projections: [],
    samples: [],
    spikeLabel: 0,
    faults: {},
    notes: [],
  },
};

describe('the library', () => {
  it('is legal IR', () => {
    expect(checkProgram(program)).toEqual([]);
  });

  it('survives the text form', () => {
    expect(parseProgram(printProgram(program)).functions).toEqual(all);
  });

  it('names functions for their type and gives the same one each time', () => {
    expect(libraryFunction('exp', 'f32').name).toBe('exp_f32');
    expect(libraryFunction('exp', 'f32')).toBe(libraryFunction('exp', 'f32'));
  });

  it('refuses types that a function is not written for', () => {
    expect(() => libraryFunction('exp', 'i32')).toThrow('exp is not written for i32');
    expect(() => libraryFunction('timestep', 'f32')).toThrow('timestep is not written for f32');
  });

  it('uses only numbers of its own width in float32, so that four lanes stay four', () => {
    const wide = ['sin', 'cos', 'tan', 'fmod', 'modulo', 'floorDivide'];
    for (const name of libraryNames.filter((each) => each !== 'timestep' && !wide.includes(each))) {
      for (const f of withCallees([libraryFunction(name, 'f32')])) {
        const types = new Set([...f.parameters, ...f.locals].map((local) => local.type));
        expect(
          [...types].filter((type) => type === 'f64' || type === 'i64'),
          f.name,
        ).toEqual([]);
      }
    }
  });
});

describe('withCallees', () => {
  it('puts callees before callers, each once', () => {
    const seen = new Set<string>();
    for (const f of all) {
      for (const callee of calleesOf(f.body)) expect(seen, `${f.name} calls ${callee}`).toContain(callee);
      expect(seen).not.toContain(f.name);
      seen.add(f.name);
    }
  });

  it('prefers the functions it was given and reports missing ones', () => {
    const callee: IrFunction = {
      name: 'mine',
      comment: '',
      parameters: [],
      locals: [{ name: 'r', type: 'f64' }],
      results: [{ name: 'r', type: 'f64' }],
      body: [{ kind: 'set', local: 'r', value: f64(1) }],
    };
    const caller: IrFunction = {
      ...callee,
      name: 'caller',
      body: [{ kind: 'call', function: 'mine', arguments: [], results: ['r'] }],
    };
    expect(withCallees([caller, callee])).toEqual([callee, caller]);
    expect(() => withCallees([caller])).toThrow('caller calls mine, which does not exist');
  });
});

describe('isLaneSafe', () => {
  it('holds for all functions except functions with a rare path or rejection', () => {
    const scalar = all.filter((f) => !isLaneSafe(f)).map((f) => f.name.replace(/_f(64|32)$/, ''));
    expect([...new Set(scalar)].sort()).toEqual(
      [
        'binomial',
        'cos',
        'floorDivide',
        'fmod',
        'gamma',
        'hypergeometric',
        'logBinomial',
        'logHypergeometric',
        'logPoisson',
        'modulo',
        'poisson',
        'reduceHalfPi',
        'sampleSkip',
        'sin',
        'stirlingError',
        'tan',
        'truncatedNormal',
        'twoOverPiWord',
        'vonMises',
        'reduceLarge',
      ].sort(),
    );
  });
});
