/** `interneuron convert`: a model in another notation. */

import { createOutput } from '../../../runtime/results/output-files.js';
import { convertModel, type ConvertedModel, type TargetNotation } from '../../convert.js';
import { DiagnosticError, UsageError } from '../../diagnostics/diagnostic.js';
import { printable } from '../../diagnostics/display.js';
import { countFindings, diagnosticsToJson } from '../../diagnostics/render.js';
import { importModel, type ImportedModel } from '../../pipeline.js';
import { writeDataFiles } from '../../pipeline/data-files.js';
import { notationNames } from '../arguments.js';
import { onlyFile, type CommandContext } from '../context.js';
import { exitCodes, printJson } from '../failure.js';
import { importOptions } from '../values.js';

/** Writes the model, and a report of what the notation cannot say. */
export async function convert(context: CommandContext): Promise<number> {
  const { options } = context;
  const to = notationNames.find((name) => name === options.value('to')) ?? 'canonical';
  const path = options.value('output') ?? '';
  const imported = importModel(context.read(onlyFile(context)), importOptions(options));
  context.show(imported.diagnostics);
  const converted = await convertModel(imported.valid, to);
  if (options.flag('strict') && converted.report.length > 0) throw new DiagnosticError(converted.report);
  writeText(path, converted.text);
  const outputs = [path, ...writeDataFiles(converted.data, path)];
  const report = options.value('report');
  if (report !== undefined) writeText(report, `${JSON.stringify(reportOf(imported, converted, to, outputs), null, 2)}\n`);
  if (context.json) printJson(context.terminal, reportOf(imported, converted, to, outputs));
  context.show(converted.report);
  const lost = countFindings(converted.report);
  context.say(`wrote ${outputs.map(printable).join(', ')}${lost === '' ? '; all of the model was said' : `; not all of the model was said (${lost})`}`);
  return exitCodes.done;
}

function reportOf({ valid, hashes, notation }: ImportedModel, { report }: ConvertedModel, to: TargetNotation, outputs: readonly string[]): object {
  return { model: { name: valid.model.name, hash: hashes.model }, from: notation, to, outputs, report: diagnosticsToJson(report) };
}

/** Writes a text under a temporary name first. */
function writeText(path: string, text: string): void {
  if (path === '') throw new UsageError('--output names no file', 'name one, such as -o model.json');
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
