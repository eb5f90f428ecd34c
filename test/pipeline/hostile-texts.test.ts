/**
 * Text of a model is never code. Titles, descriptions, labels, comments, names, units and paths are made to break out
 * of every language that is written: C, OpenCL C, CUDA C++, WebAssembly text, CMake, Python, XML, shell commands,
 * templates. The generated program equals the program of a model with plain text, compiles, and gives the same spikes.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { beforeAll, describe, expect, test } from 'vitest';
import { runProgram } from '../../runtime/targets/c/compiler.js';
import { code } from '../codegen/c/hostile.js';
import { anyCompiler, reasonOf } from '../runtime/targets/c/compilers.js';
import { hasOpencl, reason } from '../runtime/targets/opencl/devices.js';
import { canShim } from '../support/cuda-shim/target.js';
import { runCommand, temporaryFolder } from '../support/command.js';
import { root } from '../support/import-graph.js';
import { someOf } from '../support/effort.js';

const folder = temporaryFolder();

/** The file that any executed text would leave. */
const proof = (): string => folder.file('broken-out');

/** Ends comments, strings and documentation of every language, and goes on with code of it. */
function hostileTexts(): Readonly<Record<string, string>> {
  const shell = `touch ${proof()}`;
  return {
    'C comment': `*/ void __attribute__((constructor)) f(void) { system("${shell}"); } /*`,
    'C line': '// \\\n#error broken out\n#include "/etc/passwd"',
    trigraph: '??/\n#error broken out ??/',
    'C string': '"); abort(); ("%s%n\\',
    'WAT comment': ';) (start $f) (; \n(start $f) ;;',
    Python: `""" ''' \\""" + __import__("os").system("${shell}") + """ \\`,
    'Python line': `\n__import__("os").system("${shell}")\n# \\`,
    XML: '"/><Include file="/etc/passwd"/><!-- --> ]]> </Lems> &amp; &lt; <![CDATA[',
    template: '{{title}} {{{tables}}} {{#each x}}{{/each}} {{> partial}} {{! --}}',
    shell: `'; ${shell}; " $(${shell}) \`${shell}\` \${IFS} | ${shell} && ${shell} #`,
    CMake: `") \n execute_process(COMMAND ${shell}) [[ ]] $ENV{HOME} @ONLY@`,
    'right to left': '\u202e\u2066 /* begin admin */ \u2069\u2066',
    'control characters': 'a\u0000b\u001b[2J\r\u2028\u2029\u0085\ufeff\u007f',
  };
}

/** A network with a text wherever a model has free text; comments of equations are of one line. */
const specification = (text: string): object => ({
  format: 'interneuron/brian',
  name: text,
  title: text,
  description: text,
  authors: [{ name: text }],
  licence: text,
  doi: text,
  source: text,
  species: text,
  region: text,
  terms: [text],
  dt: '0.1 ms',
  seed: 5,
  neuron_groups: {
    cells: {
      N: 10,
      model: `dv/dt = (14*mV - v)/tau : volt # ${text.replace(/[\n\r]/g, ' ')}\ntau : second`,
      threshold: 'v > 10*mV',
      reset: `v = 0*mV # ${text.replace(/[\n\r]/g, ' ')}`,
      initializers: { v: 'rand()*10*mV', tau: '(8 + 4*rand())*ms' },
    },
  },
  synapses: {
    s: {
      source: 'cells',
      target: 'cells',
      model: 'w : volt',
      on_pre: 'v_post += w',
      connect: { p: 0.5 },
      delay: '1 ms',
      initializers: { w: 'rand()*mV' },
    },
  },
  spike_monitors: { spikes: { source: 'cells' } },
  run: '30 ms',
});

/** PyNN's labels are free text, and name no other object. */
const pynnSpecification = (text: string): object => ({
  format: 'interneuron/pynn',
  name: text,
  description: text,
  seed: 5,
  populations: [
    { label: 'input', size: 5, cell: { type: 'SpikeSourcePoisson', params: { rate: 200 } } },
    { label: `cells ${text}`, size: 10, cell: { type: 'IF_curr_exp', params: { i_offset: 1 } } },
  ],
  projections: [
    {
      label: `all ${text}`,
      pre: 'input',
      post: `cells ${text}`,
      receptor_type: 'excitatory',
      connector: { type: 'AllToAllConnector' },
      synapse: { type: 'StaticSynapse', params: { weight: 0.5, delay: 1 } },
    },
  ],
  recordings: [{ target: `cells ${text}`, variables: ['spikes'] }],
  phases: [{ run: 30 }],
});

const names = Object.keys(hostileTexts());
let written = 0;

