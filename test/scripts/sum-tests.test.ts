import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/command.js';
import { root } from '../support/import-graph.js';

const folder = temporaryFolder();

/** Returns a report of one file with tests of the given names and statuses. */
function report(name: string, tests: readonly (readonly [string, string])[]): string {
  const path = folder.file(name);
  const assertionResults = tests.map(([fullName, status]) => ({ fullName, status }));
  writeFileSync(path, JSON.stringify({ testResults: [{ name: 'a.test.ts', status: 'passed', assertionResults }] }));
  return path;
}

function sum(...words: string[]): { line: string; code: number | null } {
  const { stdout, status } = spawnSync(process.execPath, [join(root, 'scripts/sum-tests.js'), ...words], {
    encoding: 'utf8',
  });
  return { line: stdout, code: status };
}

describe('sum-tests', () => {
  it('adds up passed, failed and skipped tests', () => {
    const first = report('1.json', [
      ['a', 'passed'],
      ['row', 'passed'],
      ['row', 'passed'],
      ['python', 'pending'],
    ]);
    const second = report('2.json', [['b', 'passed']]);
    expect(sum(first)).toEqual({ line: '3 passed, 0 failed, 1 skipped\n', code: 0 });
    expect(sum(first, second)).toEqual({ line: '4 passed, 0 failed, 1 skipped\n', code: 0 });
  });

  it('fails with a failed test, a failed step, and without any test', () => {
    expect(sum(report('3.json', [['a', 'failed']]))).toEqual({ line: '0 passed, 1 failed\n', code: 1 });
    expect(sum('--failed-steps', '2', report('4.json', [['a', 'passed']]))).toEqual({
      line: '1 passed, 2 failed\n',
      code: 1,
    });
    expect(sum(folder.file('missing.json'))).toEqual({ line: '0 passed, 0 failed\n', code: 1 });
  });

  it('counts a file that could not be run, and one that failed after its tests', () => {
    const path = folder.file('5.json');
    const passed = [{ fullName: 'a', status: 'passed' }];
    writeFileSync(
      path,
      JSON.stringify({ testResults: [{ name: 'b.test.ts', status: 'failed', assertionResults: [] }] }),
    );
    expect(sum(path)).toEqual({ line: '0 passed, 1 failed\n', code: 1 });
    writeFileSync(
      path,
      JSON.stringify({ testResults: [{ name: 'b.test.ts', status: 'failed', assertionResults: passed }] }),
    );
    expect(sum(path)).toEqual({ line: '1 passed, 1 failed\n', code: 1 });
  });
});
