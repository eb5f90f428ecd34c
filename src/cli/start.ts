/**
 * Loads the programs from one script (`scripts/bundle.js`), and keeps its compiled code between runs: compiling takes
 * longer than a small model. This module imports nothing of them, so that it is loaded at once.
 */

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

type Programs = typeof import('./process.js');

/** The script: a function of what CommonJS and modules give to their code. Its first line is a digest of the rest. */
type Main = (
  require: NodeJS.Require,
  importMeta: Pick<ImportMeta, 'url' | 'resolve'>,
  importModule: (name: string) => Promise<unknown>,
  module: { exports?: Programs },
) => void;

/** Milliseconds after which a run no longer stores code: V8 drops that of functions that have not run for long. */
const longestStart = 5000;

/**
 * Loads the programs.
 *
 * @param from  address of the module beside the folder `chunks` with the script
 * @param words  arguments; the first one chooses the compiled code, since each command uses other functions
 */
export function loadPrograms(from: string, [command = '']: readonly string[]): Programs {
  const address = new URL('chunks/programs.cjs', from);
  const path = fileURLToPath(address);
  // The script has only ASCII characters.
  const text = readFileSync(path, 'latin1');
  const digest = text.slice(0, text.indexOf('\n'));
  const file = cacheFile(path, /^[a-z]+$/.test(command) ? command : 'other');
  const cachedData = file === undefined ? undefined : readCode(file, digest);
  const script = new Script(text, {
    filename: path,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  // Code of another V8, or of one with other options, is rejected.
  if (file !== undefined && (cachedData === undefined || script.cachedDataRejected === true))
    process.on('exit', (code) => {
      if (code === 0 && performance.now() < longestStart) writeCode(file, digest, script.createCachedData());
    });
  const module: { exports?: Programs } = {};
  const main = script.runInThisContext() as Main;
  const importMeta = { url: address.href, resolve: (name: string) => import.meta.resolve(name) };
  main(createRequire(address), importMeta, (name) => import(name), module);
  return module.exports!;
}

/**
 * Returns the file of compiled code in the user's folder for caches. Returns no file if others can write to the folder:
 * code that they put there would run with the user's rights.
 */
function cacheFile(path: string, command: string): string | undefined {
  const { INTERNEURON_CACHE: own, XDG_CACHE_HOME: usual } = process.env;
  const folder = join(
    own ? resolve(own) : join(usual?.startsWith('/') ? usual : join(homedir(), '.cache'), 'interneuron'),
    'node',
  );
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(folder);
    if (process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o022) !== 0)) return undefined;
  } catch {
    return undefined;
  }
  const installed = [path, process.version, process.arch].join('\n');
  return join(folder, `${command}-${createHash('sha256').update(installed).digest('hex').slice(0, 16)}`);
}

/** Bytes of a file before its code: a checksum of what follows. V8 trusts the code that it is given. */
const checksumBytes = 4;

/** Returns the code in a file, or undefined if it has none for the script with this digest, or not all of it. */
function readCode(file: string, digest: string): Buffer | undefined {
  try {
    const bytes = readFileSync(file);
    const content = bytes.subarray(checksumBytes);
    const isWhole = bytes.readUInt32LE() === crc32(content);
    return isWhole && content.toString('latin1', 0, digest.length) === digest
      ? content.subarray(digest.length)
      : undefined;
  } catch {
    return undefined;
  }
}

function writeCode(file: string, digest: string, code: Buffer): void {
  const content = Buffer.concat([Buffer.from(digest, 'latin1'), code]);
  const checksum = Buffer.alloc(checksumBytes);
  checksum.writeUInt32LE(crc32(content));
  const temporary = `${file}.${process.pid}`;
  try {
    writeFileSync(temporary, Buffer.concat([checksum, content]), { mode: 0o600 });
    renameSync(temporary, file);
  } catch {
    // Without stored code, the program starts later.
  }
}
