/** The assembler against wabt 1.0.39: the same bytes for each instruction and for the modules of fixtures. */

import { readFileSync } from 'node:fs';
import loadWabt from 'wabt';
import { describe, expect, it } from 'vitest';
import { generateWasm } from '../../../../src/codegen/wasm/generate.js';
import { buildProgram } from '../../../../src/pipeline/build-program.js';
import { importModel, readSource } from '../../../../src/pipeline/pipeline.js';
import { assemble } from '../../../../runtime/targets/wasm/assemble.js';
import { instructions } from '../../../../runtime/targets/wasm/opcodes.js';
import '../../../../translators/brian/road.js';
import '../../../../translators/neuroml/road.js';
import '../../../../translators/pynn/road.js';

const wabt = await loadWabt();

/** Returns the binary that wabt writes, without names for debuggers. */
function peer(text: string): Buffer {
  const module = wabt.parseWat('program.wat', text, {
    simd: true,
    threads: true,
    multi_value: true,
    sat_float_to_int: true,
    bulk_memory: true,
    sign_extension: true,
  });
  module.resolveNames();
  const bytes = Buffer.from(module.toBinary({}).buffer);
  module.destroy();
  return bytes;
}

/** Returns our binary without the section with names, which is the last one. */
function ours(text: string): Buffer {
  const bytes = Buffer.from(assemble(text));
  const name = bytes.lastIndexOf(Buffer.from([4, ...Buffer.from('name'), 1]));
  for (const sizeBytes of [1, 2, 3, 4])
    if (bytes[name - sizeBytes - 1] === 0) return bytes.subarray(0, name - sizeBytes - 1);
  throw new Error('there is no section with names');
}

const samples: Readonly<Record<string, string>> = {
  lane: ' 1',
  'memory and lane': ' offset=300 align=1 1',
  memory: ' offset=70000',
  shuffle: ' 0 1 2 3 4 5 6 7 8 9 10 11 28 29 30 31',
  local: ' $b',
  global: ' $g',
  function: ' $f',
  label: ' $outer',
  i32: ' -2147483648',
  i64: ' -9223372036854775807',
  f32: ' -1.5e-3',
  f64: ' 6.02e23',
  v128: ' i16x8 0 1 -1 3 0x7fff 5 6 7',
};

describe('the assembler', () => {
  it.each([...instructions])('writes %s as wabt does', (name, { immediates }) => {
    const text = `(module (import "host" "memory" (memory 1 2 shared)) (global $g (mut i32) (i32.const 64))
      (func $f (param $a i32) (param $b f64) (block $outer (loop $inner (${name}${samples[immediates] ?? ''})))))`;
    expect(ours(text).toString('hex')).toBe(peer(text).toString('hex'));
  });

  it('writes constants, blocks, plain instructions and imported functions as wabt does', () => {
    const text = `(module
      (import "host" "memory" (memory 3))
      (import "host" "call" (func $call (param f64 i32) (result i32 i64)))
      ;; a comment with ) in it
      (func $late (export "late") (result i32) (local $x i32) (local $y i32) (local $z v128) (local $w i64)
        (call $call (f64.const nan) (i32.const 0xffffffff)) local.set $w local.set $x
        (if (result i32) (i32.eqz (local.get $x)) (then (call $early (i32.const 63))) (else (i32.const -65)))
        (if $out (local.get $x) (then (br $out)))
        (local.set $z (v128.const f64x2 -0 inf)) (drop (v128.const f32x4 1e-45 -inf nan 3.4e38))
        (drop (i64.const 0x8000000000000000)) (drop (i64.const -64)) (drop (f32.const 16777217)) return)
      (func $early (param $x i32) (result i32) (local.get $x)))`;
    expect(ours(text).toString('hex')).toBe(peer(text).toString('hex'));
  });

  it.each([
    ['(module (func $f (i32.add3)))', 'i32.add3 is not declared'],
    ['(module (func $f (call $g)))', '$g is not declared'],
    ['(module (func $f (br $g)))', '$g is no label of an open block'],
    ['(module (table 1 funcref))', '(table is not supported'],
    ['(module (func $f (f64.const 1..2)))', '1..2 is no number'],
    ['(module (func $f', 'the text ends early'],
    ['(module (func $f "))', 'unexpected text'],
  ])('rejects %s', (text, message) => {
    expect(() => assemble(text)).toThrow(message);
  });

  it.each([
    'brian/vogels-abbott-cuba.yaml',
    'pynn/if-cond-exp.json',
    'neuroml/channels.xml',
    'readme/first-steps.yaml',
    'model/hard/gap-junction.yaml',
  ])('writes the module of %s as wabt does, for one thread and several', (path) => {
    const program = buildProgram(importModel(readSource(`fixtures/${path}`)).valid, { precision: 'float64' });
    for (const parallel of [false, true]) {
      const { text } = generateWasm(program, { parallel });
      expect(ours(text).equals(peer(text))).toBe(true);
    }
  });

  it('writes rows.wat as wabt does', () => {
    const text = readFileSync('runtime/results/dat/rows.wat', 'utf8');
    expect(ours(text).equals(peer(text))).toBe(true);
  });
});
