/** `interneuron diff`: the point at which two results diverge, or the differences of two models. */

import { differenceText } from '../../../runtime/results/compare.js';
import { printable } from '../../diagnostics/display.js';
import { UsageError } from '../../diagnostics/diagnostic.js';
import { compareResults, type ResultComparison } from '../../verify/compare-results.js';
import { whatIsFile } from '../../pipeline/read/what-is.js';
import type { ImportedModel } from '../../pipeline/pipeline.js';
import type { Became } from '../../model/rewriting/became.js';
import type { Limit } from '../../verify/limit.js';
import { limitLines, limitReport } from '../../verify/limit-text.js';
import type { CommandContext } from '../context.js';
import { eventName, milliseconds } from '../../compare/recorded.js';
import { runLines } from '../comparison-text.js';
import { modelDifferenceLines } from '../model-difference-text.js';
import { exitCodes } from '../exit-codes.js';
import { readSeconds } from '../values.js';
import { printJson } from '../failure.js';
import { formatTable, indented } from '../table.js';

/** Compares two models part by part, or two results to the bit. */
export async function diff(context: CommandContext): Promise<number> {
  const [first, second, ...others] = context.files;
  if (first === undefined || second === undefined || others.length > 0)
    throw new UsageError(`diff compares two files, but got ${context.files.length}`, 'name two results, or two models');
  if ([first, second].some((path) => whatIsFile(path).kind === 'model')) return diffModels(context, first, second);
  // The least δ is the rounding of times.
  const found = await compareResults(first, second, { within: 0, matchesOnly: true });
  const { exact, comparison } = found;
  const same = comparison.grade === 'identical';
  if (context.json) {
    const { reason = null, first: difference = null, populations = [], runs = [] } = exact ?? {};
    printJson(context.terminal, {
      results: [first, second],
      same,
      grade: comparison.grade,
      runs,
      reason,
      first: difference,
      populations,
      notes: comparison.notes,
    });
  }
  context.say(lines(found).map(printable).join('\n'));
  return same ? exitCodes.done : exitCodes.wrong;
}

async function diffModels(context: CommandContext, first: string, second: string): Promise<number> {
  const { compareAcross } = await import('../../verify/compare-across.js');
  const models = [await context.model(first), await context.model(second)] as const;
  const { comparison, became } = await compareAcross(...models);
  const limit =
    context.options.flag('no-run') || comparison.sameModel
      ? undefined
      : await limitOfModels(models, became, readSeconds('limit', context.options));
  if (context.json)
    printJson(context.terminal, {
      models: [first, second],
      ...comparison,
      ...(limit === undefined ? {} : { limit: limitReport(limit) }),
    });
  const lines = [...modelDifferenceLines(comparison), ...(limit === undefined ? [] : indented(limitLines(limit)))];
  context.say(lines.map(printable).join('\n'));
  return comparison.sameExperiment ? exitCodes.done : exitCodes.wrong;
}

/** Returns the verdict on two models in the limit of small steps, by the parts that the comparison matched. */
async function limitOfModels(
  [first, second]: readonly [ImportedModel, ImportedModel],
  became: Became,
  seconds?: number,
): Promise<Limit> {
  const { limitOfDocuments } = await import('../../verify/limit.js');
  return limitOfDocuments(first.valid, second.valid, { became, ...(seconds === undefined ? {} : { seconds }) });
}

const columns = [
  { heading: 'population', align: 'left' },
  { heading: 'spikes in the first', align: 'right' },
  { heading: 'in the second', align: 'right' },
  { heading: 'spikes and final state', align: 'left' },
] as const;

function lines({ exact, comparison }: ResultComparison): readonly string[] {
  const { grade, populations, notes } = comparison;
  const [record] = exact?.records ?? [];
  const isSame = grade === 'identical';
  const step = exact?.first?.step;
  const earliest = step === undefined || !record ? firstSpike(comparison) : undefined;
  const time = step === undefined || !record ? earliest?.time : step * record.dt;
  const heading =
    isSame && record
      ? `the same: ${record.steps} steps, fingerprint ${record.fingerprint.total}`
      : isSame
        ? 'the same'
        : `different${time === undefined ? '' : ` from ${milliseconds(time)} on`}`;
  const lone =
    earliest &&
    `first difference at ${Number((earliest.time * 1e3).toPrecision(9))} ms: a spike of ${earliest.name}[${earliest.cell}] only in one`;
  const first = exact?.first && record ? differenceText(exact.first, record.dt, ['first', 'second']) : lone;
  const rows = exact
    ? exact.populations.map(({ name, spikes, same }) => [
        name,
        ...spikes.map((count) => (count === null ? 'not recorded' : String(count))),
        same === null ? 'only in one' : same ? 'same' : 'different',
      ])
    : populations.map((population) => [eventName(population), ...population.spikes.map(String), population.grade]);
  return [
    heading,
    ...(isSame ? [] : runLines(exact)),
    ...notes.map((note) => `note      ${note}`),
    ...(isSame || first === undefined ? [] : [first]),
    ...formatTable(columns, rows),
  ];
}

/** Returns the first spike without a partner, of results with different steps. */
const firstSpike = ({
  populations,
}: ResultComparison['comparison']):
  { readonly name: string; readonly cell: number; readonly time: number } | undefined =>
  populations
    .flatMap((population) =>
      population.divergence === null ? [] : [{ name: eventName(population), ...population.divergence }],
    )
    .toSorted((a, b) => a.time - b.time)[0];
