/** `interneuron validate`: reports all errors in models, and parts of valid ones that cannot run. */

import { DiagnosticError, UsageError } from '../../diagnostics/diagnostic.js';
import { countFindings, diagnosticsToJson } from '../../diagnostics/render.js';
import { requireTarget } from '../../run/choose-target.js';
import { validateModel } from '../../run/pipeline.js';
import { isBundle } from '../../run/read/model-in-bundle.js';
import { standardInput } from '../../run/read/read-source.js';
import { standardStream } from '../arguments.js';
import { whenChanged } from '../watch.js';
import { modelFiles } from '../model-files.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { validationFormats, verdictReport, type Verdict } from '../validation-formats.js';
import { importOptions } from '../values.js';

/**
 * Checks each model, going on after one that is wrong. Findings on a model are shown before the next one is read.
 *
 * @throws UsageError when the target is not available
 */
export async function validate(context: CommandContext): Promise<number> {
  const code = await validateOnce(context);
  if (!context.options.flag('watch')) return code;
  await whenChanged(context.files, context.terminal, async () => {
    context.say('');
    await validateOnce(context);
  });
  return exitCodes.interrupted;
}

async function validateOnce(context: CommandContext): Promise<number> {
  await requireTarget(context.options.value('target'));
  const given = validationFormats.find((name) => name === context.options.value('output-format')) ?? 'text';
  const format = given === 'text' ? undefined : given;
  const verdicts: Verdict[] = [];
  for (const { path } of await modelFiles(context.files)) {
    const verdict = await judge(path, context);
    verdicts.push(verdict);
    if (format === undefined) show(verdict, context);
  }
  if (format !== undefined) context.terminal.stdout.write(verdictReport(format, 'validate', verdicts));
  else if (context.json)
    printJson(context.terminal, {
      documents: verdicts.map((verdict) => ({ ...verdict, diagnostics: diagnosticsToJson(verdict.diagnostics) })),
    });
  if (verdicts.some(({ error }) => error)) return exitCodes.usage;
  return verdicts.every(({ valid }) => valid) ? exitCodes.done : exitCodes.wrong;
}

function show({ document, valid, notation, hash, error, diagnostics }: Verdict, context: CommandContext): void {
  context.show(diagnostics, true);
  const counted = countFindings(diagnostics);
  if (error) context.say(`${document}: ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`);
  else {
    const model = hash === undefined ? '' : `, model ${hash.slice(0, 12)}`;
    const verdict = valid ? `valid, ${notation}${model}` : 'not valid';
    context.say(`${document}: ${verdict}${counted === '' ? '' : ` (${counted})`}`);
  }
}

async function judge(path: string, context: CommandContext): Promise<Verdict> {
  const { options } = context;
  const document = options.value('captured-from') ?? (path === standardStream ? standardInput : path);
  const target = options.value('target');
  try {
    if (path !== standardStream && isBundle(path)) {
      const { notation, hashes, diagnostics } = await context.model(path);
      return { document, valid: true, notation, hash: hashes.model, diagnostics };
    }
    const { notation, hashes, diagnostics } = await validateModel(context.readModel(path), importOptions(options), {
      precision: options.value('precision') === 'float32' ? 'float32' : 'float64',
      ...(target === undefined ? {} : { target }),
    });
    return { document, valid: true, notation, ...(hashes ? { hash: hashes.model } : {}), diagnostics };
  } catch (error) {
    if (error instanceof DiagnosticError) return { document, valid: false, diagnostics: error.diagnostics };
    if (!(error instanceof UsageError)) throw error;
    return {
      document,
      valid: false,
      error: { message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) },
      diagnostics: [],
    };
  }
}
