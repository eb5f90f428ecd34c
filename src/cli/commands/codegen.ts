/** `interneuron codegen`: a model's generated program as files. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { orOutputError } from '../../../runtime/results/output-error.js';
import { formatBytes } from '../../diagnostics/quantities.js';
import { UsageError } from '../../diagnostics/diagnostic.js';
import { printable } from '../../diagnostics/display.js';
import { generateProject, type ProjectFiles } from '../../pipeline/generate-project.js';
import { refuseToReplace, writeText } from '../../pipeline/results/replaceable.js';
import { onlyFile, type CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';

/**
 * Writes the program into a folder, which is created if it does not exist. Files of other names in it stay unchanged.
 */
export async function codegen(context: CommandContext): Promise<number> {
  const { options } = context;
  const folder = options.value('output') ?? '';
  if (folder === '') throw new UsageError('--output needs a folder', 'name one, such as -o cuba');
  const target = options.value('target') ?? 'c';
  const imported = await context.model(onlyFile(context));
  context.show(imported.diagnostics);
  const files = generateProject(
    imported.valid,
    target,
    options.value('precision') === 'float32' ? 'float32' : 'float64',
    options.value('strategy'),
    imported.positions,
  );
  await refuseToReplace(
    [...files.keys()].map((name) => join(folder, name)),
    options.flag('force'),
  );
  const written = writeAll(folder, files);
  if (context.json) {
    const { valid, hashes } = imported;
    printJson(context.terminal, { model: { name: valid.model.name, hash: hashes.model }, target, outputs: written });
  }
  const sizes = [...files].map(([name, content]) => `  ${name}  ${formatBytes(Buffer.byteLength(content))}`);
  const next = files.has('CMakeLists.txt') ? ['', `to build and run: see ${printable(join(folder, 'README.md'))}`] : [];
  context.say([`wrote ${files.size} files to ${printable(folder)}`, ...sizes, ...next].join('\n'));
  return exitCodes.done;
}

function writeAll(folder: string, files: ProjectFiles): readonly string[] {
  orOutputError(folder, () => mkdirSync(folder, { recursive: true }));
  return [...files].map(([name, content]) => {
    const path = join(folder, name);
    writeText(path, content);
    return path;
  });
}
