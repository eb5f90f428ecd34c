/** `interneuron pack`: a model with its sources, conversions and results in one archive. */

import { printable } from '../../diagnostics/display.js';
import { UsageError } from '../../diagnostics/diagnostic.js';
import { formatBytes } from '../../diagnostics/quantities.js';
import { shortNotations, targetNotations } from '../../convert/target-notations.js';
import { packModel } from '../../pack/pack.js';
import { refuseToReplace, writeText } from '../../pipeline/results/replaceable.js';
import { standardStream } from '../arguments.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { importOptions } from '../values.js';

/** Writes a bundle. */
export async function pack(context: CommandContext): Promise<number> {
  const { files, options, terminal } = context;
  const [model = '', ...results] = files;
  const output = options.value('output') ?? '';
  if (context.toStandardOutput || model === standardStream)
    throw new UsageError('pack reads and writes files on disk', 'name the model and the bundle');
  await refuseToReplace([output], options.flag('force'));
  const read: string[] = [];
  const imported = await context.model(model, { onFile: (path) => read.push(path) });
  context.show(imported.diagnostics);
  const notations = options.values('to').map((word) => {
    const name = shortNotations[word] ?? word;
    const notation = targetNotations.find((known) => known === name);
    if (notation === undefined) throw new UsageError(`there is no notation ${word}`, targetNotations.join(', '));
    return notation;
  });
  const script = options.value('captured-from');
  const packed = await packModel(imported, {
    document: model,
    read: importOptions(options),
    sources: [...(script === undefined ? [] : [script]), model, ...read],
    results,
    notations,
    hasPage: options.flag('page'),
  });
  writeText(output, packed.bytes);
  const { remarks } = packed;
  if (context.json) {
    const contents = packed.files.map(({ path, role, description, bytes }) => ({
      ...{ path, role, description },
      size: bytes.length,
    }));
    printJson(terminal, { outputs: [output], hash: imported.hashes.model, files: contents, remarks });
  }
  context.say(
    [
      `wrote ${output}: ${packed.files.length} files, ${formatBytes(packed.bytes.length)}`,
      ...packed.files.map(
        ({ path, description, role, bytes }) =>
          `  ${path}: ${description}${role === 'page' ? ` (${formatBytes(bytes.length)})` : ''}`,
      ),
      ...remarks,
    ]
      .map(printable)
      .join('\n'),
  );
  return exitCodes.done;
}
