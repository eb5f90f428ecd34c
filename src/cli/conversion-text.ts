/** Conversions as text for people: differences, a verdict, and reasons for a refusal. */

import { isLeftOut, type ConversionEntry } from '../model/conversion-report.js';
import type { ConvertedModel } from '../convert/convert.js';
import type { SourceWords } from '../convert/source-words.js';
import { targetOf, type TargetNotation } from '../convert/target-notations.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { ValidModel } from '../model/model.js';
import type { Measurement } from '../verify/measure.js';
import { measurementHeadline, measurementLines } from '../verify/measurement-text.js';
import type { ReadVerdict } from '../verify/recorded-run.js';
import { formatTable } from './table.js';

/** Returns the entries of a report that differ, what matters most first, with one for all conventions of a step. */
export const differencesIn = (report: readonly ConversionEntry[]): readonly ConversionEntry[] =>
  inOrder(withOneConvention(report.filter(({ verdict }) => verdict !== 'exact')));

/** Returns a part that makes the command reject a conversion, as a finding in the user's document. */
export function findingOf(
  entry: ConversionEntry,
  words: SourceWords,
  to: TargetNotation,
  other: TargetNotation | undefined,
): Diagnostic {
  const { code, pointer } = entry;
  const message = words.message(entry);
  if (code === 'read/left-out')
    return {
      code,
      severity: 'error',
      message: `not read: ${message}`,
      hint: 'change this part of the script, or write the rest of the model with --partial',
      place: words.place(pointer),
    };
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

/** Returns a finding for a conversion that fails when it runs, while the model does not. */
export const unstable = (failure: string, { model }: ValidModel, words: SourceWords): Diagnostic => ({
  code: 'run/unstable',
  severity: 'error',
  message: failure,
  expected: 'a written model that runs like this one',
  found: `steps of ${Number((model.experiment.dt * 1e3).toPrecision(6))} ms`,
  hint: "write it with a shorter step, such as --dt '0.01 ms', or leave the measurement out with --no-check",
  place: words.place(''),
});

/**
 * Returns the verdict in a headline, and figures: the number of parts that are left out, the measurement, and a hint
 * on shorter steps.
 *
 * @param read  verdict on a model that a simulator held, which a document that reads back alike says nothing of
 */
export function summaryOf(
  valid: ValidModel,
  { outcome, report }: ConvertedModel,
  measured: Measurement | undefined,
  words: SourceWords,
  read?: ReadVerdict,
): readonly string[] {
  const own = measured === undefined ? ['not measured'] : measurementLines(measured, words.variable);
  const measurement = read === undefined ? own : [readText(read), ...(measured?.verdict === 'exact' ? [] : own)];
  const differing = differencesIn(report);
  const omissions = differing.filter(isLeftOut);
  const hint = shorterSteps(valid, differing, measured);
  if (outcome !== 'incomplete') {
    // Only recordings are left out; one may have a row for each of its variables.
    const { size } = new Set(omissions.map(({ pointer }) => pointer));
    return [...measurement, ...(size === 0 ? [] : [`${numberOf(size, 'recording')} left out`]), ...hint];
  }
  const [first = '', ...more] = measured === undefined ? [] : measurement;
  const count = `incomplete, ${numberOf(omissions.length, 'part')} left out`;
  return [...(measured === undefined ? [count] : [count, `the rest: ${first}`, ...more]), ...hint];
}

/** Returns the verdict on a conversion in one line, without figures. */
export function headlineOf({ outcome, report, portable }: ConvertedModel, measured: Measurement | undefined): string {
  const omissions = report.filter(isLeftOut).length;
  return [
    ...(outcome === 'incomplete' ? [`incomplete, ${numberOf(omissions, 'part')} left out`] : []),
    measured === undefined ? 'not measured' : measurementHeadline(measured),
    ...(portable ? [] : ['not portable']),
  ].join('; ');
}

/** Returns the verdict on a model that a simulator held, in a line. */
function readText({ from, verdict, figures }: ReadVerdict): string {
  const why = figures === undefined ? '' : `: ${figures}`;
  if (verdict === 'not compared') return `read, not compared with ${from}${why}`;
  return verdict === 'the same model' ? `the same model as in ${from}${why}` : `another model than in ${from}${why}`;
}

const numberOf = (count: number, what: string): string => `${count} ${what}${count === 1 ? ' is' : 's are'}`;

/** Returns a hint on shorter steps if runs differ, and the report has a row on the integration method. */
function shorterSteps(
  { model }: ValidModel,
  differing: readonly ConversionEntry[],
  measured: Measurement | undefined,
): readonly string[] {
  if (
    measured?.verdict !== 'apart' ||
    !differing.some(({ code }) => ['convention/forward-euler', 'brian/method'].includes(code))
  )
    return [];
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
export function tableOf(entries: readonly ConversionEntry[], words: SourceWords): string {
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
