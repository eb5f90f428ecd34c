/**
 * A table of lines by folder for release notes: `node scripts/lines-by-folder.mjs [REVISION]`, of the last release
 * or another revision beside the present.
 *
 * Lines of sources that people write: TypeScript, JavaScript, Python, C and templates, without generated files.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const git = (...words) =>
  execFileSync('git', words, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });

/** Lines of each folder at a revision. */
function linesAt(revision) {
  const sources = ['ts', 'mts', 'js', 'mjs', 'py', 'c', 'cu', 'hbs'].map((suffix) => `*.${suffix}`);
  const counts = new Map();
  // Lines of `git grep --count`: revision:path:count.
  for (const row of git('grep', '--count', '', revision, '--', ...sources, ':!*.generated.*')
    .trim()
    .split('\n')) {
    const [, path, count] = row.split(':');
    const folder = path
      .split('/')
      .slice(0, path.startsWith('src/') ? 2 : 1)
      .join('/');
    if (path.includes('/')) counts.set(folder, (counts.get(folder) ?? 0) + Number(count));
  }
  return counts;
}

const [before] = process.argv.slice(2);
const [then, now] = [before === undefined ? undefined : linesAt(before), linesAt('HEAD')];
const folders = [...new Set([...now.keys(), ...(then?.keys() ?? [])])].sort();
const sum = (counts) => [...counts.values()].reduce((all, one) => all + one, 0);
const row = (...cells) => process.stdout.write(`| ${cells.filter((cell) => cell !== undefined).join(' | ')} |\n`);
row('folder', then && before, 'lines');
row('---', then && '---:', '---:');
for (const folder of folders) row(`\`${folder}\``, then && (then.get(folder) ?? 0), now.get(folder) ?? 0);
row('all', then && sum(then), sum(now));
