/** Command lines with an environment: typical ones, changed. */

import { names } from './nasty.js';
import type { Random } from './random.js';
import { commands } from '../../src/cli/command-table.js';

/** A command line and variables of its environment. */
export interface CommandInput {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Files that the commands find in their folder, by name (`feed-command.ts` makes them). */
export const filesOfCommands = [
  'lif.yaml',
  'lif.csv',
  'lif.nwb',
  'lif.json',
  'lif.checkpoint',
  'cell.xml',
  'broken.yaml',
  'empty.nwb',
  'cut.nwb',
  'folder',
] as const;

/** Commands that end within moments; `serve` and `targets` need no files, and are tried elsewhere. */
const usual: readonly (readonly string[])[] = [
  ['run', 'lif.yaml', '-o', 'out.csv'],
  ['run', 'lif.yaml', '-o', 'out.nwb', '--record', 'neurons:v', '--json'],
  ['run', 'lif.yaml', '--checkpoint', '1 ms', '-o', 'out.json'],
  ['run', '--resume', 'lif.checkpoint', '-o', 'out.csv'],
  ['run', '--recover', 'lif.checkpoint', '-o', 'out.nwb'],
  ['convert', 'lif.yaml', '--to', 'lems', '-o', 'out.xml'],
  ['convert', 'cell.xml', '--to', 'brian', '-o', 'out.py', '--report', 'report.json'],
  ['validate', 'lif.yaml', 'cell.xml', '--json'],
  ['codegen', 'lif.yaml', '--target', 'c', '-o', 'project'],
  ['verify', 'lif.nwb'],
  ['diff', 'lif.csv', 'lif.json'],
  ['describe', 'lif.yaml', '--format', 'markdown'],
  ['new', 'brian', '-o', 'new.yaml'],
  ['explain', 'lang/unknown-name'],
  ['schema', 'pynn'],
];

const values: readonly string[] = [
  '1', '0', '-1', '2', '257', '1e3', 'NaN', '18446744073709551615', '18446744073709551616', '1 ms', '0.1 ms', '0 ms', '-1 ms', '1e400 s', '1e15 s', '5', '1 mV', 'auto',
  'wasm', 'reference', 'null', 'float32', 'brian', 'lems', 'pynn-nestml', 'swc', 'out.csv', 'out.nwb', 'out.incomplete.csv', 'folder', 'folder/out.csv', 'none/out.csv', '.csv', 'out',
  'lif.csv', 'lif.yaml', 'tau=1 ms', 'neurons.v=1', '=', 'a=', '=b', 'neurons:v@1ms', 'neurons:spikes', ':', '@', 'species=Mus', '-', '--', '--help', '--json', '-o', '-q', '--no-json',
]; // prettier-ignore

const variables: Readonly<Record<string, readonly string[]>> = {
  SOURCE_DATE_EPOCH: ['', '0', '-1', '1e9', '1700000000', '999999999999', 'now'],
  INTERNEURON_CACHE: ['', '.', 'folder', '/nonexistent/cache', 'lif.yaml', '\u202e'],
  XDG_CACHE_HOME: ['', 'relative', '/nonexistent'],
  HOME: ['', '/nonexistent', '.'],
  TMPDIR: ['', '/nonexistent', 'folder', 'lif.yaml'],
  CC: ['', 'false', 'nonexistent-compiler', 'true -x', '"'],
  NO_COLOR: ['', '1'],
  FORCE_COLOR: ['0', '3'],
  TERM: ['', 'dumb'],
  LANG: ['', 'C', 'tr_TR.UTF-8'],
  TZ: ['', 'Pacific/Kiritimati', 'nonsense'],
};

/** `--watch` never ends by itself. */
const options = [...new Set(Object.values(commands).flatMap((command) => Object.keys(command.options)))].filter(
  (name) => name !== 'watch',
);

/** A command line, as JSON. A third are as people write them, in another environment. */
export function commandInput(random: Random): Uint8Array {
  const words = [...random.pick(usual)];
  const anyWord = (): string => {
    if (random.once(4)) return `--${random.pick(options)}`;
    if (random.once(8)) return `--${random.pick(options)}=${random.pick(values)}`;
    if (random.once(8)) return random.pick(Object.keys(commands));
    return random.once(4) ? random.pick(names) : random.pick(random.once(3) ? filesOfCommands : values);
  };
  for (let changes = random.below(3) * random.below(3); changes > 0; changes -= 1) {
    const at = random.below(words.length + 1);
    if (random.once(3)) words.splice(at, 0, `--${random.pick(options)}`, random.pick(values));
    else words.splice(at, random.below(2), ...(random.once(4) ? [] : [anyWord()]));
  }
  const environment = Object.fromEntries(
    Array.from({ length: random.below(3) }, () => {
      const name = random.pick(Object.keys(variables));
      return [name, random.pick(variables[name] ?? [])];
    }),
  );
  return Buffer.from(JSON.stringify({ words, environment } satisfies CommandInput));
}
