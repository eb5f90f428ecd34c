/** `interneuron same`: whether two models, two results, or a result and a model are the same. */

import { printable } from '../../diagnostics/display.js';
import { UsageError } from '../../diagnostics/diagnostic.js';
import { oneOf } from '../../diagnostics/suggest.js';
import type { Became } from '../../model/rewriting/became.js';
import { refuseToReplace, writeText } from '../../pipeline/results/replaceable.js';
import type { ImportedModel } from '../../pipeline/pipeline.js';
import { isOurs } from '../../compare/open-recorded.js';
import { isBundle } from '../../pipeline/read/model-in-bundle.js';
import { whatIsFile } from '../../pipeline/read/what-is.js';
import { fewDigits } from '../../verify/states/cell-pair.js';
import type { ModelComparison } from '../../verify/compare-models.js';
import type { Limit, LimitOptions } from '../../verify/limit.js';
import { limitLines, limitReport } from '../../verify/limit-text.js';
import type { CommandContext } from '../context.js';
import { isFolder, isPattern } from '../model-files.js';
import { modelDifferenceLines } from '../model-difference-text.js';
import { exitCodes } from '../exit-codes.js';
import { readSeconds } from '../values.js';
import { printJson, validSide } from '../failure.js';
import { indented } from '../table.js';

/** Compares two things by what they are. Exit code 0: the same, 1: another, 3: undecided, 2: invalid or unreadable. */
export async function same(context: CommandContext): Promise<number> {
  const [first, second, ...others] = context.files;
  if (first !== undefined && second === undefined && (await holdsModel(first)))
    return (await import('./verify.js')).verify(context);
  if (first === undefined || second === undefined || others.length > 0)
    throw new UsageError(
      `same takes two files, but got ${context.files.length}`,
      "name two models, two results, a result and a model, or two patterns in quotes, such as 'a-*.nwb' 'b-*.nwb', for several runs of each side",
    );
  const [isFirst, isSecond] = [isModel(first), isModel(second)];
  if (isFirst && isSecond) {
    const channels = await (await import('./same-channels.js')).sameChannels(context, [first, second]);
    return channels ?? sameModels(context, first, second);
  }
  if (isFirst || isSecond) {
    const { sameRun } = await import('./same-run.js');
    return isFirst ? sameRun(context, second, first) : sameRun(context, first, second);
  }
  return (await import('./same-results.js')).sameResults(context, first, second);
}

/** Checks whether a file is a result that holds its model, or a bundle of pack. */
const holdsModel = async (path: string): Promise<boolean> =>
  !isPattern(path) && !isFolder(path) && (isBundle(path) || (await isOurs(path)));

/** Checks whether a side is a model. Patterns and folders name results. */
const isModel = (path: string): boolean =>
  !isPattern(path) && !isFolder(path) && ['model', 'script', 'archive'].includes(whatIsFile(path).kind);

async function sameModels(context: CommandContext, first: string, second: string): Promise<number> {
  const { compareAcross } = await import('../../verify/compare-across.js');
  const models = [await validSide(() => context.model(first)), await validSide(() => context.model(second))] as const;
  const { comparison, became, isEqual } = await compareAcross(...models, statedPairs(context, models));
  const found =
    context.options.flag('no-run') || comparison.sameModel
      ? undefined
      : await limitOfModels(models, { became, listed: comparison.differences }, readSeconds('limit', context.options));
  const limit =
    found && isEqual
      ? (await import('../../verify/limit.js')).sameByValue(found, [models[0].valid, models[1].valid])
      : found;
  if (context.json)
    printJson(context.terminal, {
      models: [first, second],
      verdict: limit?.verdict ?? verdictOf(comparison),
      ...comparison,
      ...(limit === undefined ? {} : { limit: limitReport(limit) }),
    });
  const witness = context.options.value('witness');
  if (witness !== undefined) await writeWitness(context, witness, models, { comparison, became, limit });
  const parts = modelDifferenceLines(comparison);
  const lines =
    limit === undefined
      ? parts
      : [
          ...indented(verdictLines(comparison, limit)),
          ...(context.options.flag('parts') ? ['', ...parts.slice(1)] : partsLine(parts.length - 1)),
        ];
  context.say(lines.map(printable).join('\n'));
  if (limit === undefined) return comparison.sameExperiment ? exitCodes.done : exitCodes.wrong;
  return limit.verdict === 'the same model'
    ? exitCodes.done
    : limit.verdict === 'another model'
      ? exitCodes.wrong
      : exitCodes.uncertain;
}

/** Returns the pairs of populations that the user states. @throws UsageError for populations that do not exist */
function statedPairs({ options }: CommandContext, models: readonly ImportedModel[]): ReadonlyMap<string, string> {
  const pairs = options.values('pair').map((text) => {
    const [first = '', second = '', ...more] = text.split('=');
    if (first === '' || second === '' || more.length > 0)
      throw new UsageError(`--pair takes two populations, but got ${text}`, 'such as --pair exc=E');
    [first, second].forEach((name, k) => {
      const names = Object.keys(models[k]!.valid.model.populations);
      if (!names.includes(name))
        throw new UsageError(
          `${name} is no population of the ${k === 0 ? 'first' : 'second'} model`,
          oneOf(name, names),
        );
    });
    return [first, second] as const;
  });
  return new Map(pairs);
}

