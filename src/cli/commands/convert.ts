/** `interneuron convert`: a model in another notation. */

import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isLeftOut, isLoss } from '../../model/conversion-report.js';
import { convertModel, type ConversionEntry, type ConvertedModel } from '../../convert/convert.js';
import { DiagnosticError, UsageError, type Diagnostic } from '../../diagnostics/diagnostic.js';
import { countFindings, diagnosticsToJson } from '../../diagnostics/render.js';
import { printable } from '../../diagnostics/display.js';
import { orOutputError } from '../../../runtime/results/output-error.js';
import type { Measurement } from '../../verify/measure.js';
import { measurementLines, measurementReport } from '../../verify/measurement-text.js';
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
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { formatTable, indented } from '../table.js';
import { readSeconds } from '../values.js';

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
    if (isSeveral) context.say(`${conversion.source}:`);
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
  context.printError(`nothing written: ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`);
  return { source, outputs: [], error: { message: error.message, ...(error.hint ? { hint: error.hint } : {}) } };
}

/** Checks whether a conversion is another model, or whether its run fails or differs if the limit decides nothing. */
function isDifferent({ verdict, limit, check }: Measurement): boolean {
  if (check?.failure !== undefined || limit?.verdict === 'another model') return true;
  return verdict === 'different' && limit?.verdict !== 'the same model';
}

/** Converts one model. @returns the exit code, and the content of `--report` */
async function convertOne(
  { source, output, to }: Conversion,
  context: CommandContext,
): Promise<{ readonly code: number; readonly report: object }> {
  const { options } = context;
  const facts = targetOf(to);
  const [splitting = to] = targetNotations.filter((one) => targetOf(one).splits);
  if (options.flag('split') && (to !== splitting || context.toStandardOutput))
    throw new UsageError(
      `--split writes files of ${targetOf(splitting).title}`,
      `add --to ${splitting} -o network${usualSuffix(splitting)}, or leave it out`,
    );
  const path = context.toStandardOutput ? wholeName(to) : output;
  const imported = await context.model(source);
  context.show(imported.diagnostics);
  const passed: Parameters<AfterPass>[] = [];
  const dump = options.value('dump');
  const converted = await convertModel(imported.valid, to, {
    freeze: options.flag('freeze'),
    name: basename(path),
    positions: imported.positions,
    leftOut: imported.isCarried ? [] : options.values('left-out'),
    origin: facts.origin === 'beside' ? options.flag('keep-origin') : !options.flag('no-origin'),
    split: options.flag('split'),
    tables: !context.toStandardOutput,
    ...(dump === undefined ? {} : { onPass: (...pass) => passed.push(pass) }),
  });
  if (dump !== undefined) await writePasses(passed, dump, options.flag('force'));
  const words = sourceWords(imported.valid.model, imported.positions, converted.report);
  // Users who convert to shapes expect that only the shapes of a model are written.
  const isSome = converted.files.length > 0;
  const refused = refusal(
    converted,
    options.flag('strict'),
    isSome && (options.flag('partial') || facts.isPart === true),
  );
  const isForUs = !converted.portable && options.value('backend') === undefined;
  const report = options.value('report');
  const planned = refused.length > 0 || isForUs ? [] : pathsOf(converted, path);
  refuseSameFile([
    { output: path, files: planned },
    ...(report === undefined ? [] : [{ output: report, files: [report] }]),
  ]);
  const isAccepted = refused.length === 0 && !isForUs;
  const measured = isAccepted ? await measurementOf(context, imported, to, converted) : undefined;
  const isUnstable = measured?.check?.unstable === true && measured.check.with === 'interneuron';
  const isWritten = isAccepted && !isUnstable;
  if (isWritten && context.toStandardOutput) printConverted(converted, context);
  else await refuseToReplace(planned, options.flag('force'));
  const outputs = isWritten && !context.toStandardOutput ? writeFiles(converted, planned, path) : [];
  const verdict = verdictOf(converted, measured);
  const reported = {
    ...reportOf(imported, converted, verdict, to, outputs, words),
    ...(measured === undefined ? {} : { check: measurementReport(measured) }),
  };
  const differing = inOrder(withOneConvention(converted.report.filter(({ verdict }) => verdict !== 'exact')));
  const hint = shorterSteps(imported.valid, differing, measured);
  const lines = [...summaryOf(differing, converted, measured, words), ...hint];
  const summary = `conversion: ${indented(lines).join('\n')}`;
  if (refused.length > 0) {
    const other = refused.some(isLeftOut) ? await completeNotation(imported, to) : undefined;
    const causes = refused.filter(({ isConsequence }) => isConsequence !== true);
    context.show((causes.length > 0 ? causes : refused).map((entry) => findingOf(entry, words, to, other)));
    context.say(`nothing written: ${summary}`);
    if (isSome && refused.every(isLeftOut)) context.say('use --partial to write the rest of the model');
    return { code: exitCodes.wrong, report: reported };
  }
  if (isForUs) {
    context.show([await notPortable(converted, to, imported, words)]);
    context.say('nothing written: the script is not portable');
    return { code: exitCodes.wrong, report: reported };
  }
  if (isUnstable) {
    context.show([unstable(measured.check?.failure ?? '', imported, words)]);
    context.say('nothing written: the written model fails when it runs');
    return { code: exitCodes.wrong, report: reported };
  }
  if (outputs.length > 0)
    context.say(
      isFolderNotation(to)
        ? `wrote ${printable(outputs[0] ?? path)} and ${outputs.length - 1} files that it reads`
        : `wrote ${outputs.map(printable).join(', ')}`,
    );
  for (const { code, message } of converted.report)
    if (code.endsWith('/one-file') || code === 'origin/left-out') context.say(printable(message));
  if (differing.length > 0) context.say(tableOf(differing, words));
  const isAsked = options.flag('check') || simulatorNames.some((name) => name === options.value('with'));
  if (isAsked && measured?.check)
    for (const line of checkLines(measured.check, options.flag('freeze'))) context.say(line);
  context.say([summary, ...(converted.portable ? [] : ['  not portable'])].join('\n'));
  const isWrong = isAsked && measured !== undefined && isDifferent(measured);
  return { code: isWrong ? exitCodes.wrong : exitCodes.done, report: reported };
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
  { options, terminal }: CommandContext,
  { valid }: ImportedModel,
  to: TargetNotation,
  converted: ConvertedModel,
): Promise<Measurement | undefined> {
  const simulator = simulatorNames.find((name) => name === options.value('with'));
  const whole = options.flag('check') || simulator !== undefined;
  const { notRun } = targetOf(to);
  if (whole && notRun) throw new UsageError(notRun.refusal, notRun.hint);
  if (!whole && options.flag('no-check')) return undefined;
  const [{ graded, measure }, { workIn }] = await Promise.all([
    import('../../verify/measure.js'),
    import('../../verify/limit-work.js'),
  ]);
  const work = workIn(readSeconds('limit', options));
  const processor = Number(terminal.environment['INTERNEURON_MEASURE_SECONDS']) || undefined;
  if (simulator === undefined)
    return measure(valid, to, converted, {
      whole,
      work,
      freeze: options.flag('freeze'),
      ...(processor === undefined ? {} : { processor }),
    });
  const { checkWith, limitWith } = await import('../../verify/check-with.js');
  const measured = graded(await checkWith(valid, to, simulator, { freeze: options.flag('freeze') }));
  return { ...measured, limit: await limitWith(valid, to, simulator, { work }) };
}

