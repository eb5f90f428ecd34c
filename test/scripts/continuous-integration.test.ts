/** The action for GitHub and the hooks of pre-commit: their commands, run as GitHub and pre-commit run them. */

import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { bundleProgram } from '../../scripts/page.js';
import { temporaryFolder } from '../support/command.js';
import { askedEffort } from '../support/effort.js';
import { root } from '../support/import-graph.js';
import { missingEnvironment } from '../support/python.js';
import { withReason } from '../support/skip-reasons.js';

const folder = temporaryFolder();
/** Clones, and projects that use hooks: tests look for models in all of the other folder. */
const projects = temporaryFolder();

beforeAll(() => {
  const program = join(folder.path, 'bin', 'interneuron');
  mkdirSync(join(folder.path, 'bin'));
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${inject('program')}" "$@"\n`);
  chmodSync(program, 0o755);
  mkdirSync(folder.file('models'));
  cpSync('fixtures/brian/single-lif.yaml', folder.file('models/lif.yaml'));
  cpSync('fixtures/pynn/if-curr-delta.json', folder.file('models/driven.json'));
  writeFileSync(folder.file('lif.expect.yaml'), 'expect: 1\nmodel: models/lif.yaml\nspikes: { G: { count: 18 } }\n');
});

/** Runs a text in bash as GitHub does, in the folder. */
function bash(text: string, variables: Readonly<Record<string, string>> = {}): { code: number | null; stdout: string } {
  const { status, stdout } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', text], {
    cwd: folder.path,
    encoding: 'utf8',
    env: { ...process.env, ...variables, PATH: `${join(folder.path, 'bin')}:${process.env['PATH'] ?? ''}` },
  });
  return { code: status, stdout };
}

/** Reasons why pre-commit itself cannot be tried here. */
const noUv = missingEnvironment('.venv', 'bin/uv');

/**
 * Runs pre-commit with one of our hooks from a repository, as a user's first commit does.
 *
 * @param repository  with a commit that has `.pre-commit-hooks.yaml`
 */
function preCommit(repository: string, id: string, project: string): ReturnType<typeof bash> {
  const { stdout: rev } = spawnSync('git', ['-C', repository, 'rev-parse', 'HEAD'], { encoding: 'utf8' });
  const hooks = [{ id, args: [], files: 'models/' }];
  writeFileSync(
    join(project, '.pre-commit-config.yaml'),
    JSON.stringify({ repos: [{ repo: repository, rev: rev.trim(), hooks }] }),
  );
  const uv = join(root, '.venv/bin/uv');
  return bash(`cd ${project} && git add -A && ${uv} tool run --quiet pre-commit@4.7.0 run --all-files`, {
    PRE_COMMIT_HOME: projects.file('pre-commit'),
  });
}

/** Writes a repository with a valid model and one with a mistake. @returns its folder */
function projectWithModels(name: string): string {
  const project = projects.file(name);
  mkdirSync(join(project, 'models'), { recursive: true });
  cpSync('fixtures/brian/single-lif.yaml', join(project, 'models/lif.yaml'));
  writeFileSync(join(project, 'models/bad.yaml'), 'format: interneuron/brian\nneuron_groups: { G: { N: 0 } }\n');
  expect(spawnSync('git', ['init', '-q', project]).status).toBe(0);
  return project;
}

/** Checks that the hook runs: one model is valid, the other one is not, and without it all is well. */
function expectValidation(repository: string, name: string): void {
  const project = projectWithModels(name);
  const wrong = preCommit(repository, 'interneuron-validate', project);
  expect([wrong.code, wrong.stdout]).toEqual([1, expect.stringContaining('models/bad.yaml: not valid')]);
  expect(wrong.stdout).toContain('models/lif.yaml: valid');
  rmSync(join(project, 'models/bad.yaml'));
  expect(preCommit(repository, 'interneuron-validate', project)).toMatchObject({ code: 0 });
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
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
};

