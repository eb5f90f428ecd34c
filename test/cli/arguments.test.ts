import { describe, expect, it } from 'vitest';
import { targets } from '../../runtime/targets/registry.js';
import { commands, listedCommands } from '../../src/cli/command-table.js';
import { targetNames } from '../../src/cli/table/options.js';
import { readArguments } from '../../src/cli/arguments.js';
import { numericsVersion } from '../../src/ir/program.js';
import { UsageError } from '../../src/diagnostics/diagnostic.js';
import { runCommand } from '../support/command.js';

async function read(line: string): ReturnType<typeof readArguments> {
  return readArguments(line === '' ? [] : line.split(' '), 80);
}

/** The sentence and the hint of a command line that is refused. */
async function refusal(line: string): Promise<string> {
  const error: unknown = await read(line).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UsageError)) throw new Error(`${line} is not refused as it should be: ${String(error)}`);
  return `${error.message} | ${error.hint}`;
}

describe('accepted command lines', () => {
  it('a run with all its options', async () => {
    const request = await read(
      'run m.yaml --seed 18446744073709551615 -o x.nwb -o y.csv --set a=1 --set b=2 --threads 2 --json -q ' +
        '--record exc:v@1ms',
    );
    if (request.kind !== 'command') throw new Error('not a command');
    const { options } = request;
    expect([request.command, request.files]).toEqual(['run', ['m.yaml']]);
    expect(options.value('seed')).toBe('18446744073709551615');
    expect(options.values('output')).toEqual(['x.nwb', 'y.csv']);
    expect(options.values('set')).toEqual(['a=1', 'b=2']);
    expect(options.values('record')).toEqual(['exc:v@1ms']);
    expect([options.flag('json'), options.flag('quiet'), options.value('target')]).toEqual([true, true, undefined]);
  });

  it.each([
    ['run --set a=1 m.yaml', ['m.yaml']],
    ['run --json m.yaml', ['m.yaml']],
    ['run 007', ['007']],
    ['validate a.yaml b.yaml c.json', ['a.yaml', 'b.yaml', 'c.json']],
    ['run --json -- m.yaml', ['m.yaml']],
    ['run -- --target', ['./--target']],
    ['validate a.yaml -- -b.yaml', ['a.yaml', './-b.yaml']],
    ['targets', []],
    ['validate -', ['-']],
    ['validate a.yaml -', ['a.yaml', '-']],
    ['explain', []],
  ])('the files of %j', async (line, files) => {
    expect(await read(line)).toMatchObject({ kind: 'command', files });
  });
});

describe('refused command lines', () => {
  it.each([
    ['runn m.yaml', 'there is no command runn | did you mean run?'],
    ['m.yaml --dt 1ms', 'there is no file m.yaml | check the path; interneuron FILE says what a file is'],
    ['help runn', 'there is no command runn | did you mean run?'],
    [
      'simulate m.yaml',
      'there is no command simulate | the commands are run, sweep, convert, pack, validate, codegen, same, test, ' +
        'certify, gate, matrix, describe, plot, report, page, new, explain, schema, serve, doctor, targets, completion, man',
    ],
    [
      'brian script.py --strict',
      'scripts of Brian 2 run in Python: the command brian belongs to the Python packages | ' +
        'install brian2-interneuron (docs/python.md), then python -I -m interneuron brian script.py --strict',
    ],
    [
      'pynn',
      'scripts of PyNN run in Python: the command pynn belongs to the Python packages | ' +
        'install pynn-interneuron (docs/python.md), then python -I -m interneuron pynn',
    ],
    [
      'neuron init.hoc',
      'scripts of NEURON run in Python: the command neuron belongs to the Python packages | ' +
        'install neuron-interneuron (docs/python.md), then python -I -m interneuron neuron init.hoc',
    ],
    ['--foo', '--foo needs a command | interneuron --help lists all commands and options'],
    ['run', 'run needs a file | interneuron run --help shows its usage'],
    ['run --otuput a.yaml', 'run has no option --otuput | did you mean --output?'],
    ['validate --targt=c', 'validate has no option --targt | did you mean --target?'],
    ['run a.yaml b.yaml', 'run takes one file, but got b.yaml as well | interneuron runs one model at a time'],
    ['run a.yaml --thread 2', 'run has no option --thread | did you mean --threads?'],
    ['run a.yaml --otuput x.nwb', 'run has no option --otuput | did you mean --output?'],
    ['run a.yaml -x', 'run has no option -x | interneuron run --help lists its options'],
    ['run a.yaml --to brian', 'run has no option --to | interneuron run --help lists its options'],
    ['run a.yaml --target wsam', '--target cannot be wsam | did you mean wasm?'],
    ['run a.yaml --precision double', '--precision cannot be double | choose one of float64, float32'],
    ['run a.yaml --seed', '--seed needs a value | interneuron run --help shows its usage'],
    ['run a.yaml --seed 1 --seed 2', '--seed is given 2 times | give it once'],
    ['new', 'new needs a notation: brian, pynn or neuroml | interneuron new --help shows its usage'],
    [
      'schema',
      'schema needs a notation: brian, pynn, canonical, comparison or expectations | interneuron schema --help shows its usage',
    ],
    ['completion zhs', 'completion has nothing for zhs | did you mean zsh?'],
    ['convert a.yaml --to brain -o x', '--to cannot be brain | did you mean brian?'],
  ])('%s', async (line, text) => {
    expect(await refusal(line)).toBe(text);
  });
});

