/** `interneuron convert`: a model in another notation. */

import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isLeftOut, isLoss } from '../../model/conversion-report.js';
import { convertModel, type ConversionEntry, type ConvertedModel } from '../../convert/convert.js';
import { DiagnosticError, UsageError, type Diagnostic } from '../../diagnostics/diagnostic.js';
import { countFindings, diagnosticsToJson } from '../../diagnostics/render.js';
import { printable } from '../../diagnostics/display.js';
import { orOutputError } from '../../../runtime/results/output-error.js';
import { ownSteps, type Measurement } from '../../verify/measure.js';
import { lacksSpikes } from '../../verify/random-inputs.js';
import { measurementReport } from '../../verify/measurement-text.js';
import type { ReadVerdict } from '../../verify/recorded-run.js';
import { checkLines } from '../check-text.js';
import type { ImportedModel } from '../../pipeline/pipeline.js';
import { shareableJson } from '../../pipeline/results/provenance.js';
import type { AfterPass } from '../../model/rewriting/rewriting.js';
import { refuseToReplace, writeText } from '../../pipeline/results/replaceable.js';
import { refuseSameFile } from '../../pipeline/results/same-file.js';
import { writeWithData } from '../../pipeline/results/document-files.js';
import { sourceWords, type SourceWords } from '../../convert/source-words.js';
import { documentText } from '../../convert/document-text.js';
import {
  isFolderNotation,
  suggestedFor,
  targetNotations,
  targetOf,
  usualSuffix,
  wholeName,
  type TargetNotation,
} from '../../convert/target-notations.js';
import { simulatorNames } from '../../library/simulators/names.js';
import { passFiles } from '../pass-files.js';
import { planConversions, type Conversion } from '../conversion-plan.js';
import { differencesIn, findingOf, headlineOf, summaryOf, tableOf, unstable } from '../conversion-text.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { indented } from '../table.js';
import { importOptions, readSeconds } from '../values.js';

/**
 * Writes models and reports how faithful the conversions are; an incomplete one is refused without `--partial`. Goes on
 * after a model that is wrong.
 */
export async function convert(context: CommandContext): Promise<number> {
  const conversions = await planConversions(context.files, context.options);
  const report = context.options.value('report');
  if (report !== undefined) await refuseToReplace([report], context.options.flag('force'));
  const reports: object[] = [];
  const isSeveral = conversions.length > 1;
  if (isSeveral && context.options.value('dump') !== undefined)
    throw new UsageError('--dump writes the models of one conversion', 'convert one model');
  let code: number = exitCodes.done;
  for (const conversion of conversions) {
    if (isSeveral) context.say(`${printable(conversion.source)}:`);
    try {
      const done = await convertOne(conversion, context);
      reports.push(isSeveral ? { source: conversion.source, ...done.report } : done.report);
      code = Math.max(code, done.code);
    } catch (error) {
      if (!isSeveral || !(error instanceof DiagnosticError || error instanceof UsageError)) throw error;
      reports.push(refusalOf(conversion.source, error, context));
      code = Math.max(code, error instanceof UsageError ? exitCodes.usage : exitCodes.wrong);
    }
  }
  const whole = isSeveral ? { documents: reports } : reports[0];
  if (report !== undefined) writeText(report, shareableJson(whole));
  if (context.json) printJson(context.terminal, whole);
  return code;
}

/** Shows why one of several models is not converted. */
function refusalOf(source: string, error: DiagnosticError | UsageError, context: CommandContext): object {
  if (error instanceof DiagnosticError) {
    context.show(error.diagnostics);
    context.say(`nothing written: ${countFindings(error.diagnostics)}`);
    return { source, outputs: [], diagnostics: diagnosticsToJson(error.diagnostics) };
  }
  context.printError(
    printable(`nothing written: ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`),
  );
  return { source, outputs: [], error: { message: error.message, ...(error.hint ? { hint: error.hint } : {}) } };
}

/** Checks whether a conversion is another model, or whether its run fails or differs if the limit decides nothing. */
function isDifferent({ verdict, limit, check }: Measurement): boolean {
  if (check?.failure !== undefined || limit?.verdict === 'another model') return true;
  return verdict === 'apart' && limit?.verdict.startsWith('the same model') !== true;
}

/** Checks whether a measurement ends with a verdict on the conversion, for or against it. */
const isDecided = ({ verdict, limit }: Measurement): boolean =>
  (limit !== undefined && limit.verdict !== 'no limit') || verdict !== 'not measured';

