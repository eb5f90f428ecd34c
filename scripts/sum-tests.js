/**
 * Adds up a report of vitest: `node scripts/sum-tests.js report.json` prints `N passed, N failed, N skipped`.
 *
 * A file that failed as a whole (it could not be loaded, or its clean-up broke) counts as one failed test, and so does
 * each of `--failed-steps N`. Exits with 1 when something failed, or nothing was run.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { 'failed-steps': { type: 'string', default: '0' } },
  allowPositionals: true,
});

const counts = { passed: 0, failed: Number(values['failed-steps']), skipped: 0 };
for (const path of positionals) {
  const { testResults } = JSON.parse(await readFile(path, 'utf8').catch(() => '{"testResults":[]}'));
  if (testResults.length === 0) process.stderr.write(`${basename(path)} holds no tests\n`);
  for (const { status, assertionResults } of testResults) {
    const failed = assertionResults.filter((test) => test.status === 'failed').length;
    const passed = assertionResults.filter((test) => test.status === 'passed').length;
    counts.failed += failed > 0 || status !== 'failed' ? failed : 1;
    counts.passed += passed;
    counts.skipped += assertionResults.length - passed - failed;
  }
}
process.stdout.write(
  `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}\n`,
);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