/** Writes a script that shows the difference. @throws UsageError if there is none, or no cell has it */
async function writeWitness(
  { options }: CommandContext,
  path: string,
  models: readonly [ImportedModel, ImportedModel],
  {
    comparison,
    became,
    limit,
  }: { readonly comparison: ModelComparison; readonly became: Became; readonly limit: Limit | undefined },
): Promise<void> {
  if (limit?.verdict !== 'another model')
    throw new UsageError(
      `a witness shows another model, but the verdict is ${limit?.verdict ?? verdictOf(comparison)}`,
      'leave out --witness',
    );
  const place = limit.states?.differences[0] ?? limit.rest[0] ?? limit.levels.at(-1)?.unmatched[0];
  if (place === undefined) throw new UsageError('no cell has the difference by itself', 'leave out --witness');
  const { witnessOf, witnessTarget } = await import('../../verify/witness.js');
  const [first = ''] = verdictLines(comparison, limit);
  const headline = first.replace(/^another model: /, '');
  const to = witnessTarget(models.map(({ notation }) => notation));
  const [one, other] = models;
  const script = await witnessOf([one.valid, other.valid], { became, place, headline, to });
  await refuseToReplace([path], options.flag('force'));
  writeText(path, script);
}

/** Most listed values that can each be the cause: longer lists also come from parts that are paired wrongly. */
const mostCauses = 5;

/** A number with its unit, or one element of a list of such. */
const isNumeric = (text: string | null): text is string =>
  text !== null && /^(?:\[\d+\] )?-?\d[\d.]*(?:e[-+]?\d+)?(?: [^,]*)?$/.test(text);

/** Whether two numbers with a unit differ by no more than the digits of documents do. */
function isRounding(first: string, second: string): boolean {
  const [one = [], other = []] = [first, second].map(
    (text) => /^(\[\d+\] )?(-?\d[\d.]*(?:e[-+]?\d+)?)(.*)$/.exec(text) ?? [],
  );
  const [a, b] = [Number(one[2]), Number(other[2])];
  return (
    one[1] === other[1] && one[3] === other[3] && Math.abs(a - b) <= fewDigits * Math.max(Math.abs(a), Math.abs(b))
  );
}

/** Returns the verdict with its figures. Another model is named by the first listed value that differs, if any. */
function verdictLines({ differences }: ModelComparison, limit: Limit): readonly string[] {
  const lines = limitLines(limit);
  if (limit.verdict !== 'another model') return lines;
  const causes = differences.filter(
    ({ property, parts, first, second }) =>
      property !== '' && parts[0] !== 'experiment' && first !== null && second !== null && !isRounding(first, second),
  );
  // A current that only one of them has can make up for a value.
  if (differences.some(({ property, parts }) => property === '' && parts[0]?.startsWith('stimulus '))) return lines;
  const [difference] = limit.states?.differences ?? [];
  // Documents can state one model by other values: a listed value is the cause if its part differs at states, too.
  const isPlace = ({ property, parts }: (typeof causes)[number]): boolean =>
    difference === undefined ||
    (difference.ofSynapse === undefined
      ? parts.some((part) => part.startsWith('stimulus ') || part === `population ${difference.population}`)
      : parts[0]?.startsWith('projection ') === true &&
        (property.startsWith('delay ') || !difference.ofSynapse.startsWith('delay ')));
  const cause = causes.find((one) => isNumeric(one.first) && isNumeric(one.second) && isPlace(one));
  if (cause === undefined || causes.length > mostCauses) return lines;
  const { property, parts, first, second } = cause;
  const part = (parts[0] ?? '').replace(/^\w+ /, '');
  const more = causes.length === 1 ? '' : ` (and ${causes.length - 1} more)`;
  const [headline = '', ...others] = lines;
  return [
    `${limit.verdict}: ${property} of ${part} is ${first} and ${second}${more}`,
    headline.slice(limit.verdict.length + 2),
    ...others,
  ];
}

const partsLine = (count: number): readonly string[] =>
  count === 0 ? [] : [`--parts lists ${count} difference${count === 1 ? '' : 's'}`];

/** Returns the verdict on models that are compared by value only. */
const verdictOf = ({ sameExperiment, sameModel }: ModelComparison): string =>
  sameExperiment ? 'the same model' : sameModel ? 'another experiment' : 'another model';

/** Returns the verdict on two models in the limit of small steps, by the parts that the comparison matched. */
async function limitOfModels(
  [first, second]: readonly [ImportedModel, ImportedModel],
  options: LimitOptions,
  seconds?: number,
): Promise<Limit> {
  const { limitOfDocuments } = await import('../../verify/limit-with-draws.js');
  return limitOfDocuments(first.valid, second.valid, { ...options, ...(seconds === undefined ? {} : { seconds }) });
}
