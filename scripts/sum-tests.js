/**
 * Adds up reports of vitest: `node scripts/sum-tests.js first.json second.json` prints `N passed, N failed, N skipped`.
 *
 * Of a test that is in several reports the last one counts, so that one skipped at first and run later is not counted twice.
 * A file that could not be run at all counts as one failed test, and so does each of `--failed-steps N`. Exits with 1 when
 * something failed, or nothing was run.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({ options: { 'failed-steps': { type: 'string', default: '0' } }, allowPositionals: true });

/** Status by test, in the order of the reports. */
const tests = new Map();
for (const path of positionals) {
  const { testResults } = JSON.parse(await readFile(path, 'utf8').catch(() => '{"testResults":[]}'));
  if (testResults.length === 0) process.stderr.write(`${basename(path)} holds no tests\n`);
  for (const { name, status, assertionResults } of testResults) {
    if (status === 'failed' && assertionResults.length === 0) tests.set(name, 'failed');
    // Rows of a table of tests may share a name: the n-th of a name in one report is the n-th in another.
    const seen = new Map();
    for (const { fullName, status: result } of assertionResults) {
      const ordinal = seen.get(fullName) ?? 0;
      seen.set(fullName, ordinal + 1);
      tests.set(`${name} > ${fullName} > ${ordinal}`, result);
    }
  }
}

const counts = { passed: 0, failed: Number(values['failed-steps']), skipped: 0 };
for (const status of tests.values()) {
  if (status === 'passed' || status === 'failed') counts[status] += 1;
  else counts.skipped += 1;
}
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}\n`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
