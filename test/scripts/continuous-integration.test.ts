/** The action for GitHub and the hooks of pre-commit: their commands, run as GitHub and pre-commit run them. */

import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();

beforeAll(() => {
  const program = join(folder.path, 'bin', 'interneuron');
  mkdirSync(join(folder.path, 'bin'));
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${inject('program')}" "$@"\n`);
  chmodSync(program, 0o755);
  mkdirSync(folder.file('action/dist'), { recursive: true });
  writeFileSync(
    folder.file('action/dist/cli.js'),
    `const { spawnSync } = require('node:child_process');
const words = [${JSON.stringify(inject('program'))}, ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, words, { stdio: 'inherit' }).status;
`,
  );
  mkdirSync(folder.file('models'));
  cpSync('fixtures/brian/single-lif.yaml', folder.file('models/lif.yaml'));
  writeFileSync(folder.file('lif.expect.yaml'), 'expect: 1\nmodel: models/lif.yaml\nspikes: { G: { count: 18 } }\n');
});

/** Runs a text in bash as GitHub does, in the folder. */
function bash(text: string, variables: Readonly<Record<string, string>> = {}): { code: number | null; stdout: string } {
  const { status, stdout } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', text], {
    cwd: folder.path,
    encoding: 'utf8',
    env: {
      ...process.env,
      GITHUB_ACTION_PATH: folder.file('action'),
      ...variables,
      PATH: `${join(folder.path, 'bin')}:${process.env['PATH'] ?? ''}`,
    },
  });
  return { code: status, stdout };
}

interface Step {
  readonly name?: string;
  readonly if?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const action = parse(readFileSync('action.yml', 'utf8')) as {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
};

/** Runs a step of the action with an input. */
function step(name: string, input: string): ReturnType<typeof bash> {
  const { run = '', env = {} } = action.runs.steps.find((one) => one.name === name)!;
  const [variable = ''] = Object.keys(env);
  expect(action.inputs).toHaveProperty(/inputs\.(\w+)/.exec(env[variable]!)![1]!);
  return bash(run, { [variable]: input });
}

describe('the action', () => {
  it('runs the program of its own repository', () => {
    const commands = action.runs.steps.flatMap(({ run = '' }) => run.match(/\b(?:npm|npx|node) [^\n;]*/g) ?? []);
    expect(commands.map((command) => command.split(' && ')[0])).toEqual([
      'npm ci --no-audit --no-fund',
      'node "$GITHUB_ACTION_PATH/dist/cli.js" validate --output-format github -- "${words[@]}"',
      'node "$GITHUB_ACTION_PATH/dist/cli.js" test --output-format github -- "${words[@]}"',
      'node "$GITHUB_ACTION_PATH/dist/cli.js" verify -- "$result"',
    ]);
  });

  it('names other actions by their digests', () => {
    for (const { uses } of action.runs.steps) expect(uses ?? '@'.padEnd(41, '0')).toMatch(/@[0-9a-f]{40}$/);
  });

  it('validates models, and shows mistakes at their lines', () => {
    expect(step('validate', 'models models/*.yaml')).toMatchObject({ code: 0 });
    writeFileSync(folder.file('bad.yaml'), 'format: interneuron/brian\nneuron_groups: { G: { N: 0 } }\n');
    const { code, stdout } = step('validate', 'models\nbad.yaml');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^::error file=bad\.yaml,line=2/m);
  });

  it('runs tests', () => {
    expect(step('test', '.')).toEqual({ code: 0, stdout: '' });
    writeFileSync(
      folder.file('wrong.expect.yaml'),
      'expect: 1\nmodel: models/lif.yaml\nspikes: { G: { count: 17 } }\n',
    );
    expect(step('test', 'wrong.expect.yaml')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^::error file=wrong\.expect\.yaml,line=3/),
    });
  });

  it('verifies results, and fails at the first that differs', () => {
    expect(bash('interneuron run models/lif.yaml -q -o one.csv').code).toBe(0);
    expect(step('verify', 'one.csv one.csv').stdout.match(/^identical/gm)).toHaveLength(2);
    const csv = readFileSync(folder.file('one.csv'), 'utf8');
    writeFileSync(folder.file('one.csv'), csv.replace('0.0091', '0.0092'));
    expect(step('verify', 'one.csv one.csv').code).toBe(1);
  });
});

describe('the hooks of pre-commit', () => {
  const hooks = parse(readFileSync('.pre-commit-hooks.yaml', 'utf8')) as readonly {
    readonly id: string;
    readonly entry: string;
    readonly files: string;
    readonly args?: readonly string[];
  }[];
  const hook = (id: string): (typeof hooks)[number] => hooks.find((one) => one.id === id)!;

  it('validate runs on changed models', () => {
    const { entry, files } = hook('interneuron-validate');
    const changed = ['models/lif.yaml', 'package.json', 'LEMS_x.xml', 'a/b.cell.nml', 'x.xml'];
    const chosen = changed.filter((path) => new RegExp(files).test(path));
    expect(chosen).toEqual(['models/lif.yaml', 'LEMS_x.xml', 'a/b.cell.nml']);
    expect(bash(`${entry} models/lif.yaml`).code).toBe(0);
    expect(bash(`${entry} models/lif.yaml bad.yaml`).code).toBe(1);
  });

  it('test runs all tests when a model or an expectation has changed', () => {
    const { entry, files, args = [] } = hook('interneuron-test');
    const changed = ['lif.expect.yaml', 'expect.yaml', '.test.x.omt', 'README.md', 'net.nml'];
    expect(changed.filter((path) => new RegExp(files).test(path))).toEqual(
      changed.filter((path) => path !== 'README.md'),
    );
    expect(bash(`${entry} ${args.join(' ')}`)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/1 passed, 1 failed/),
    });
  });
});