/** A converted model: the conversion, its verdicts, and names in the model's document. */
interface Attempt {
  readonly imported: ImportedModel;
  readonly converted: ConvertedModel;
  readonly words: SourceWords;
  readonly measured: Measurement | undefined;
  /** Lines of the verdict. */
  readonly summary: readonly string[];
}

/** Why nothing is written: findings, and the text below them. */
interface Rejection {
  readonly findings: readonly Diagnostic[];
  readonly lines: readonly string[];
}

/** Converts one model. @returns the exit code, and the content of `--report` */
async function convertOne(
  { source, output, to }: Conversion,
  context: CommandContext,
): Promise<{ readonly code: number; readonly report: object }> {
  const { options } = context;
  checkSplit(to, context);
  const path = context.toStandardOutput ? wholeName(to) : output;
  const imported = await context.model(source);
  context.show(imported.diagnostics);
  const converted = await converting(imported, to, path, context);
  const refused = refusal(
    converted,
    options.flag('strict'),
    // Users who convert to shapes expect that only the shapes of a model are written.
    converted.files.length > 0 && (options.flag('partial') || targetOf(to).isPart === true),
  );
  const isForUs = !converted.portable && options.value('backend') === undefined;
  const isAccepted = refused.length === 0 && !isForUs;
  const planned = isAccepted ? pathsOf(converted, path) : [];
  const report = options.value('report');
  refuseSameFile([
    { output: path, files: planned },
    ...(report === undefined ? [] : [{ output: report, files: [report] }]),
  ]);
  const measured = isAccepted ? await measurementOf(context, imported, to, converted) : undefined;
  const words = sourceWords(imported.valid.model, imported.positions, converted.report);
  const read = await readVerdict(context);
  const summary = summaryOf(imported.valid, converted, measured, words, read);
  const attempt = { imported, converted, words, measured, summary };
  const rejection = await rejectionOf(attempt, to, { refused, isForUs });
  const outputs = rejection === undefined ? await write(converted, to, planned, path, context) : [];
  const told = reportOf(attempt, to, outputs, read);
  if (rejection !== undefined) {
    context.show(rejection.findings);
    for (const line of rejection.lines) context.say(line);
    return { code: exitCodes.wrong, report: told };
  }
  tell(attempt, to, outputs, context);
  const isWrong =
    read?.verdict === 'another model' || (isChecked(context) && measured !== undefined && isDifferent(measured));
  return { code: isWrong ? exitCodes.wrong : exitCodes.done, report: told };
}

/** Refuses `--split` where it has no meaning. */
function checkSplit(to: TargetNotation, { options, toStandardOutput }: CommandContext): void {
  const [splitting = to] = targetNotations.filter((one) => targetOf(one).splits);
  if (options.flag('split') && (to !== splitting || toStandardOutput))
    throw new UsageError(
      `--split writes files of ${targetOf(splitting).title}`,
      `add --to ${splitting} -o network${usualSuffix(splitting)}, or leave it out`,
    );
}

/** Converts a model by the options of the command, and writes its passes for `--dump`. */
async function converting(
  { valid, positions, isCarried }: ImportedModel,
  to: TargetNotation,
  path: string,
  { options, toStandardOutput }: CommandContext,
): Promise<ConvertedModel> {
  const passed: Parameters<AfterPass>[] = [];
  const dump = options.value('dump');
  const converted = await convertModel(valid, to, {
    freeze: options.flag('freeze'),
    name: basename(path),
    positions,
    leftOut: isCarried ? [] : options.values('left-out'),
    origin: targetOf(to).origin === 'beside' ? options.flag('keep-origin') : !options.flag('no-origin'),
    split: options.flag('split'),
    tables: !toStandardOutput,
    ...(dump === undefined ? {} : { onPass: (...pass) => passed.push(pass) }),
  });
  if (dump !== undefined) await writePasses(passed, dump, options.flag('force'));
  return converted;
}

/**
 * Returns why a conversion is not written: parts that are refused, a script that only interneuron's backend runs, or a
 * written model that fails when it runs; undefined if it is written.
 */
