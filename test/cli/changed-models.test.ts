import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { changedModels } from '../../src/cli/changed-models.js';
import { temporaryFolder } from '../../src/platform/temporary-folder.js';

let folder = '';
const file = (name: string): string => join(folder, name);
const git = (...words: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...words], { cwd: folder, encoding: 'utf8' });
const names = ['m.yaml', 'n.yaml', 'o.yaml'];
const changed = (files: readonly string[] = names): readonly string[] =>
  changedModels(files.map(file), 'HEAD', folder).map((path) => path.slice(folder.length + 1));

beforeEach(() => {
  folder = temporaryFolder('clone');
  git('init', '-q', '.');
  mkdirSync(file('data'));
  writeFileSync(file('m.yaml'), 'name: m\n');
  writeFileSync(file('n.yaml'), 'rows: data/table.csv\n');
  writeFileSync(file('o.yaml'), '# The times are in data/times.csv.\n');
  writeFileSync(file('data/table.csv'), '1\n');
  git('add', '-A');
  git('commit', '-qm', 'one');
});

test('models that changed, and those that name a file that changed, is new or is missing', () => {
  expect(changed()).toEqual([]);
  appendFileSync(file('m.yaml'), '# two\n');
  expect(changed()).toEqual(['m.yaml']);
  appendFileSync(file('data/table.csv'), '2\n');
  expect(changed()).toEqual(['m.yaml', 'n.yaml']);
  writeFileSync(file('data/times.csv'), '1\n');
  expect(changed()).toEqual(names);
  unlinkSync(file('data/table.csv'));
  expect(changed()).toEqual(names);
  writeFileSync(file('new.yaml'), 'name: new\n');
  expect(changed(['new.yaml'])).toEqual(['new.yaml']);
});

test('lines that a checkout ended as Windows does are unchanged', () => {
  writeFileSync(file('m.yaml'), 'name: m\r\n');
  expect(changed()).toEqual([]);
});

test('an unknown commit is an error of the command', () => {
  expect(() => changedModels([file('m.yaml')], '--upload-pack=x', folder)).toThrow('git has no commit --upload-pack=x');
});

/** Settings of a clone that name a program, each with what makes git read it. */
const traps: Readonly<Record<string, (program: string) => void>> = {
  'core.fsmonitor': (program) => git('config', 'core.fsmonitor', program),
  'a clean filter': (program) => {
    git('config', 'filter.trap.clean', program);
    writeFileSync(file('.gitattributes'), '* filter=trap\n');
  },
  'a process filter': (program) => {
    git('config', 'filter.trap.process', program);
    writeFileSync(file('.gitattributes'), '* filter=trap\n');
  },
  'a driver of differences': (program) => {
    git('config', 'diff.trap.textconv', program);
    git('config', 'diff.external', program);
    writeFileSync(file('.gitattributes'), '* diff=trap\n');
  },
  'hooks, a pager, an editor and aliases': (program) => {
    git('config', 'core.hooksPath', folder);
    for (const hook of ['post-index-change', 'reference-transaction', 'post-checkout'])
      writeFileSync(file(hook), `#!/bin/sh\n${program}\n`, { mode: 0o755 });
    for (const key of [
      'core.pager',
      'pager.ls-tree',
      'pager.rev-parse',
      'core.editor',
      'alias.ls-tree',
      'alias.rev-parse',
    ])
      git('config', key, key.startsWith('alias') ? `!${program}` : program);
  },
  'a remote from which missing objects are fetched': (program) => {
    const tree = git('rev-parse', 'HEAD:data').trim();
    renameSync(file(`.git/objects/${tree.slice(0, 2)}/${tree.slice(2)}`), file('gone'));
    git('config', 'core.repositoryFormatVersion', '1');
    git('config', 'extensions.partialClone', 'origin');
    git('config', 'remote.origin.promisor', 'true');
    git('config', 'remote.origin.url', `ext::sh -c ${program.replaceAll(' ', '% ')}`);
    git('config', 'protocol.ext.allow', 'always');
    git('config', 'remote.origin.uploadpack', program);
  },
  'a remote of the machine': (program) => {
    const tree = git('rev-parse', 'HEAD:data').trim();
    rmSync(file(`.git/objects/${tree.slice(0, 2)}/${tree.slice(2)}`));
    git('config', 'core.repositoryFormatVersion', '1');
    git('config', 'extensions.partialClone', 'origin');
    git('config', 'remote.origin.promisor', 'true');
    git('config', 'remote.origin.url', `${folder}/.git`);
    git('config', 'remote.origin.uploadpack', program);
    git('config', 'core.sshCommand', program);
  },
};

test.each(Object.keys(traps))('no program runs that a clone names by %s', (name) => {
  const script = file('trap.sh');
  writeFileSync(script, `#!/bin/sh\ntouch "${file('RAN')}"\nexit 1\n`);
  chmodSync(script, 0o755);
  traps[name]?.(script);
  appendFileSync(file('m.yaml'), '# two\n');
  try {
    expect(changed()).toContain('m.yaml');
  } catch (error) {
    // Without its objects the commit cannot be read.
    expect((error as Error).message).toContain('git has no commit HEAD here');
  }
  expect(existsSync(file('RAN'))).toBe(false);
});

test('a word of 150 kB takes no longer than other text', () => {
  writeFileSync(file('n.yaml'), `# ${'a'.repeat(150_000)}\n# ${'a.'.repeat(75_000)}\n# ${'.'.repeat(150_000)}a\n`);
  const before = process.cpuUsage();
  expect(changed()).toContain('n.yaml');
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(1);
});