/** Writes a model under a plain name. */
function model(specified: object): string {
  written += 1;
  const path = folder.file(`model-${written}.json`);
  writeFileSync(path, JSON.stringify(specified));
  return path;
}

const plain = 'plain words';
const textOf = (name: string): string => hostileTexts()[name] ?? '';

async function done(...words: string[]): Promise<string> {
  const { code: exit, stdout, stderr } = await runCommand(words);
  expect(stderr).toBe('');
  expect(exit).toBe(0);
  return stdout;
}

/** Files of a generated program. */
async function generated(path: string, target: string): Promise<ReadonlyMap<string, string>> {
  written += 1;
  const output = folder.file(`generated-${written}`);
  await done('codegen', path, '--target', target, '-o', output);
  const names = readdirSync(output).filter((name) => !name.startsWith('.'));
  return new Map(names.map((name) => [name, readFileSync(join(output, name), 'latin1')]));
}

/** A model in another notation. */
async function converted(path: string, to: string): Promise<string> {
  written += 1;
  const output = folder.file(`converted-${written}`);
  const { code: exit } = await runCommand(['convert', path, '--to', to, '-o', output, '--no-check']);
  expect(exit).toBe(0);
  return readFileSync(output, 'utf8');
}

const fingerprintOf = (stdout: string): string => /^fingerprint {2}([0-9a-f]{64})$/m.exec(stdout)?.[1] ?? stdout;

describe.each(someOf(names, 5, 'texts'))('%s', (name) => {
  const path = (): string => model(specification(textOf(name)));
  const plainPath = (): string => model(specification(plain));

  test('is text in C, OpenCL C, CUDA C++, and their build files and hosts', async () => {
    for (const target of ['c', 'opencl', 'cuda']) {
      const [theirs, ours] = [await generated(path(), target), await generated(plainPath(), target)];
      expect([...theirs.keys()]).toEqual([...ours.keys()]);
      for (const [file, text] of ours) {
        const found = theirs.get(file) ?? '';
        if (/\.(?:c|h|cl|cu)$/.test(file)) expect(code(found)).toBe(code(text));
        else if (file !== 'README.md') expect(found).toBe(text);

        expect(found.replace(/^interneuron 1\n\0\0/, '')).not.toMatch(
          file === 'initial.bin' ? /never/ : /[\0\r\u001b]|\u00e2\u0080[\u00a8-\u00ae]/,
        );
      }
    }
  });

  test('is text in WebAssembly, and runs to the same spikes', async () => {
    const ofWat = (text: string): string =>
      text
        .replace(/;;.*$/gm, '')
        .replace(/\(;[^]*?;\)/g, '')
        .replace(/\s+/g, ' ');
    const [theirs, ours] = [await generated(path(), 'wasm'), await generated(plainPath(), 'wasm')];
    for (const [file, text] of ours) expect(ofWat(theirs.get(file) ?? '')).toBe(ofWat(text));
    const expected = fingerprintOf(await done('run', plainPath()));
    expect(expected).toMatch(/^[0-9a-f]{64}$/);
    expect(fingerprintOf(await done('run', path()))).toBe(expected);
  });

  test('comes back from every notation that can express it', async () => {
    for (const to of ['canonical', 'brian-json']) {
      const text = await converted(path(), to);
      const back = JSON.parse(text) as { name: string };
      expect(back.name).toBe(textOf(name));
    }
  });

  test('is text in XML', async () => {
    const parser = new XMLParser({ ignoreAttributes: false, preserveOrder: true, attributeNamePrefix: '' });
    /** Returns elements and attributes, without the texts of descriptions and metadata, and without the origin. */
    const shape = (value: unknown): string =>
      JSON.stringify(value, (key, child: unknown) => {
        if (key === 'description') return '';
        const property = child as { tag?: unknown; value?: unknown } | null;
        if (typeof property?.tag === 'string' && /^(?:metadata |interneuron:)/.test(property.tag))
          return { ...property, value: '' };
        return child;
      });
    /** A document with names of network and simulation that differ from the model's. */
    const unnamed = (text: string): string =>
      ['network', 'Simulation'].reduce((whole, tag) => {
        const id = new RegExp(`<${tag} id="([^"]*)"`).exec(whole)?.[1] ?? '';
        expect(id).toMatch(/^[A-Za-z_]\w*$/);
        return whole.replaceAll(`"${id}"`, `"${tag}"`);
      }, text);
    const [theirs, ours] = [await converted(path(), 'lems'), await converted(plainPath(), 'lems')].map(unnamed);
    expect(shape(parser.parse(theirs ?? ''))).toBe(shape(parser.parse(ours ?? '')));
  });
});