async function rejectionOf(
  { imported, converted, words, measured, summary }: Attempt,
  to: TargetNotation,
  { refused, isForUs }: { readonly refused: readonly ConversionEntry[]; readonly isForUs: boolean },
): Promise<Rejection | undefined> {
  if (refused.length > 0) {
    const isRead = refused.every(({ code }) => code !== 'read/left-out');
    const other = isRead && refused.some(isLeftOut) ? await completeNotation(imported, to) : undefined;
    const causes = refused.filter(({ isConsequence }) => isConsequence !== true);
    const isPartial = converted.files.length > 0 && refused.every(isLeftOut);
    return {
      findings: (causes.length > 0 ? causes : refused).map((entry) => findingOf(entry, words, to, other)),
      lines: [
        `nothing written: ${verdictText(summary)}`,
        ...(isPartial ? ['use --partial to write the rest of the model'] : []),
      ],
    };
  }
  if (isForUs)
    return {
      findings: [await notPortable(converted, to, imported, words)],
      lines: ['nothing written: the script is not portable'],
    };
  if (measured?.check?.unstable !== true || measured.check.with !== 'interneuron') return undefined;
  return {
    findings: [unstable(measured.check.failure ?? '', imported.valid, words)],
    lines: ['nothing written: the written model fails when it runs'],
  };
}

const verdictText = (summary: readonly string[]): string => `conversion: ${indented(summary).join('\n')}`;

/** Checks whether the user asked for a check rather than for a conversion that is measured besides. */
const isChecked = ({ options }: CommandContext): boolean =>
  options.flag('check') || simulatorNames.some((name) => name === options.value('with'));

/** Prints the written files, the differences and the verdict. */
function tell(
  { converted, words, measured, summary }: Attempt,
  to: TargetNotation,
  outputs: readonly string[],
  context: CommandContext,
): void {
  const [document, ...besides] = outputs.map(printable);
  if (document !== undefined)
    context.say(
      isFolderNotation(to)
        ? `wrote ${document} and ${besides.length} files that it reads`
        : `wrote ${[document, ...besides].join(', ')}`,
    );
  for (const { code, message } of converted.report)
    if (code.endsWith('/one-file') || code === 'origin/left-out') context.say(printable(message));
  const differing = differencesIn(converted.report);
  if (differing.length > 0) context.say(tableOf(differing, words));
  if (isChecked(context) && measured)
    for (const { check } of ownSteps(measured))
      if (check) for (const line of checkLines(check, context.options.flag('freeze'))) context.say(line);
  context.say([verdictText(summary), ...(converted.portable ? [] : ['  not portable'])].join('\n'));
}

/** Verdict on a conversion: a part that is left out counts more than measurements. */
const verdictOf = ({ outcome }: ConvertedModel, measured: Measurement | undefined): string =>
  outcome === 'incomplete' ? outcome : (measured?.verdict ?? outcome);

/** Writes the model after each pass to a numbered file. */
async function writePasses(passed: readonly Parameters<AfterPass>[], folder: string, force: boolean): Promise<void> {
  const next = await passFiles(folder, '-', '.yaml', force);
  for (const [pass, { model, data }] of passed) {
    const path = next(pass);
    writeWithData([{ path, parts: [await documentText(model, path)] }], data, path);
  }
}

/** Prints the one file of a conversion. @throws UsageError if there are more */
function printConverted({ files, data }: ConvertedModel, { terminal }: CommandContext): void {
  const [file, ...others] = files;
  if (file === undefined || others.length > 0 || data.size > 0 || file.bytes)
    throw new UsageError(
      'this conversion writes several files, which the standard output cannot hold',
      'name the first of them, such as -o out/model',
    );
  for (const piece of file.pieces ?? [file.text]) terminal.stdout.write(piece);
}

/** Returns the measurement of a conversion; undefined with `--no-check`. */
async function measurementOf(
  { options }: CommandContext,
  { valid, notation }: ImportedModel,
  to: TargetNotation,
  converted: ConvertedModel,
): Promise<Measurement | undefined> {
  const simulator = simulatorNames.find((name) => name === options.value('with'));
  const whole = options.flag('check') || simulator !== undefined;
  const { notRun } = targetOf(to);
  const isRun = !notRun || (simulator === undefined && notRun.ofSpikes === true && lacksSpikes(valid));
  if (whole && notRun && !isRun) throw new UsageError(notRun.refusal, notRun.hint);
  if (!whole && options.flag('no-check')) return undefined;
  const how = { seconds: readSeconds('limit', options), freeze: options.flag('freeze') };
  if (simulator !== undefined) {
    const { measureWith } = await import('../../verify/check-with.js');
    return measureWith(valid, to, simulator, how);
  }
  const { measure } = await import('../../verify/measure.js');
  return measure(valid, to, converted, { ...how, whole, from: notation });
}

