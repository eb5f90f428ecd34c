/**
 * Every kind of bad input: a diagnostic (with its place if it has one), the right exit code, no stack trace, no file.
 */

import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openclTarget } from '../../runtime/targets/opencl/target.js';
import { runCommand, temporaryFolder } from '../support/command.js';
import { slow, triesAll } from '../support/effort.js';
import { withReason } from '../support/skip-reasons.js';

const folder = temporaryFolder();
const opencl = await openclTarget.probe();

/** A small specification that is right, for tables to break in one place. */
const specification = {
  format: 'interneuron/brian',
  dt: '0.1 ms',
  seed: 1,
  neuron_groups: {
    cells: {
      N: 4,
      model: 'dv/dt = -v/tau : volt\ntau : second',
      threshold: 'v > 10*mV',
      reset: 'v = 0*mV',
      initializers: { v: '5 mV', tau: '10 ms' },
    },
  },
  spike_monitors: { spikes: { source: 'cells' } },
  run: '10 ms',
};

/**
 * Returns the specification as JSON, one key per line, with the value at `path` replaced (or removed, if undefined).
 */
function broken(path: readonly string[], value: unknown): string {
  const copy = structuredClone(specification) as unknown as Record<string, unknown>;
  let node = copy;
  for (const key of path.slice(0, -1)) node = (node[key] ??= {}) as Record<string, unknown>;
  node[path.at(-1)!] = value;
  return JSON.stringify(copy, null, 1);
}

/** Line of the first line that holds `text`. */
function lineOf(text: string, part: string): number {
  return text.split('\n').findIndex((line) => line.includes(part)) + 1;
}

/** Runs a text as a model, requests an NWB file, and checks the rules of every failure. */
async function refuse(
  name: string,
  text: string | Uint8Array,
): Promise<{ code: number; stderr: string; findings: { code: string; line?: number; column?: number }[] }> {
  const model = folder.file(name);
  writeFileSync(model, text);
  const files = readdirSync(folder.path).sort();
  const began = process.cpuUsage();
  const people = await runCommand(['run', model, '-o', folder.file('result.nwb')]);
  const { user, system } = process.cpuUsage(began);
  expect((user + system) / 1e6, 'seconds of the processor').toBeLessThan(20);
  expectSentences(people.stderr);
  expect(people.stdout).toBe('');
  const programs = await runCommand(['run', model, '-o', folder.file('result.nwb'), '--json']);
  expect(programs.code).toBe(people.code);
  expect(programs.stderr).toBe('');
  const { diagnostics } = JSON.parse(programs.stdout);
  expect(readdirSync(folder.path).sort(), 'no file is left behind').toEqual(files);
  return {
    code: people.code,
    stderr: people.stderr,
    findings: diagnostics.map(({ code, place }: { code: string; place?: { line?: number; column?: number } }) => ({
      code,
      line: place?.line,
      column: place?.column,
    })),
  };
}

