/**
 * Names of a model that are keywords of generated languages, or names of their libraries or of the generated programs;
 * and random texts of all that ends comments, strings and lines. Compilers of each language read the output.
 */

import { slow, someOf, triesAll } from '../support/effort.js';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runProgram } from '../../runtime/targets/c/compiler.js';
import { assemble } from '../../runtime/targets/wasm/assemble.js';
import { webAssembly } from '../../runtime/webassembly.js';
import { generateCuda, generateOpencl } from '../../src/codegen/c/device/generate.js';
import { generateC } from '../../src/codegen/c/generate.js';
import { cProject } from '../../src/codegen/c/project.js';
import { generateWasm } from '../../src/codegen/wasm/generate.js';
import { DiagnosticError } from '../../src/diagnostics/diagnostic.js';
import type { Program } from '../../src/ir/program.js';
import { buildProgram } from '../../src/pipeline/build-program.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import { shortText } from '../fixtures/networks.js';
import { root } from '../support/import-graph.js';
import { lowered, simulate } from '../support/simulate.js';
import { randomNumbers } from '../runtime/targets/wasm/programs.js';
import { hostile, hostileProgram } from './c/hostile.js';
import '../../translators/brian/road.js';

const folder = mkdtempSync(join(tmpdir(), 'interneuron-hostile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const has = async (program: string): Promise<boolean> => (await runProgram([program, '--version'])).status === 0;
const [gcc, clang, gxx] = [await has('gcc'), await has('clang'), await has('g++')];
const openclOptions = [
  '-cl-std=CL1.2',
  '-Xclang',
  '-finclude-default-header',
  '-Xclang',
  '-cl-ext=+cl_khr_fp64,+cl_khr_int64_base_atomics',
];
const sizes = ['-DGROUP_SIZE=64', '-DTEAM_SIZE=32'];
const shim = join(root, 'test/support/cuda-shim/shim.hpp');

/** Returns the messages of each compiler for a program; empty if it is not installed. */
async function complaints(program: Program): Promise<readonly string[]> {
  const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const { source, header } = generateC(program);
  put('network.c', source);
  put('network.h', header);
  put('main.c', String(cProject(program, [{ kind: 'run', steps: 3 }]).get('main.c')));
  put('network.cl', generateOpencl(program, 'atomic').source);
  put('network.cu', generateCuda(program, 'atomic').source);
  const commands = [
    ...(gcc
      ? ['network.c', 'main.c'].map((file) => [
          'gcc',
          '-std=c11',
          '-trigraphs',
          '-Wall',
          '-Wno-unused',
          '-Wno-unknown-pragmas',
          '-Wno-comment',
          file,
        ])
      : []),
    ...(clang ? [['clang', '-x', 'cl', ...openclOptions, ...sizes, '-w', 'network.cl']] : []),
    ...(gxx ? [['g++', '-std=c++17', ...sizes, '-w', '-include', shim, '-x', 'c++', 'network.cu']] : []),
  ];
  const said: string[] = [];
  for (const command of commands) {
    const { status, stderr } = await runProgram([...command, '-fsyntax-only'], { cwd: folder });
    if (status !== 0 || stderr !== '') said.push(`${command[0] ?? ''}: ${stderr}`);
  }
  try {
    await webAssembly.compile(assemble(generateWasm(program, { parallel: true }).text));
  } catch (error) {
    said.push(`wasm: ${String(error)}`);
  }
  return said;
}

const languages = `
  and and_eq asm auto bitand bitor bool break case catch char class compl concept const consteval constexpr constinit const_cast continue co_await co_return
  co_yield decltype default delete do double dynamic_cast else enum explicit export extern false float for friend goto if inline int long module mutable
  namespace new noexcept not not_eq nullptr operator or or_eq private protected public register reinterpret_cast requires restrict return short signed sizeof
  static static_assert static_cast struct switch template this thread_local throw true try typedef typeid typename typeof union unsigned using virtual void
  volatile wchar_t while xor xor_eq NULL EOF errno INT32_MAX UINT32_MAX SIZE_MAX M_PI M_E linux unix i386 I complex imaginary stdin stdout stderr assert
  offsetof y0 y1 yn j0 j1 jn gamma lgamma signgam rindex main printf malloc free exit abort signal atexit system environ kernel global local constant generic
  half uchar ushort uint ulong pipe image2d_t sampler_t event_t get_global_id barrier as_uint convert_int clamp mix select any all cross dot smoothstep radians
  degrees cl_khr_fp64 cl_khr_int64_base_atomics threadIdx blockIdx blockDim gridDim warpSize dim3 float4 double2 int2 uint4 atomicAdd near far isnan isinf
  NAN INFINITY HUGE_VAL MAXFLOAT CLK_LOCAL_MEM_FENCE lambda None True False pass def del elif except finally from global import in is nonlocal raise with yield
  print self func param result memory table elem data start type block loop end br call drop offset align i32 i64 f32 f64 v128 project vector pixel
`;

/** Returns every identifier in the code generated for two networks, as candidates of clashes. */
function wordsOfPrograms(): readonly string[] {
  const texts = ['song-abbott-stdp', 'heterogeneous-delays'].flatMap((name) => {
    const { program } = lowered(shortText(name));
    const files = [...cProject(program, [{ kind: 'run', steps: 3 }]).values()].map(String);
    return [
      ...files,
      generateOpencl(program, 'atomic').source,
      generateCuda(program, 'atomic').source,
      generateWasm(program, { parallel: true }).text,
    ];
  });
  return texts.flatMap((text) => text.match(/[A-Za-z_]\w*/g) ?? []);
}

const brian = (more: object): { readonly name: string; readonly text: string } => ({
  name: 'model.json',
  text: JSON.stringify({ format: 'interneuron/brian', dt: '0.1 ms', seed: 1, run: '20 ms', ...more }),
});

/** Whether a model may name things so. */
function isName(name: string): boolean {
  try {
    const cells = { N: 2, model: 'dplain/dt = -plain/second : 1', threshold: 'plain > 1', reset: 'plain = 0' };
    importModel(brian({ neuron_groups: { [name]: { N: 2, model: `d${name}/dt = -${name}/second : 1` } } }));
    importModel(
      brian({
        neuron_groups: { others: cells },
        synapses: {
          [name]: {
            source: 'others',
            target: 'others',
            model: `${name} : 1`,
            connect: true,
            on_pre: `plain_post += ${name}`,
          },
        },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof DiagnosticError) return false;
    throw error;
  }
}

const groupsOfModel = 12;
/** Names that a model of `groupsOfModel` groups and as many projections has. */
const namesOfModel = 9 * groupsOfModel;

/**
 * Returns a network with the given names of groups, projections, variables and parameters; every variable is read and
 * written in all possible places.
 */
function named(names: readonly string[]): ReturnType<typeof brian> {
  const at = (k: number): string => names[k] ?? `plain_${k}`;
  const groups = Array.from({ length: groupsOfModel }, (_, g) => {
    const [group, x, y, z, p, q] = Array.from({ length: 6 }, (__, k) => at(9 * g + k)) as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const model =
      `d${x}/dt = (${p} - ${x})/(10*ms) + ${y}/second : 1\nd${y}/dt = -${y}/(10*ms) : 1\n${z} = ${x}*2 : 1\n${p} : ` +
      `1\n${q} : 1`;
    const definition = {
      N: 20 + g,
      model,
      threshold: `${x} > 1`,
      reset: `${x} = 0; ${q} += ${y} + exp(${z})`,
      method: 'euler',
      initializers: { [p]: '2*rand()', [x]: 'rand()' },
    };
    return { group, y, definition };
  });
  const synapses = groups.map(({ group }, g) => {
    const target = groups[(g + 1) % groupsOfModel] ?? { group, y: '' };
    const [projection, w, u] = [at(9 * g + 6), at(9 * g + 7), at(9 * g + 8)];
    const definition = {
      source: group,
      target: target.group,
      model: `${w} : 1\nd${u}/dt = -${u}/(20*ms) : 1 (event-driven)`,
      on_pre: `${target.y}_post += ${w}; ${u} += 0.1; ${w} = clip(${w} + ${u}, 0, 1)`,
      connect: { p: 0.3 },
      initializers: { [w]: 'rand()' },
      delay: '1*ms',
    };
    return [projection, definition] as const;
  });
  return brian({
    neuron_groups: Object.fromEntries(groups.map(({ group, definition }) => [group, definition])),
    synapses: Object.fromEntries(synapses),
  });
}

describe('names that mean something elsewhere', () => {
  const all = [...new Set([...languages.split(/\s+/), ...wordsOfPrograms()])]
    .filter((name) => name !== '' && name.length < 40)
    .sort();
  const names = all.filter(isName);
  const batches = Array.from({ length: Math.ceil(names.length / namesOfModel) }, (_, k) =>
    names.slice(k * namesOfModel, (k + 1) * namesOfModel),
  );

  test('are mostly allowed', () => {
    expect(names.length).toBeGreaterThan(800);
    expect(names).toEqual(
      expect.arrayContaining([
        'double',
        'kernel',
        'index',
        'step',
        'network',
        'INT32_MAX',
        'arena',
        'trust',
        'cl_khr_fp64',
      ]),
    );
  });

  test.each(
    someOf(
      batches.map((batch, k) => ({ batch, k })),
      4,
      'batches of names',
    ),
  )('batch $k compiles for every target', async ({ batch }) => {
    const { valid } = importModel(named(batch));
    expect(await complaints(buildProgram(valid, { precision: 'float64' }))).toEqual([]);
  });

  test.each(['step', 'index', 'begin', 'group', 'row', 'position', 'share', 'double'])(
    '%s of cells and of synapses is a variable like any other',
    async (name) => {
      const model = (cells: string, synapses: string): string => `
format: interneuron/brian
dt: 0.1 ms
neuron_groups:
  a: { N: 70, model: "dv/dt = (2 - v)/(10*ms) : 1\\n${cells} : 1", threshold: v > 1, reset: "v = 0; ${cells} += 0.1", initializers: { v: "i/70.0", ${cells}: "0.5*i" }, method: euler }
  b: { N: 5, model: "dv/dt = (${cells} - v)/(10*ms) : 1\\n${cells} : 1", threshold: v > 1, reset: "v = 0; ${cells} += 0.1", initializers: { v: "i/5.0", ${cells}: "0.5*i" }, method: euler }
synapses:
  s: { source: a, target: b, model: "${synapses} : 1", on_pre: "v_post += ${synapses}*0.001; ${synapses} += 0.01", connect: true, initializers: { ${synapses}: "i*0.01 + j" } }
run: 20 ms
`;
      const plain = await simulate(model('x', 'w'));
      for (const [cells, synapses] of [
        [name, 'w'],
        ['x', name],
      ] as const) {
        const run = await simulate(model(cells, synapses));
        expect([...run.events]).toEqual([...plain.events]);
        expect(run.final.get(`b.${cells}`)).toEqual(plain.final.get('b.x'));
        expect(run.final.get(`s.${synapses}`)).toEqual(plain.final.get('s.w'));
      }
    },
  );
});

describe.skipIf(!triesAll)(slow('texts put together at random'), () => {
  const fragments = [
    ...hostile,
    '*/',
    '/*',
    '//',
    '\\\n',
    '\n',
    '\r',
    '"',
    "'",
    '\\',
    '(;',
    ';)',
    ';;',
    ')',
    '#',
    '%',
    '`',
    '$',
    '{{',
    '}}',
    '<%',
    '%>',
    '??/',
    '??=',
    '\u0085',
    '\u2029',
    '\ud800',
    '🧠',
    ' ',
  ];
  const random = randomNumbers(31415926);
  const text = (length: number): string =>
    Array.from({ length }, () => fragments[Math.floor(random() * fragments.length)] ?? '').join('');

  test('compile for every target', async () => {
    for (let k = 0; k < 6; k += 1) expect(await complaints(hostileProgram(text(120)))).toEqual([]);
  });

  test('leave the code unchanged: the WebAssembly module stays the same to the byte', async () => {
    const binary = async (program: Program): Promise<string> =>
      Buffer.from(assemble(generateWasm(program, { parallel: false }).text)).toString('base64');
    const plain = await binary(hostileProgram('plain words'));
    for (let k = 0; k < 100; k += 1) expect(await binary(hostileProgram(text(5 + (k % 20))))).toBe(plain);
  });
});