/** Returns the verdict on a model that a simulator held; undefined: it was read from a document. */
async function readVerdict({ options }: CommandContext): Promise<ReadVerdict | undefined> {
  const [from, recorded] = [options.value('captured-by'), options.value('recorded')];
  if (from === undefined) return undefined;
  if (recorded === undefined) return { from, verdict: 'not compared' };
  const { compareWithRecorded } = await import('../../verify/recorded-run.js');
  return compareWithRecorded(from, recorded, importOptions(options));
}

/** Returns the entries that make the command reject a conversion. */
function refusal({ report }: ConvertedModel, strict: boolean, partial: boolean): readonly ConversionEntry[] {
  return report.filter(
    (entry) => (strict && entry.verdict === 'different') || (!partial && isLeftOut(entry) && (strict || isLoss(entry))),
  );
}

/** Returns the first notation of other tools that expresses the whole model, or undefined if there is none. */
async function completeNotation({ valid }: ImportedModel, to: TargetNotation): Promise<TargetNotation | undefined> {
  for (const other of suggestedFor(to)) {
    const { outcome, report } = await convertModel(valid, other);
    if (outcome !== 'incomplete' && !report.some(({ code }) => code.endsWith('/runs-nowhere'))) return other;
  }
  return undefined;
}

/** Says that only interneuron's backend would run a script, and what to do about it. */
async function notPortable(
  { report }: ConvertedModel,
  to: TargetNotation,
  imported: ImportedModel,
  words: SourceWords,
): Promise<Diagnostic> {
  const { onlyHere } = targetOf(to);
  const parts = report.filter(({ code }) => code === onlyHere?.parts);
  const [first] = parts;
  const other = await convertModel(imported.valid, onlyHere!.instead as TargetNotation);
  return {
    severity: 'error',
    ...onlyHere!.finding(parts.length, other.outcome !== 'incomplete'),
    found: first === undefined || first.pointer === '' ? 'the model' : words.part(first.pointer),
    ...(first === undefined ? {} : { place: words.place(first.pointer) }),
  };
}

/** Returns the content of `--report` and `--json`. */
function reportOf(
  { imported: { valid, hashes, notation }, converted, words, measured }: Attempt,
  to: TargetNotation,
  outputs: readonly string[],
  read: ReadVerdict | undefined,
): object {
  const verdict = verdictOf(converted, measured);
  return {
    model: { name: valid.model.name, hash: hashes.model },
    from: notation,
    to,
    outcome: read !== undefined && verdict === 'exact' ? 'read' : verdict,
    ...(read === undefined ? {} : { read }),
    portable: converted.portable,
    headline: headlineOf(converted, measured),
    decided: measured !== undefined && isDecided(measured),
    outputs,
    report: converted.report.map((entry) => {
      const { document, line, column } = words.place(entry.pointer);
      const { verdict, code, pointer } = entry;
      const message = words.message(entry);
      return { verdict, code, pointer, part: words.part(pointer), message, place: { document, line, column } };
    }),
    ...(measured === undefined ? {} : { check: measurementReport(measured) }),
  };
}

/** Returns paths of a conversion's texts, the document first. */
const pathsOf = ({ files }: ConvertedModel, path: string): readonly string[] =>
  files.map(({ name }) => join(dirname(path), name));

/** Writes a conversion, or prints it. @returns the files written, the document first */
async function write(
  converted: ConvertedModel,
  to: TargetNotation,
  paths: readonly string[],
  path: string,
  context: CommandContext,
): Promise<readonly string[]> {
  if (context.toStandardOutput) {
    printConverted(converted, context);
    return [];
  }
  await refuseToReplace(paths, context.options.flag('force'));
  if (isFolderNotation(to)) orOutputError(path, () => mkdirSync(dirname(path), { recursive: true }));
  return writeFiles(converted, paths, path);
}

/** @returns the files written, the document first */
function writeFiles({ files, data }: ConvertedModel, paths: readonly string[], path: string): readonly string[] {
  for (const folder of new Set(files.some(({ name }) => name.includes('/')) ? paths.map(dirname) : []))
    orOutputError(folder, () => mkdirSync(folder, { recursive: true }));
  const texts = files.map((file, k) => ({
    path: paths[k] ?? path,
    parts: file.bytes ? [file.bytes] : (file.pieces ?? [file.text]),
  }));
  return writeWithData(texts, data, path);
}