/** Returns a finding for a conversion that fails when it runs, while the model does not. */
const unstable = (failure: string, { valid }: ImportedModel, words: SourceWords): Diagnostic => ({
  code: 'run/unstable',
  severity: 'error',
  message: failure,
  expected: 'a written model that runs like this one',
  found: `steps of ${Number((valid.model.experiment.dt * 1e3).toPrecision(6))} ms`,
  hint: "write it with a shorter step, such as --dt '0.01 ms', or leave the measurement out with --no-check",
  place: words.place(''),
});

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

/** Returns a part that makes the command reject a conversion, as a finding in the user's document. */
function findingOf(
  entry: ConversionEntry,
  words: SourceWords,
  to: TargetNotation,
  other: TargetNotation | undefined,
): Diagnostic {
  const { code, pointer } = entry;
  const message = words.message(entry);
  const language = targetOf(to).title;
  const part = pointer === '' ? 'the model' : words.part(pointer);
  const isOmission = isLeftOut(entry);
  return {
    code,
    severity: 'error',
    message: code.endsWith('/not-expressible') ? `${language} cannot express this: ${message}` : message,
    expected: isOmission ? `a part that ${language} can express` : `the same function in ${language}`,
    found: isOmission ? `${part}, which would be left out` : `${part}, which would differ`,
    hint: isOmission
      ? `${other === undefined ? '' : `use --to ${other}, which expresses it, `}change this part of the model, or write the rest with --partial`
      : 'change this part of the model, or accept the difference by leaving out --strict',
    place: words.place(pointer),
  };
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
  imported: ImportedModel,
  { report, portable }: ConvertedModel,
  outcome: string,
  to: TargetNotation,
  outputs: readonly string[],
  words: SourceWords,
): object {
  const { valid, hashes, notation } = imported;
  return {
    model: { name: valid.model.name, hash: hashes.model },
    from: notation,
    to,
    outcome,
    portable,
    outputs,
    report: report.map((entry) => {
      const { document, line, column } = words.place(entry.pointer);
      const { verdict, code, pointer } = entry;
      const message = words.message(entry);
      return { verdict, code, pointer, part: words.part(pointer), message, place: { document, line, column } };
    }),
  };
}