const python = ((): string | undefined => {
  for (const candidate of [join(root, '.venv/bin/python'), 'python3', 'python']) {
    try {
      execFileSync(candidate, ['-c', 'import ast'], { stdio: 'ignore' });
      return candidate;
    } catch {
      // The next one.
    }
  }
  return undefined;
})();

/** Python's syntax tree of a script, with its texts as plain strings. */
const syntaxTree = `
import ast, sys
tree = ast.parse(sys.stdin.buffer.read())
for node in ast.walk(tree):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        node.value = ''
print(ast.dump(tree))
`;

describe.skipIf(python === undefined)(
  `in scripts of Python${python === undefined ? ' (skipped: there is no python)' : ''}`,
  () => {
    const parsed = (script: string): string =>
      execFileSync(python ?? '', ['-c', syntaxTree], { input: script, encoding: 'utf8' });
    // One variable is named after a label.
    const variables = (tree: string): string => {
      const known = new Map<string, string>();
      return tree.replace(/(?<=id='|arg=')\w+(?=')/g, (name) => {
        if (!known.has(name)) known.set(name, `name${known.size}`);
        return known.get(name) ?? '';
      });
    };

    test.each(someOf(names, 3, 'texts'))('for Brian 2, %s is text', async (name) => {
      const [theirs, ours] = [
        await converted(model(specification(textOf(name))), 'brian'),
        await converted(model(specification(plain)), 'brian'),
      ];
      expect(parsed(theirs)).toBe(parsed(ours));
      expect(theirs).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u001b\u0000]/);
    });

    test.each(someOf(names, 3, 'texts'))('for PyNN, %s is text', async (name) => {
      const [theirs, ours] = [
        await converted(model(pynnSpecification(textOf(name))), 'pynn'),
        await converted(model(pynnSpecification(plain)), 'pynn'),
      ];
      expect(variables(parsed(theirs))).toBe(variables(parsed(ours)));
      expect(theirs).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u001b\u0000]/);
    });
  },
);

describe('a value that is no free text is refused by name, and its message has no escape codes of terminals', () => {
  const changed = (
    change: (specified: { neuron_groups: Record<string, Record<string, unknown>> } & Record<string, unknown>) => void,
  ): string => {
    const specified = structuredClone(specification(plain)) as Parameters<typeof change>[0];
    change(specified);
    return model(specified);
  };
  const places: Readonly<Record<string, (text: string) => string>> = {
    'the name of a group': (text) =>
      changed((all) => {
        all.neuron_groups[text] = all.neuron_groups['cells'] ?? {};
      }),
    'a variable': (text) =>
      changed((all) => void (all.neuron_groups['cells'] = { N: 1, model: `d${text}/dt = 1/second : 1` })),
    'an expression': (text) =>
      changed((all) => void (all.neuron_groups['cells'] = { N: 1, model: `dv/dt = ${text}/second : 1` })),
    'a unit': (text) =>
      changed((all) => void (all.neuron_groups['cells'] = { N: 1, model: `dv/dt = 1/second : ${text}` })),
    'a flag': (text) =>
      changed((all) => void (all.neuron_groups['cells'] = { N: 1, model: `dv/dt = 1/second : 1 (${text})` })),
    'a quantity': (text) => changed((all) => void (all['dt'] = text)),
    'a method': (text) =>
      changed((all) => void (all.neuron_groups['cells'] = { N: 1, model: 'dv/dt = 1/second : 1', method: text })),
    'the name of a monitor': (text) => changed((all) => void (all['spike_monitors'] = { [text]: { source: 'cells' } })),
    'a source of synapses': (text) =>
      changed((all) => void (all['synapses'] = { s: { source: text, target: 'cells' } })),
  };

  test.each(Object.keys(places))('%s', async (place) => {
    for (const name of names) {
      const path = places[place]?.(textOf(name)) ?? '';
      const { code: exit, stdout, stderr } = await runCommand(['run', path]);
      expect([place, name, exit]).toEqual([place, name, 1]);
      expect(stderr).toMatch(/error\[/);
      expect(stdout + stderr).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u001b\u0000]/);
    }
  });
});

const cmake = existsSync('/usr/bin/cmake') || existsSync('/usr/local/bin/cmake');

