/** `interneuron convert`: a model in another notation. */

import { basename, dirname, join } from 'node:path';
import { createOutput } from '../../../runtime/results/output-files.js';
import { convertModel, type ConversionEntry, type ConvertedModel } from '../../run/convert.js';
import { DiagnosticError, UsageError } from '../../diagnostics/diagnostic.js';
import { printable } from '../../diagnostics/display.js';
import { importModel, type ImportedModel } from '../../run/pipeline.js';
import { writeDataFiles } from '../../run/data-files.js';
import { targetNotations, type TargetNotation } from '../../run/target-notations.js';
import { onlyFile, type CommandContext } from '../context.js';
import { exitCodes, printJson } from '../failure.js';
import { formatTable } from '../table.js';
import { importOptions } from '../values.js';

/** Writes the model, and says what the notation cannot say of it. */
export async function convert(context: CommandContext): Promise<number> {
  const { options } = context;
  const to = targetNotations.find((name) => name === options.value('to')) ?? 'canonical';
  const path = options.value('output') ?? '';
  if (path === '') throw new UsageError('--output names no file', 'name one, such as -o model.json');
  const imported = importModel(context.read(onlyFile(context)), importOptions(options));
  context.show(imported.diagnostics);
  const converted = await convertModel(imported.valid, to, { freeze: options.flag('freeze'), name: basename(path) });
  const lost = converted.report.filter(({ verdict }) => verdict !== 'exact');
  if (options.flag('strict') && lost.length > 0) throw strictly(lost, path);
  const outputs = writeFiles(converted, path);
  const report = options.value('report');
  if (report !== undefined)
    writeText(report, `${JSON.stringify(reportOf(imported, converted, to, outputs), null, 2)}\n`);
  if (context.json) printJson(context.terminal, reportOf(imported, converted, to, outputs));
  context.say(`wrote ${outputs.map(printable).join(', ')}`);
  context.say(lost.length === 0 ? 'all of the model was said' : `not all of the model was said:\n${lostTable(lost)}`);
  return exitCodes.done;
}

/** What `--report` and `--json` hold. */
function reportOf(
  { valid, hashes, notation }: ImportedModel,
  { report }: ConvertedModel,
  to: TargetNotation,
  outputs: readonly string[],
): object {
  return { model: { name: valid.model.name, hash: hashes.model }, from: notation, to, outputs, report };
}

function lostTable(lost: readonly ConversionEntry[]): string {
  const columns = [
    { heading: 'part', align: 'left' },
    { heading: 'verdict', align: 'left' },
    { heading: 'what differs', align: 'left' },
  ] as const;
  const words = { exact: 'exact', approximated: 'approximated', notExpressible: 'left out' } as const;
  const rows = lost.map(({ pointer, verdict, message }) => [
    pointer === '' ? '(all)' : pointer,
    words[verdict],
    message,
  ]);
  return formatTable(columns, rows)
    .map((line) => `  ${line}`)
    .join('\n');
}

function strictly(lost: readonly ConversionEntry[], document: string): DiagnosticError {
  return new DiagnosticError(
    lost.map(({ code, pointer, message }) => ({ code, severity: 'error', message, place: { document, pointer } })),
  );
}

/** @returns the files written, the document first */
function writeFiles({ files, data }: ConvertedModel, path: string): readonly string[] {
  const paths = files.map(({ name }) => join(dirname(path), name));
  files.forEach(({ text }, ordinal) => writeText(paths[ordinal] ?? path, text));
  return [...paths, ...writeDataFiles(data, path)];
}

/** Writes a text under a temporary name first. */
function writeText(path: string, text: string): void {
  const file = createOutput(path);
  try {
    file.write(text);
    file.finish();
    file.rename(path);
  } catch (error) {
    file.abandon();
    throw error;
  }
}