/** Returns the verdict in a headline, and figures: the number of parts that are left out, and the measurement. */
function summaryOf(
  differing: readonly ConversionEntry[],
  { outcome }: ConvertedModel,
  measured: Measurement | undefined,
  words: SourceWords,
): readonly string[] {
  const measurement = measured === undefined ? ['not measured'] : measurementLines(measured, words.variable);
  const omissions = differing.filter(isLeftOut);
  if (outcome !== 'incomplete') {
    // Only recordings are left out; one may have a row for each of its variables.
    const { size } = new Set(omissions.map(({ pointer }) => pointer));
    return size === 0 ? measurement : [...measurement, `${numberOf(size, 'recording')} left out`];
  }
  const [first = '', ...more] = measured === undefined ? [] : measurement;
  const count = `incomplete, ${numberOf(omissions.length, 'part')} left out`;
  return measured === undefined ? [count] : [count, `the rest: ${first}`, ...more];
}

const numberOf = (count: number, what: string): string => `${count} ${what}${count === 1 ? ' is' : 's are'}`;

/** Returns a hint on shorter steps if runs differ, and the report has a row on the integration method. */
function shorterSteps(
  { model }: ImportedModel['valid'],
  differing: readonly ConversionEntry[],
  measured: Measurement | undefined,
): readonly string[] {
  const isOpen = measured?.verdict === 'different' || measured?.verdict === 'cannot say';
  if (!isOpen || !differing.some(({ code }) => ['convention/forward-euler', 'brian/method'].includes(code))) return [];
  const step = Number((model.experiment.dt * 1e2).toPrecision(6));
  return [`the integration method may need shorter steps: --dt '${step} ms'`];
}

const verdictWords = {
  exact: 'exact',
  convention: 'convention',
  different: 'different',
  notExpressible: 'left out',
} as const satisfies Readonly<Record<ConversionEntry['verdict'], string>>;

/** Returns entries with omissions first, then differences, then conventions, those of a step last. */
function inOrder(entries: readonly ConversionEntry[]): readonly ConversionEntry[] {
  const order = ['notExpressible', 'different', 'convention', 'exact'] as const;
  const rank = ({ code, verdict }: ConversionEntry): number =>
    code.startsWith('convention/') && verdict !== 'notExpressible' ? order.length : order.indexOf(verdict);
  return [...entries].sort((a, b) => rank(a) - rank(b));
}

/**
 * Returns the entries as a table. An entry for several parts appears once, at the first part. `--report` lists them
 * all.
 */
function tableOf(entries: readonly ConversionEntry[], words: SourceWords): string {
  const columns = [
    { heading: 'part', align: 'left' },
    { heading: 'line', align: 'right' },
    { heading: 'verdict', align: 'left' },
    { heading: 'what differs', align: 'left' },
  ] as const;
  const alike = new Map<string, ConversionEntry[]>();
  for (const entry of entries) {
    const key = `${entry.verdict} ${entry.message}`;
    const known = alike.get(key);
    if (known === undefined) alike.set(key, [entry]);
    else known.push(entry);
  }
  const rows = [...alike.values()].flatMap(([entry, ...others]) => {
    if (entry === undefined) return [];
    const first = words.part(entry.pointer);
    const part = others.length === 0 ? first : `${first} and ${others.length} more`;
    return [[part, String(words.place(entry.pointer).line ?? ''), verdictWords[entry.verdict], words.message(entry)]];
  });
  return formatTable(columns, rows)
    .map((line) => `  ${line}`)
    .join('\n');
}

/** Returns entries with one for all conventions of a step, if several differ. */
function withOneConvention(entries: readonly ConversionEntry[]): readonly ConversionEntry[] {
  const isConvention = ({ code }: ConversionEntry): boolean => /^convention\/(?!own-draws|forward-euler)/.test(code);
  const found = entries.filter(isConvention);
  const subjects = new Set(found.map(({ code }) => code.slice('convention/'.length).replace(/-/g, ' ')));
  const [first] = found;
  if (first === undefined || subjects.size === 1) return entries;
  const message = `${subjects.size} conventions of a step differ: ${[...subjects].join(', ')}`;
  const joined = { verdict: 'convention', code: 'convention/several', pointer: '', message } as const;
  return [...entries.filter((entry) => !isConvention(entry)), joined];
}

/** Returns paths of a conversion's texts, the document first. */
const pathsOf = ({ files }: ConvertedModel, path: string): readonly string[] =>
  files.map(({ name }) => join(dirname(path), name));

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
