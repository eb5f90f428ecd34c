/**
 * The test files that take longest, of a report of vitest, such as `.ci/run` writes:
 * `node scripts/slow-tests.mjs [out/tests.json [COUNT]]`
 *
 * One line for each, 30 without a count: its seconds, those of its slowest test and that test's name.
 */
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';

const [report = 'out/tests.json', count = '30'] = process.argv.slice(2);
const { testResults } = JSON.parse(await readFile(report, 'utf8'));
const seconds = (milliseconds) => (milliseconds / 1000).toFixed(1).padStart(7);

const files = testResults.map(({ name, startTime, endTime, assertionResults }) => {
  const [slowest] = assertionResults
    .map(({ fullName, duration }) => ({ fullName, duration: duration ?? 0 }))
    .sort((one, other) => other.duration - one.duration);
  return { name, took: endTime - startTime, slowest };
});
const all = files.reduce((sum, { took }) => sum + took, 0);
process.stdout.write(`${seconds(all)} s in ${files.length} files\n`);
for (const { name, took, slowest } of files.sort((one, other) => other.took - one.took).slice(0, Number(count))) {
  const test = slowest === undefined ? '' : ` ${seconds(slowest.duration)} ${slowest.fullName}`;
  process.stdout.write(`${seconds(took)} ${relative(process.cwd(), name)}${test}\n`);
}
