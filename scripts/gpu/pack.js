/**
 * Packs what a machine with a GPU needs to check and time the cuda target into one folder: its own Node, the built
 * program, packages, fixtures and golden fingerprints. There `sh run.sh` does it, without network, npm or anything to
 * install but the driver and a compiler for CUDA.
 *
 *     node scripts/gpu/pack.js [folder] [--node file]
 *
 * The folder is out/gpu when none is given. Compressing Node takes minutes, and its result is kept beside the folder.
 */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rename, rm, stat, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { bundle, unbundledPackages } from '../bundle.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const run = promisify(execFile);

/** Bytes that fit through: what is packed and a checkout of the sources go to the machine together. */
const mostBytes = 48 * 2 ** 20;

/** What of each package is used at run time. */
const packages = { ...unbundledPackages, [`@koromix/koffi-${process.platform}-${process.arch}`]: ['.'] };

const { values, positionals } = parseArgs({ allowPositionals: true, options: { node: { type: 'string' } } });
const folder = resolve(positionals[0] ?? join(root, 'out/gpu'));
const staging = await mkdtemp(join(tmpdir(), 'interneuron-pack-'));

/** Compresses a file, or what a command writes, so that no half of a file is ever left under its name. */
async function compress(command, to) {
  const [program, ...words] = command;
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => (code === 0 ? done() : fail(new Error(`${command.join(' ')} ends with ${code}`))));
  });
  await Promise.all([pipeline(child.stdout, createWriteStream(`${to}.part`)), ended]);
  await rename(`${to}.part`, to);
}

async function packNode() {
  const source = values.node ?? process.execPath;
  const kept =
    values.node === undefined
      ? join(dirname(folder), `node-${process.version}-${process.platform}-${process.arch}.xz`)
      : join(staging, 'node.xz');
  const known = await stat(kept).catch(() => undefined);
  if (known === undefined) await compress(['xz', '-6', '-T1', '-c', source], kept);
  await cp(kept, join(folder, 'node.xz'));
}

async function packProgram() {
  const app = join(staging, 'app');
  await bundle({ cli: 'src/cli/main.ts', run: 'scripts/gpu/run.ts' }, app);
  await writeFile(join(app, 'package.json'), '{ "type": "module" }\n');
  for (const [name, parts] of Object.entries(packages)) {
    for (const part of parts) {
      const from = join(root, 'node_modules', name, part);
      await cp(from, join(app, 'node_modules', name, part), { recursive: true });
    }
  }
  await cp(join(root, 'fixtures'), join(app, 'fixtures'), { recursive: true });
  await cp(join(root, 'LICENSE'), join(app, 'LICENSE'));
  await run('tar', ['-C', staging, '-cf', join(staging, 'app.tar'), 'app']);
  await compress(['xz', '-6', '-T1', '-c', join(staging, 'app.tar')], join(folder, 'app.tar.xz'));
}

const script = `#!/bin/sh
# Checks and times the cuda target on this machine: sh run.sh [all|test|bench] [options of the runner]. It takes 9 minutes at most (--minutes). Results
# are printed, and left in the folder that OUT names, as report.json and report.md.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unpack() {
  if command -v xz > /dev/null; then xz -dc "$1"
  else python3 -c 'import lzma, shutil, sys; shutil.copyfileobj(lzma.open(sys.argv[1]), sys.stdout.buffer)' "$1"
  fi
}
export FROM="$PWD"
echo '== unpacking'
unpack "$here/node.xz" > "$work/node"
chmod +x "$work/node"
unpack "$here/app.tar.xz" | tar -C "$work" -xf -
cd "$work/app"
"$work/node" run.js "$@"
`;

try {
  await mkdir(folder, { recursive: true });
  await Promise.all([packNode(), packProgram()]);
  await writeFile(join(folder, 'run.sh'), script);
  await chmod(join(folder, 'run.sh'), 0o755);
  let total = 0;
  for (const name of await readdir(folder)) total += (await stat(join(folder, name))).size;
  process.stdout.write(`${folder}: ${(total / 2 ** 20).toFixed(1)} MiB\n`);
  if (total > mostBytes) {
    process.stderr.write(`more than ${mostBytes / 2 ** 20} MiB\n`);
    process.exitCode = 1;
  }
} finally {
  await rm(staging, { recursive: true, force: true });
}