/** Text for people: no stack trace, no line that floods the terminal. */
function expectSentences(text: string): void {
  expect(text).not.toMatch(/^\s+at .*[(:]\d+/m);
  expect(text).not.toMatch(/node_modules|internal error|\[object |undefined/);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(400);
}

describe('documents that cannot be read', () => {
  it.each<[string, string | Uint8Array, string, number | undefined]>([
    ['malformed YAML', 'format: interneuron/brian\nneuron_groups: [a, b\nrun: 1 s\n', 'read/malformed-yaml', 2],
    ['tabs in YAML', 'format: interneuron/brian\n\trun: 1 s\n', 'read/malformed-yaml', 2],
    ['malformed JSON', '{\n "format": "interneuron/brian",\n "run": 1 s\n}', 'read/malformed-json', 3],
    ['truncated JSON', '{"format": "interneuron/brian", "run": ', 'read/malformed-json', 1],
    ['a key twice', '{"format": "interneuron/brian",\n"run": "1 s",\n"run": "2 s"}', 'read/duplicate-key', 3],
    ['an empty file', '', 'read/empty', 1],
    ['comments only', '# nothing here\n', 'recognise/not-a-model', 1],
    ['a list', '[1, 2]', 'recognise/not-a-model', 1],
    ['some prose', 'Dear reader, this is no model.', 'recognise/not-a-model', 1],
    ['no notation', '{"populations": {}}', 'recognise/unknown-format', 1],
    ['another format', '{"format": "interneuron/brain"}', 'recognise/unread-format', 1],
    ['XML of another kind', '<?xml version="1.0"?><html/>', 'lems/unknown-root', 1],
    ['binary data', new Uint8Array(5000).map((_, i) => (i * 37) % 251), 'read/bad-encoding', 1],
    ['zero bytes', new Uint8Array(1000), 'read/not-json-or-yaml', 1],
    ['a YAML text of 21 MB', 'format: interneuron/brian\n' + 'a: 1\n'.repeat(4_200_000), 'read/yaml-too-large', 1],
    ['deeply nested JSON', '{"format": ' + '['.repeat(100_000) + ']'.repeat(100_000) + '}', 'read/too-deep', 1],
    ['deeply nested YAML', 'format: ' + '['.repeat(100_000) + ']'.repeat(100_000), 'read/too-deep', 1],
    [
      'deeply indented YAML',
      Array.from({ length: 3000 }, (_, i) => ' '.repeat(i) + 'a:').join('\n'),
      'read/too-deep',
      undefined,
    ],
  ])('%s', async (name, text, code, line) => {
    const outcome = await refuse(`${name.replaceAll(' ', '-')}.yaml`, text);
    expect(outcome.code).toBe(1);
    expect(outcome.findings).toContainEqual(expect.objectContaining({ code, ...(line === undefined ? {} : { line }) }));
  });

  it('aliases that stand for ever more aliases', async () => {
    const lines = ['format: interneuron/brian', 'a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++)
      lines.push(
        `a${i}: &a${i} [${Array(9)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    expect((await refuse('aliases.yaml', lines.join('\n'))).code).toBe(1);
  });
});

describe('specifications that are wrong', () => {
  const cells = ['neuron_groups', 'cells'];
  it.each<[string, readonly string[], unknown, RegExp, string]>([
    ['an unknown key', ['neuron_group'], {}, /^brian\/unknown-key$/, '"neuron_group"'],
    ['a misspelt key of a group', [...cells, 'treshold'], 'v > 1*mV', /^brian\/unknown-key$/, '"treshold"'],
    [
      'a name without definition',
      [...cells, 'model'],
      'dv/dt = -v/tua : volt\ntau : second',
      /^brian\/unknown-name$/,
      '"model"',
    ],
    ['a wrong dimension', [...cells, 'model'], 'dv/dt = -v : volt\ntau : second', /dimension/, '"model"'],
    ['a missing unit', [...cells, 'initializers', 'v'], '5', /unit|dimension/, '"v"'],
    [
      'a syntax error in an equation',
      [...cells, 'model'],
      'dv/dt = -v/(tau : volt\ntau : second',
      /^lang\//,
      '"model"',
    ],
    [
      'cyclic subexpressions',
      [...cells, 'model'],
      'dv/dt = a : volt\na = b : volt/second\nb = a : volt/second\ntau : second',
      /cycl/,
      '"model"',
    ],
    ['a size that is not a whole number', [...cells, 'N'], 2.5, /^brian\//, '"N"'],
    ['a negative size', [...cells, 'N'], -4, /^brian\//, '"N"'],
    ['a size of 10¹²', [...cells, 'N'], 1e12, /size|large|range/, '"N"'],
    ['a parameter that is not finite', [...cells, 'initializers', 'v'], '1e999 mV', /finite|range/, '"v"'],
    [
      'a name with a hyphen',
      ['neuron_groups'],
      { 'my-cells': specification.neuron_groups.cells },
      /name|identifier|key/,
      '"my-cells"',
    ],
    [
      'a monitor of what is not there',
      ['spike_monitors', 'spikes', 'source'],
      'cels',
      /^brian\/unknown-group$/,
      '"source"',
    ],
    ['a negative seed', ['seed'], -1, /^brian\/out-of-range$/, '"seed"'],
    ['a seed that is not a whole number', ['seed'], 1.5, /^brian\/wrong-type$/, '"seed"'],
    ['a negative time step', ['dt'], '-0.1 ms', /range|value/, '"dt"'],
    ['a duration without a unit', ['run'], '10', /unit|dimension/, '"run"'],
    ['an unknown method', [...cells, 'method'], 'eulr', /method/, '"method"'],
    [
      'a negative delay',
      ['synapses'],
      { s: { source: 'cells', on_pre: 'v += 1*mV', connect: true, delay: '-1 ms' } },
      /delay|range/,
      '"delay"',
    ],
    [
      'an index out of range',
      ['synapses'],
      { s: { source: 'cells', on_pre: 'v += 1*mV', connect: { i: [0], j: [4] } } },
      /index|range/,
      '"j"',
    ],
  ])('%s', async (name, path, value, code, at) => {
    const text = broken(path, value);
    const outcome = await refuse(`${name.replaceAll(' ', '-')}.json`, text);
    expect(outcome.code).toBe(1);
    const finding = outcome.findings.find((candidate) => code.test(candidate.code));
    expect(finding, `${JSON.stringify(outcome.findings)} has ${code.source}`).toBeDefined();
    const line = lineOf(text, at);
    // A list begins on the line of its key and its items follow.
    expect(finding!.line).toBeGreaterThanOrEqual(line);
    expect(finding!.line).toBeLessThanOrEqual(line + 3);
  });

  it('an expression of 10⁵ characters', async () => {
    const long = broken([...cells, 'model'], `dv/dt = -v/tau${'+ 0*volt/second'.repeat(7000)} : volt\ntau : second`);
    writeFileSync(folder.file('long.json'), long);
    const outcome = await runCommand(['run', folder.file('long.json'), '--json']);
    expect([0, 1]).toContain(outcome.code);
    expect(outcome.stdout).not.toContain('internal error');
    const nested = await refuse(
      'nested.json',
      broken([...cells, 'model'], `dv/dt = ${'('.repeat(50_000)}-v/tau${')'.repeat(50_000)} : volt\ntau : second`),
    );
    expect(nested.code).toBe(1);
    expect(nested.findings[0]!.code).toMatch(/^lang\//);
  });

  it('names that are keywords of C are names like any other', async () => {
    const text = JSON.stringify({
      ...specification,
      neuron_groups: {
        register: {
          N: 2,
          model: 'dstruct/dt = -struct/double : volt\ndouble : second',
          threshold: 'struct > 1*volt',
          reset: 'struct = 0*volt',
          initializers: { double: '10 ms' },
        },
      },
      spike_monitors: { typedef: { source: 'register' } },
    });
    writeFileSync(folder.file('keywords.json'), text);
    expect(await runCommand(['run', folder.file('keywords.json'), '--quiet'])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  it.each<[string, readonly string[], unknown, string]>([
    ['a run of 10¹⁶ steps', ['run'], '1e12 s', 'run/too-many-steps'],
    [
      'a delay of 10⁷ steps',
      ['synapses'],
      { s: { source: 'cells', on_pre: 'v += 1*mV', connect: true, delay: '1000 s' } },
      'lower/delay-too-long',
    ],
    [
      'a target index beyond the group',
      ['synapses'],
      { s: { source: 'cells', on_pre: 'v += 1*mV', connect: { j: 'i + 1' } } },
      'run/build-fault',
    ],
    ['a division by zero', [...cells, 'initializers', 'v'], '(1/0)*mV', 'lang/division-by-zero'],
  ])('%s', async (name, path, value, code) => {
    const { code: exit, findings } = await refuse(`${name.replaceAll(' ', '-')}.json`, broken(path, value));
    expect([exit, findings.map((finding) => finding.code)]).toEqual([1, [code]]);
    expect(findings[0]?.line).toBeGreaterThan(0);
  });

  it('a network that exceeds the memory names the size that it needs', async () => {
    const cells = { ...specification.neuron_groups.cells, N: 1e9 };
    const synapses = { all: { source: 'cells', target: 'cells', on_pre: 'v += 1*mV', connect: { p: 0.1 } } };
    writeFileSync(folder.file('huge.json'), JSON.stringify({ ...specification, neuron_groups: { cells }, synapses }));
    const { code, stderr } = await runCommand(['run', folder.file('huge.json')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/the model needs \d[\d.]* GB of memory; this machine has \d[\d.]* [MG]B/);
    expect(stderr).toMatch(/huge\.json:\d+:\d+ +\/(?:neuron_groups\/cells|synapses\/all)/);
    expectSentences(stderr);
    const validated = await runCommand(['validate', folder.file('huge.json')]);
    expect(validated.code).toBe(0);
    const needed = /the model needs [\d.]+ GB of memory/.exec(stderr)?.[0] ?? '';
    expect(validated.stdout).toContain(`warning[run/too-large]  ${needed};`);
  });

  const tooLarge: [target: string, N: number, p: number, needs: RegExp, hint: string][] = [
    ['wasm', 200_000, 0.04, /the model needs 6\.\d+ GB of memory; wasm can use 4\.29 GB/, 'hint      use `--target c`'],
    ['opencl', 20_000_000, 0.04, /the model needs \d+ GB of memory; this machine has/, 'hint      use fewer cells'],
    [
      'c',
      20_000_000,
      0.04,
      /the model needs \d+ GB of memory; this machine has/,
      'hint      use fewer cells or connections',
    ],
  ];
  const installed = tooLarge.filter(([target]) => target !== 'opencl' || opencl.available);

  it.each(installed)(
    'synapses that do not fit are estimated before they are drawn for %s',
    async (target, N, p, needs, hint) => {
      const cells = { ...specification.neuron_groups.cells, N };
      const synapses = { all: { source: 'cells', target: 'cells', on_pre: 'v += 1*mV', connect: { p } } };
      writeFileSync(
        folder.file('dense.json'),
        JSON.stringify({ ...specification, neuron_groups: { cells }, synapses }),
      );
      const { code, stderr } = await runCommand(['run', folder.file('dense.json'), '--target', target]);
      expect(code).toBe(1);
      expect(stderr).toMatch(needs);
      expect(stderr).toContain(hint);
      expect(stderr).toContain('/synapses/all');
    },
  );

  it('everything at once, sorted by place', async () => {
    const text = JSON.stringify(
      {
        ...specification,
        neuron_groups: { cells: { ...specification.neuron_groups.cells, N: -1, method: 'eulr' } },
        spike_monitors: { spikes: { source: 'cels' } },
      },
      null,
      1,
    );
    const { findings } = await refuse('everything.json', text);
    expect(findings.length).toBeGreaterThanOrEqual(3);
    expect(findings.map(({ line }) => line)).toEqual(findings.map(({ line }) => line).sort((a, b) => a! - b!));
  });
});

describe('files and folders', () => {
  const good = (): string => {
    const path = folder.file('good.json');
    writeFileSync(path, JSON.stringify(specification));
    return path;
  };

  it.each([
    ['a missing model', () => ['run', folder.file('missing.yaml')], /there is no file .*missing\.yaml/],
    ['a folder as model', () => ['run', folder.path], /is a folder, not a file/],
    ['a file as folder', () => ['run', `${good()}/model.yaml`], /part of its path is a file/],
    [
      'an output in a folder that is not there',
      () => ['run', good(), '-o', folder.file('nowhere/result.nwb')],
      /cannot write .*its folder does not exist/,
    ],
    [
      'an output that is a folder',
      () => ['run', good(), '-o', makeFolder('results.nwb')],
      /cannot write .*it is a folder/,
    ],
    ['an output without a suffix', () => ['run', good(), '-o', folder.file('result')], /has no suffix/],
    [
      'an output in no known format',
      () => ['run', good(), '-o', folder.file('result.nbw')],
      /no result format has the suffix \.nbw/,
    ],
    ['a result that is not there', () => ['verify', folder.file('missing.nwb')], /there is no file|cannot read/],
    ['a bad seed', () => ['run', good(), '--seed', 'one'], /--seed cannot be one/],
    ['a seed beyond 64 bits', () => ['run', good(), '--seed', '18446744073709551616'], /--seed cannot be/],
    ['a duration without a unit', () => ['run', good(), '--duration', '5'], /--duration cannot be 5: it has no unit/],
    ['a duration in mV', () => ['run', good(), '--duration', '5 mV'], /it is not a time/],
    ['no duration at all', () => ['run', good(), '--duration', '0 s'], /it is not above zero/],
    ['no threads', () => ['run', good(), '--threads', '0'], /--threads cannot be 0/],
    ['a setting without a value', () => ['run', good(), '--set', 'g'], /--set cannot be g/],
    ['a subject without a value', () => ['run', good(), '--subject', 'species'], /--subject cannot be species/],
    [
      'a field that no subject has',
      () => ['run', good(), '--subject', 'specie=Mus musculus'],
      /--subject has no field specie/,
    ],
    ['a recording without a variable', () => ['run', good(), '--record', 'cells'], /--record cannot be cells/],
  ])('%s', async (_, words, sentence) => {
    const outcome = await runCommand(words());
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toMatch(sentence);
    expect(outcome.stderr).toMatch(/^ {2}hint {2}\S/m);
    expectSentences(outcome.stderr);
    expect(existsSync(folder.file('result'))).toBe(false);
    expect(readdirSync(folder.path).filter((name) => name.includes('partial'))).toEqual([]);
  });

  const isRoot = process.getuid?.() === 0;
  it.skipIf(isRoot)(
    withReason('a folder that may not be written to', isRoot ? 'root may write everywhere' : null),
    async () => {
      const closed = makeFolder('closed');
      chmodSync(closed, 0o500);
      const outcome = await runCommand(['run', good(), '-o', `${closed}/result.nwb`]);
      chmodSync(closed, 0o700);
      expect(outcome.code).toBe(2);
      expect(outcome.stderr).toMatch(/permission is denied/);
    },
  );

  it.skipIf(!triesAll)(slow('a file of 200 MB is read to its end, and its mistake found'), async () => {
    const path = folder.file('large.json');
    const model = {
      ...specification,
      synapses: { s: { source: 'cells', target: 'cells', on_pre: 'v += 1*mV', conect: { i: ['HERE'] } } },
    };
    const [before = '', after = ''] = JSON.stringify(model).split('"HERE"');
    const file = openSync(path, 'w');
    writeSync(file, before);
    const block = '1234567,7654321,'.repeat(62_500);
    for (let bytes = 0; bytes < 200_000_000; bytes += block.length) writeSync(file, block);
    writeSync(file, `0${after}`);
    closeSync(file);
    const outcome = await runCommand(['run', path, '-o', folder.file('large.nwb'), '--json']);
    rmSync(path);
    expect(outcome.code).toBe(1);
    expect(JSON.parse(outcome.stdout).diagnostics).toEqual([
      expect.objectContaining({
        code: 'brian/unknown-key',
        hint: 'did you mean connect?',
        place: expect.objectContaining({
          pointer: '/synapses/s/conect',
          line: 1,
          column: before.indexOf('"conect"') + 1,
        }),
      }),
    ]);
    expect(existsSync(folder.file('large.nwb'))).toBe(false);
  });

  it('a file of 600 MB is refused before it is read', async () => {
    const path = folder.file('larger.json');
    writeFileSync(path, '{');
    truncateSync(path, 600_000_000);
    const outcome = await runCommand(['run', path]);
    rmSync(path);
    expect(outcome).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/is 600 MB long, which is too large to read\n {2}hint {2}\S/),
    });
  });

  it('a device that has no end', async () => {
    expect(await runCommand(['run', '/dev/zero'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/is more than 500 MB long, which is too large to read\n {2}hint {2}\S/),
    });
  });

  it('derived variables that double when they are put into each other', async () => {
    const derived = Array.from({ length: 60 }, (_, k) => `x${k}: { value: x${k + 1} + x${k + 1}/2 }`);
    const path = folder.file('doubling.yaml');
    writeFileSync(
      path,
      `interneuron: 1
neurons:
  a:
    state: { v: 0 }
    derived: { ${derived.join(', ')}, x60: { value: v/1e20 } }
    derivatives: { v: (x0 - v)/(10*ms) }
populations: { p: { type: a, size: 3 } }
experiment: { dt: 0.1 ms, protocol: [run: 10 ms] }
`,
    );
    const outcome = await runCommand(['run', path]);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/^error\[lang\/too-large\].*\n {2}--> .*doubling.yaml:4:5/);
  });

  it('an HDF5 file as model', async () => {
    writeFileSync(folder.file('model.nwb'), Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0));
    const outcome = await runCommand(['run', folder.file('model.nwb')]);
    expect(outcome).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /is an HDF5 file, not a document of a model\n {2}hint {2}inspect, plot, compare and report take its recordings/,
      ),
    });
  });

  function makeFolder(name: string): string {
    mkdirSync(folder.file(name), { recursive: true });
    return folder.file(name);
  }
});