describe('folders and files with commands as names', () => {
  /** Every sign that a shell knows and that a file may be named with. */
  const place = (): string =>
    folder.file(`a b'c"d$(touch broken-out)\`touch broken-out\`;touch broken-out;&|*?[x] {{name}} \\ -o`);
  let own: string;
  beforeAll(() => {
    own = place();
    mkdirSync(own);
    writeFileSync(join(own, 'model $(id).json'), JSON.stringify(specification(plain)));
    writeFileSync(join(own, '-o.json'), JSON.stringify(specification(plain)));
  });

  const targets = ['wasm', ...(hasOpencl ? ['opencl'] : []), ...(anyCompiler ? ['c'] : [])];
  test.each(someOf(targets, 2, 'targets'))('a run on the target %s, with its cache and its results', async (target) => {
    const expected = fingerprintOf(await done('run', model(specification(plain))));
    const environment = { INTERNEURON_CACHE: join(own, 'cache') };
    const output = join(own, `${target}.csv`);
    for (let time = 0; time < 2; time += 1) {
      const {
        code: exit,
        stdout,
        stderr,
      } = await runCommand(['run', join(own, 'model $(id).json'), '--target', target, '-o', output], { environment });
      expect([exit, stderr]).toEqual([0, '']);
      expect(fingerprintOf(stdout)).toBe(expected);
    }
    expect(existsSync(join(own, 'cache', target)) || target === 'wasm').toBe(true);
    expect(readFileSync(output, 'utf8')).toContain('cells');
  });

  test.skipIf(anyCompiler === undefined)(
    `a project that is built there${reasonOf(anyCompiler, 'a C compiler')}`,
    async () => {
      const project = join(own, 'project');
      await done('codegen', join(own, 'model $(id).json'), '--target', 'c', '-o', project);
      const command = [
        ...(anyCompiler?.command ?? []),
        '-std=c11',
        '-O1',
        '-ffp-contract=off',
        'main.c',
        'network.c',
        '-o',
        'network',
        '-lm',
      ];
      expect(await runProgram(command, { cwd: project })).toMatchObject({ status: 0 });
      expect(
        await runProgram([join(project, 'network'), '--output', project, '--data', join(project, 'initial.bin')]),
      ).toMatchObject({
        status: 0,
      });
      expect(readFileSync(join(project, 'spikes.csv'), 'utf8').split('\n').length).toBeGreaterThan(10);
    },
  );

  test('leaves no trace of any of it', () => {
    expect(existsSync(proof())).toBe(false);
    expect(readdirSync(folder.path).filter((name) => name.startsWith('broken'))).toEqual([]);
    expect(existsSync(join(root, 'broken-out'))).toBe(false);
  });
});

describe.skipIf(anyCompiler === undefined)(`compilers take it${reasonOf(anyCompiler, 'a C compiler')}`, () => {
  /** All of it at once. */
  const everything = (): string => Object.values(hostileTexts()).join(' ');

  test('C, with trigraphs and every warning of comments', async () => {
    const project = folder.file('everything-c');
    await done('codegen', model(specification(everything())), '--target', 'c', '-o', project);
    const strict = [
      '-std=c11',
      '-trigraphs',
      '-Wall',
      '-Wcomment',
      '-Wtrigraphs',
      '-Werror',
      '-Wno-unknown-pragmas',
      '-Wno-unused-function',
    ];
    const command = [...(anyCompiler?.command ?? []), ...strict, '-O1', 'main.c', 'network.c', '-o', 'network', '-lm'];
    expect(await runProgram(command, { cwd: project })).toMatchObject({ status: 0, stderr: '' });
    expect(
      await runProgram([join(project, 'network'), '--output', project, '--data', join(project, 'initial.bin')]),
    ).toMatchObject({
      status: 0,
    });
    expect(existsSync(proof())).toBe(false);
  });

  test.skipIf(!hasOpencl)(`OpenCL C${reason}`, async () => {
    await done('run', model(specification(everything())), '--target', 'opencl');
    expect(existsSync(proof())).toBe(false);
  });

  test.skipIf(!canShim)(`CUDA C++${canShim ? '' : ' (skipped: there is no g++)'}`, async () => {
    const project = folder.file('everything-cuda');
    await done('codegen', model(specification(everything())), '--target', 'cuda', '-o', project);
    const strict = ['-std=c++17', '-trigraphs', '-Wcomment', '-Wtrigraphs', '-Werror', '-fsyntax-only', '-x', 'c++'];
    const shim = ['-I', join(root, 'test/support/cuda-shim'), '-DGROUP_SIZE=64', '-DTEAM_SIZE=32'];
    expect(await runProgram(['g++', ...strict, ...shim, 'host.cu'], { cwd: project })).toMatchObject({ status: 0 });
  });

  test.skipIf(!cmake)(`CMake${cmake ? '' : ' (skipped: cmake is not installed)'}`, async () => {
    const project = folder.file('everything-c');
    expect(await runProgram(['cmake', '-S', project, '-B', join(project, 'build')])).toMatchObject({ status: 0 });
    expect(existsSync(proof())).toBe(false);
  });
});
