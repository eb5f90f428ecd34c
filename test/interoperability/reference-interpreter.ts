/** Runs LEMS's reference interpreter (jNeuroML), whose jar comes with the package pyneuroml in `.venv-neuroml`. */

import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { peers, type PeerInput, type PeerRecords } from '../support/peer-records.js';
import { inFolder } from './output-tables.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Why the reference interpreter cannot run here, or null when it can.
 *
 * @throws Error instead, if the variable INTERNEURON_REQUIRE_PYTHON is set: no test may be left out then
 */
export function missingInterpreter(): string | null {
  const reason = findMissing();
  if (reason !== null && process.env.INTERNEURON_REQUIRE_PYTHON)
    throw new Error(`${reason}, and INTERNEURON_REQUIRE_PYTHON is set`);
  return reason;
}

function findMissing(): string | null {
  if (jar() === null) return 'no jNeuroML in .venv-neuroml; run scripts/python-environment.sh';
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'java is not installed';
  }
}

function jar(): string | null {
  const lib = join(root, '.venv-neuroml', 'lib');
  if (!existsSync(lib)) return null;
  for (const version of readdirSync(lib)) {
    const folder = join(lib, version, 'site-packages', 'pyneuroml', 'lib');
    const found = existsSync(folder) ? readdirSync(folder).find((name) => /^jNeuroML.*\.jar$/.test(name)) : undefined;
    if (found !== undefined) return join(folder, found);
  }
  return null;
}

/** Returns options of Java: runs of a second do not earn back the time of optimising them and starting threads. */
const java = (): readonly string[] => [
  ...['-Xmx512M', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'],
  ...['-cp', jar() ?? '', 'org.neuroml.JNeuroML'],
];

/** A file that the interpreter reads. */
interface InputFile {
  readonly name: string;
  readonly text: string;
}

const inputOf = (what: string, files: readonly InputFile[], document: string): PeerInput => ({
  what,
  texts: [document, ...files.flatMap(({ name, text }) => [name, text])],
});

/** Does something with files in a folder that is gone afterwards. */
const withFiles = <T>(files: readonly InputFile[], action: (folder: string) => Promise<T>): Promise<T> =>
  inFolder(async (folder) => {
    mkdirSync(join(folder, 'results'));
    for (const { name, text } of files) writeFileSync(join(folder, name), text);
    return action(folder);
  });

/**
 * Returns the texts of the output files of a LEMS document by name, from the records or from a run.
 *
 * @param kept the part of a file that is recorded; null: no part of it
 * @throws Error with the interpreter's output, when it fails
 */
export const referenceOutputs = (
  records: PeerRecords,
  what: string,
  files: readonly InputFile[],
  document: string,
  kept: (text: string, name: string) => string | null = (text) => text,
): Promise<Readonly<Record<string, string>>> =>
  records.output(peers.jneuroml, inputOf(what, files, document), () =>
    withFiles(files, async (folder) => {
      await runReference(folder, document);
      const given = new Set(['results', ...files.map(({ name }) => name)]);
      const written = [
        ...readdirSync(folder).filter((name) => !given.has(name)),
        ...readdirSync(join(folder, 'results')).map((name) => `results/${name}`),
      ];
      const texts = written.map(
        (path) => [path.replace('results/', ''), readFileSync(join(folder, path), 'utf8')] as const,
      );
      return Object.fromEntries(
        texts.flatMap(([name, text]) => {
          const part = kept(text, name);
          return part === null ? [] : [[name, part] as const];
        }),
      );
    }),
  );

/** Returns the complaints of the interpreter's validator about a NeuroML document, from the records or from a run. */
export const referenceComplaints = (
  records: PeerRecords,
  what: string,
  files: readonly InputFile[],
  document: string,
): Promise<readonly string[]> =>
  records.output(peers.jneuroml, inputOf(`${what}, validated`, files, document), () =>
    withFiles(files, (folder) => validateByReference(folder, document)),
  );

/**
 * Runs a LEMS document. Its output files are written under the names that it gives, relative to `folder`.
 *
 * @throws Error with the interpreter's output, when it fails
 */
export async function runReference(folder: string, document: string): Promise<void> {
  const words = [...java(), document, '-nogui'];
  const { stdout } = await promisify(execFile)('java', words, { cwd: folder, maxBuffer: 1 << 26 });
  if (/\(ERROR\)/.test(stdout)) throw new Error(stdout.slice(-4000));
}

/**
 * Whether the reference interpreter's validator finds NeuroML documents valid by their schema.
 *
 * @returns its complaints; empty for valid documents
 */
export async function validateByReference(folder: string, ...documents: readonly string[]): Promise<readonly string[]> {
  const words = [...java(), '-validate', ...documents];
  const output = await promisify(execFile)('java', words, { cwd: folder, maxBuffer: 1 << 26 }).then(
    ({ stdout }) => stdout,
    (error: unknown) => (error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error)),
  );
  const complaints = output.split('\n').filter((line) => /invalid|not valid|\(ERROR\)|Test: \d+ .*fail/i.test(line));
  return complaints.length > 0 || /Valid against schema/.test(output) ? complaints : [output.slice(-2000)];
}

/**
 * Writes the reference interpreter's export of a LEMS document for NEURON into its folder.
 *
 * @throws Error with the printed text, when it fails
 */
export async function exportToNeuron(folder: string, document: string): Promise<void> {
  const words = [...java(), document, '-neuron', '-nogui'];
  const { stdout } = await promisify(execFile)('java', words, { cwd: folder, maxBuffer: 1 << 26 });
  if (/\(ERROR\)|Exception/.test(stdout)) throw new Error(stdout.slice(-4000));
}