/** What a job of GitHub sees of a run of the action. */
interface JobRun extends ReturnType<typeof bash> {
  readonly summary: string;
  /** Values that later steps read. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** Runs the steps of the packed action as a runner does, with inputs; steps that use other actions are left out. */
function runAction(inputs: Readonly<Record<string, string>>): JobRun {
  const files = { GITHUB_STEP_SUMMARY: folder.file('summary.md'), GITHUB_OUTPUT: folder.file('outputs.txt') };
  for (const path of Object.values(files)) writeFileSync(path, '');
  expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(inputs)));
  const results = action.runs.steps.flatMap(({ run, env = {} }) => {
    if (run === undefined) return [];
    const values = Object.entries(env).map(([name, text]) => {
      const [, input = ''] = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(text) ?? [];
      return [name, inputs[input] ?? action.inputs[input]!.default];
    });
    const github = { ...files, GITHUB_ACTIONS: 'true', GITHUB_ACTION_PATH: folder.file('action') };
    return [bash(run, { ...github, ...Object.fromEntries(values) })];
  });
  return {
    code: results.find(({ code }) => code !== 0)?.code ?? 0,
    stdout: results.map(({ stdout }) => stdout).join(''),
    summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'),
    outputs: Object.fromEntries(
      readFileSync(files.GITHUB_OUTPUT, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split('=')),
    ),
  };
}

