/**
 * Counts the lines of each capability, whose ceilings are in `bench/size.json`:
 *
 *     node scripts/size.mjs            prints the lines and ceilings of all
 *     node scripts/size.mjs --lower    lowers the ceilings to the lines of today
 *
 * A capability that must grow states the reason beside a ceiling that is raised by hand. What is new replaces
 * something, or gets an entry of its own with its reason.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const path = `${root}bench/size.json`;

/** Files that are counted: hand-written code of the program, without tests and scripts. */
function sources() {
  const packages = readdirSync(`${root}python`).map((name) => `python/${name}/src`);
  return ['src', 'translators', 'runtime', 'site', ...packages]
    .flatMap((folder) => readdirSync(`${root}${folder}`, { recursive: true }).map((file) => `${folder}/${file}`))
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /\.(?:ts|mjs|py|hbs|css|html)$/.test(file) && !/generated|__pycache__/.test(file))
    .sort();
}

/**
 * Returns the capabilities with their lines, and files that none has. A file belongs to the capability with the longest
 * of the folders or files that contain it.
 */
export function sizes() {
  const capabilities = JSON.parse(readFileSync(path, 'utf8'));
  const places = Object.entries(capabilities).flatMap(([name, { files }]) => files.map((place) => ({ name, place })));
  const lines = new Map(Object.keys(capabilities).map((name) => [name, 0]));
  const unassigned = [];
  for (const file of sources()) {
    const [owner] = places
      .filter(({ place }) => file === place || file.startsWith(`${place}/`))
      .sort((a, b) => b.place.length - a.place.length);
    if (owner === undefined) unassigned.push(file);
    else {
      const count = readFileSync(`${root}${file}`, 'utf8').split('\n').length - 1;
      lines.set(owner.name, lines.get(owner.name) + count);
    }
  }
  return { capabilities, lines, unassigned };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { capabilities, lines, unassigned } = sizes();
  for (const [name, count] of lines) {
    const { ceiling } = capabilities[name];
    console.log(`${String(count).padStart(7)} of ${String(ceiling).padStart(6)}  ${name}`);
    if (process.argv.includes('--lower') && count < ceiling) capabilities[name].ceiling = count;
  }
  if (unassigned.length > 0) console.log(`in no capability: ${unassigned.join(', ')}`);
  if (process.argv.includes('--lower')) writeFileSync(path, `${JSON.stringify(capabilities, null, 2)}\n`);
}