describe('the names of targets', () => {
  it('equal the names in the registry', () => {
    expect([...targetNames].sort()).toEqual(['auto', ...Object.keys(targets)].sort());
  });
});

describe('help', () => {
  it('appears without arguments, and by --help', async () => {
    for (const line of ['', '--help']) {
      const request = await read(line);
      if (request.kind !== 'text') throw new Error('not help');
      for (const name of listedCommands) expect(request.text).toContain(`interneuron ${name}`);
    }
  });

  it.each(Object.keys(commands) as (keyof typeof commands)[])(
    'of %s names every option, within 80 columns',
    async (name) => {
      const request = await read(`${name} --help`);
      if (request.kind !== 'text') throw new Error('not help');
      for (const option of Object.keys(commands[name].options)) expect(request.text).toContain(`--${option}`);
      for (const line of request.text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    },
  );

  it.each(['--version', '-V'])('%s prints the version of the package and the version of the numerics', async (line) => {
    const text = `interneuron 0.1.0 (numerics version ${numericsVersion})\n`;
    expect(await read(line)).toEqual({ kind: 'text', text });
  });

  it.each(['-h', 'help'])('%s is --help', async (line) => {
    expect(await read(line)).toEqual(await read('--help'));
  });

  it.each(['run -h', 'help run'])('%s is run --help', async (line) => {
    expect(await read(line)).toEqual(await read('run --help'));
  });

  it.each([
    ['new', 'brian'],
    ['schema', 'canonical'],
    ['explain', 'lang/dimension-mismatch'],
  ])('shell completion finds the argument of %s', async (command, word) => {
    const request = await read(`--get-yargs-completions interneuron ${command} ${word.slice(0, 6)}`);
    if (request.kind !== 'text') throw new Error('not completion');
    expect(request.text.split('\n')).toContain(word);
  });

  it.each([
    ['bash', /^complete .* interneuron$/m],
    ['zsh', /^ *compdef .* interneuron$/m],
    ['fish', /^complete .*interneuron/m],
  ])('completion prints a script for %s', async (shell, text) => {
    const { SHELL } = process.env;
    expect(await read(`completion ${shell}`)).toMatchObject({ kind: 'text', text: expect.stringMatching(text) });
    expect(process.env['SHELL']).toBe(SHELL);
  });

  it('man prints the manual page, with all options', async () => {
    const request = await read('man');
    if (request.kind !== 'text') throw new Error('no page');
    expect(request.text).toMatch(/^\.TH INTERNEURON 1 /);
    for (const [name, { options }] of Object.entries(commands)) {
      expect(request.text).toContain(`.SS \\fB${name}\\fR`);
      for (const option of Object.keys(options))
        expect(request.text).toContain(`\\fB\\-\\-${option.replaceAll('-', '\\-')}\\fR`);
    }
  });

  it('completion prints a script', async () => {
    expect(await read('completion')).toMatchObject({ kind: 'text', text: expect.stringContaining('complete ') });
  });
});

describe('several mistakes in one command line', () => {
  it('are all reported', async () => {
    const { code, stderr } = await runCommand([
      'run', 'model.yaml', '--seed', 'x', '--dt', '0 ms', '--duration', '5', '--threads', '0', '--set', 'g', '--set', 'h',
      '--target', 'wams', '--precisoin', 'float32', '--subject', 'specis=cat', '--record', 'cells', '-o', 'out/', '-o', 'a.foo',
    ]); // prettier-ignore
    expect(code).toBe(2);
    expect(stderr.match(/^error: .*/gm)).toEqual([
      'error: run has no option --precisoin',
      'error: --target cannot be wams',
      'error: --seed cannot be x',
      'error: --dt cannot be 0 ms: it is not above zero',
      'error: --duration cannot be 5: it has no unit',
      'error: --threads cannot be 0',
      'error: out/ is not the name of a file',
      'error: no result format has the suffix .foo: it is one of .nwb, .json, .csv, .h5, .nirdata',
      'error: --record cannot be cells',
      'error: --set cannot be g',
      'error: --set cannot be h',
      'error: --subject has no field specis',
    ]);
    expect(stderr).toContain("--dt '0.1 ms'");
  });

  it('are all in the JSON', async () => {
    const { stdout } = await runCommand(['run', 'model.yaml', '--seed', 'x', '--threads', '0', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { message: '--seed cannot be x' },
      otherErrors: [{ message: '--threads cannot be 0' }],
    });
  });
});

describe('help', () => {
  it('of completion is no script', async () => {
    const { code, stdout } = await runCommand(['completion', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('Prints a completion script');
    expect(stdout).not.toContain('compdef');
  });
});
