/** `interneuron validate`: reports all errors in models, and parts of valid ones that cannot run. */

import { DiagnosticError, UsageError } from '../../diagnostics/diagnostic.js';
import { printable } from '../../diagnostics/display.js';
import { countFindings, diagnosticsToJson } from '../../diagnostics/render.js';
import type { ModelHashes } from '../../model/hash.js';
import { readRefusal } from '../../diagnostics/system-error.js';
import { requireTarget } from '../../pipeline/choose-target.js';
import { validateModel } from '../../pipeline/pipeline.js';
import type { ImportedModel } from '../../pipeline/read/imported-model.js';
import { isBundle } from '../../pipeline/read/model-in-bundle.js';
import { standardInput, type Source } from '../../pipeline/read/read-source.js';
import { standardStream } from '../arguments.js';
import { whenChanged } from '../watch.js';
import { modelFiles } from '../model-files.js';
import { correctsStandardInput, type CommandContext } from '../context.js';
import { correct } from '../correct.js';
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
  if (correctsStandardInput(context) && (context.json || format !== undefined))
    throw new UsageError(
      `--fix - and --${context.json ? 'json' : 'output-format'} both write to the standard output`,
      'give the path of the file, or leave out one of them',
    );
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

function show(
  { document, valid, notation, hash, error, diagnostics, corrections = [] }: Verdict,
  context: CommandContext,
): void {
  for (const { line, change } of corrections) context.say(printable(`${document}:${line}: ${change}`));
  const findings = context.shown(diagnostics);
  if (findings !== '') context.printError(findings);
  const counted = countFindings(diagnostics);
  if (error)
    context.printError(printable(`${document}: ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`));
  else {
    const model = hash === undefined ? '' : `, model ${hash.slice(0, 12)}`;
    const verdict = valid ? `valid, ${notation}${model}` : 'not valid';
    context.say(printable(`${document}: ${verdict}${counted === '' ? '' : ` (${counted})`}`));
  }
}

async function judge(path: string, context: CommandContext): Promise<Verdict> {
  const { options } = context;
  const document = options.value('captured-from') ?? (path === standardStream ? standardInput : path);
  if (path !== standardStream && isBundle(path)) return verdictOn(document, () => context.model(path));
  const target = options.value('target');
  const how = {
    precision: options.value('precision') === 'float32' ? 'float32' : 'float64',
    ...(target === undefined ? {} : { target }),
  } as const;
  let source: Source | undefined;
  const verdict = await verdictOn(document, () =>
    validateModel((source = context.readModel(path)), importOptions(options), how),
  );
  if (!options.flag('fix') || !source || verdict.error) return verdict;
  try {
    return await correct({ path, source, verdict }, context, (text) =>
      verdictOn(document, () => validateModel(text, importOptions(options), how)),
    );
  } catch (error) {
    return unusable(document, error);
  }
}

async function verdictOn(
  document: string,
  validated: () => Promise<Pick<ImportedModel, 'notation' | 'diagnostics'> & { readonly hashes?: ModelHashes }>,
): Promise<Verdict> {
  try {
    const { notation, hashes, diagnostics } = await validated();
    return { document, valid: true, notation, ...(hashes ? { hash: hashes.model } : {}), diagnostics };
  } catch (error) {
    if (error instanceof DiagnosticError) return { document, valid: false, diagnostics: error.diagnostics };
    return unusable(document, error);
  }
}

/** Returns the verdict on a file that cannot be read or written. @throws any other error */
function unusable(document: string, thrown: unknown): Verdict {
  const error = readRefusal(thrown) ?? thrown;
  if (!(error instanceof UsageError)) throw error;
  const { message, hint } = error;
  return { document, valid: false, error: { message, ...(hint === undefined ? {} : { hint }) }, diagnostics: [] };
}