describe('the action', () => {
  const commit = 'git -c user.name=a -c user.email=a commit -qm';
  beforeAll(async () => {
    const dist = folder.file('dist');
    await bundleProgram(dist);
    expect(spawnSync('scripts/pack-action.sh', [folder.file('action'), dist], { encoding: 'utf8' }).stderr).toBe('');
    expect(bash(`git init -q . && git add models lif.expect.yaml && ${commit} models`).code).toBe(0);
  });

  it('names other actions by their digests, and declares its outputs', () => {
    for (const { uses } of action.runs.steps) expect(uses ?? '@'.padEnd(41, '0')).toMatch(/@[0-9a-f]{40}$/);
    expect(Object.keys(action.outputs)).toEqual(['passed', 'critical']);
  });

  it('passes on good models, with pictures in the summary and files to keep', () => {
    const { code, stdout, summary, outputs } = runAction({ models: 'models', to: 'brian', tests: '.' });
    expect([code, stdout.match(/^::/m)]).toEqual([0, null]);
    expect(outputs).toMatchObject({ passed: 'true', critical: '0' });
    expect(summary).toContain('| models/lif.yaml | valid | ✓ |');
    expect(summary).toContain('| models/driven.json | converts to brian | ✓ |');
    expect(summary).toContain('| . | test | ✓ |');
    expect(summary).toMatch(/^### models\/lif\.yaml\n\n```\n[^`]*^G │[^`]*```$/m);
    const kept = readdirSync(folder.file('interneuron-gate'));
    expect(kept).toEqual(
      expect.arrayContaining(['badge.svg', 'models-lif.html', 'models-lif.nml', 'models-lif.nwb', 'models-lif.svg']),
    );
    expect(readFileSync(folder.file('interneuron-gate/badge.svg'), 'utf8')).toContain('models: 5 passed');
  });

  it.skipIf(noUv !== null)(withReason('is also a repository for pre-commit', noUv), () => {
    const packed = folder.file('action');
    expect(bash(`cd ${packed} && git init -q . && git add --force . && ${commit} packed`).code).toBe(0);
    expectValidation(packed, 'with-branch');
  });

  it('checks the models that a commit changed, and shows mistakes at their lines', () => {
    writeFileSync(folder.file('models/bad.yaml'), 'format: interneuron/brian\nneuron_groups: { G: { N: 0 } }\n');
    const { code, stdout, summary, outputs } = runAction({ models: 'models', since: 'HEAD', output: '' });
    expect([code, outputs['passed']]).toEqual([1, 'false']);
    expect(Number(outputs['critical'])).toBeGreaterThan(0);
    expect(stdout).toMatch(/^::error file=models\/bad\.yaml,line=2/m);
    expect(summary).toContain('| models/bad.yaml | valid | ✗ |');
    expect(summary).not.toContain('lif.yaml');
    expect(runAction({ models: 'models', since: 'nowhere', output: '' }).code).toBe(2);
    rmSync(folder.file('models/bad.yaml'));
  });

  it('verifies results, and certifies folders', () => {
    mkdirSync(folder.file('published'));
    cpSync(folder.file('models/lif.yaml'), folder.file('published/lif.yaml'));
    expect(bash('interneuron run published/lif.yaml -q -o published/one.csv').code).toBe(0);
    const inputs = { models: 'published', results: 'published/one.csv', certify: 'published', output: 'kept' };
    const { code, summary } = runAction(inputs);
    expect([code, summary]).toEqual([0, expect.stringContaining('| published/one.csv | verify | ✓ |')]);
    expect(summary).toContain('| published | certify | ✓ |');
    expect(readdirSync(folder.file('kept/published-certificate'))).toContain('certificate.html');
    const csv = readFileSync(folder.file('published/one.csv'), 'utf8');
    writeFileSync(folder.file('published/one.csv'), csv.replace('0.0091', '0.0092'));
    const again = runAction({ ...inputs, certify: '', output: '' });
    expect([again.code, again.stdout]).toEqual([1, expect.stringMatching(/^::error file=published\/one\.csv,/m)]);
  });

  it('fails on findings of the level that a project chooses', () => {
    mkdirSync(folder.file('notes'));
    writeFileSync(folder.file('notes/cell.swc'), '1 1 0 0 0 5 -1\n2 3 0 10 0 1 1\n');
    const inputs = { models: 'notes', output: '' };
    expect(runAction(inputs)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^::notice file=notes\/cell/m) });
    expect(runAction({ ...inputs, 'fail-on': 'suggestion' }).code).toBe(1);
    writeFileSync(folder.file('interneuron.yaml'), 'gate: { severity: [swc/membrane=best-practice] }\n');
    expect(runAction({ ...inputs, 'fail-on': 'best-practice' })).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^::warning file=notes\/cell/m),
    });
    rmSync(folder.file('interneuron.yaml'));
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

  // It installs the packages of a clone and builds it, in a minute or two.
  const isTried = askedEffort === 'thorough' && noUv === null;
  it.skipIf(!isTried)(`are built from a clone${isTried ? '' : ': npm run test:thorough runs it'}`, () => {
    const clone = projects.file('clone');
    expect(spawnSync('git', ['clone', '--quiet', root, clone]).status).toBe(0);
    expectValidation(clone, 'with-clone');
  });

  it('validate runs on changed models', () => {
    const { entry, files } = hook('interneuron-validate');
    const changed = ['models/lif.yaml', 'package.json', 'LEMS_x.xml', 'a/b.cell.nml', 'x.xml'];
    const chosen = changed.filter((path) => new RegExp(files).test(path));
    expect(chosen).toEqual(['models/lif.yaml', 'LEMS_x.xml', 'a/b.cell.nml']);
    expect(bash(`${entry} models/lif.yaml`).code).toBe(0);
    writeFileSync(folder.file('bad.yaml'), 'format: interneuron/brian\nneuron_groups: { G: { N: 0 } }\n');
    expect(bash(`${entry} models/lif.yaml bad.yaml`).code).toBe(1);
    rmSync(folder.file('bad.yaml'));
  });

  it('gate checks the models that are to be committed', () => {
    const { entry, args = [] } = hook('interneuron-gate');
    expect(bash(`${entry} models`).code).toBe(0);
    writeFileSync(folder.file('models/bad.yaml'), 'format: interneuron/brian\nneuron_groups: { G: { N: 0 } }\n');
    expect(bash(`${entry} ${args.join(' ')}`).code).toBe(1);
    rmSync(folder.file('models/bad.yaml'));
  });

  it('test runs all tests when a model or an expectation has changed', () => {
    const { entry, files, args = [] } = hook('interneuron-test');
    writeFileSync(
      folder.file('wrong.expect.yaml'),
      'expect: 1\nmodel: models/lif.yaml\nspikes: { G: { count: 17 } }\n',
    );
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
