/** `interneuron convert`: a model in another notation. */

import { basename, dirname, extname, join } from 'node:path';
import { convertModel, onlyHere, type ConversionEntry, type ConvertedModel, type Outcome } from '../../run/convert.js';
import { UsageError, type Diagnostic, type Place } from '../../diagnostics/diagnostic.js';
import { printable } from '../../diagnostics/display.js';
import { contradictionOf } from '../../run/check-contradiction.js';
import type { ConversionCheck } from '../../run/check-conversion.js';
import { checkText } from '../check-text.js';
import { importModel, type ImportedModel } from '../../run/pipeline.js';
import { placeOf } from '../../run/placed.js';
import { refuseToReplace, writeText } from '../../run/replaceable.js';
import { refuseSameFile } from '../../run/same-file.js';
import { writeWithData } from '../../run/data-files.js';
import { shortNotations, simulators, targetNotations, type TargetNotation } from '../../run/target-notations.js';
import { onlyFile, type CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { formatTable } from '../table.js';
import { importOptions } from '../values.js';

/** Writes the model and reports how faithful the conversion is; an incomplete one is refused without `--partial`. */
export async function convert(context: CommandContext): Promise<number> {
  const { options } = context;
  const wanted = options.value('to') ?? '';
  const to = targetNotations.find((name) => name === wanted) ?? shortNotations[wanted] ?? 'canonical';
  const path = options.value('output') ?? '';
  if (path === '') throw new UsageError('--output needs a file name', 'give one, such as -o model.json');
  refuseMisleadingName(path, to);
  const script = options.value('captured-from');
  const source = {
    ...context.read(onlyFile(context)),
    ...(script === undefined ? {} : { script: context.read(script) }),
  };
  const imported = importModel(source, importOptions(options));
  context.show(imported.diagnostics);
  const converted = await convertModel(imported.valid, to, {
    freeze: options.flag('freeze'),
    name: basename(path),
    positions: imported.positions,
    leftOut: imported.isCarried ? [] : options.values('left-out'),
    origin: kindOf[to] === 'script' ? options.flag('keep-origin') : !options.flag('no-origin'),
    partial: options.flag('partial'),
  });
  // That shapes are a part of the model alone is no news to who asks for them.
  const isSome = converted.files.length > 0;
  const refused = refusal(converted, options.flag('strict'), isSome && (options.flag('partial') || to === 'swc'));
  const isForUs = !converted.portable && options.value('backend') === undefined;
  const report = options.value('report');
  const planned = refused.length > 0 || isForUs ? [] : pathsOf(converted, path);
  refuseSameFile([
    { output: path, files: planned },
    ...(report === undefined ? [] : [{ output: report, files: [report] }]),
  ]);
  await refuseToReplace([...planned, ...(report === undefined ? [] : [report])], options.flag('force'));
  const isWritten = refused.length === 0 && !isForUs;
  const outputs = isWritten ? writeFiles(converted, planned, path) : [];
  const check = isWritten ? await checkOf(context, imported, to) : undefined;
  const contradiction = check === undefined ? null : contradictionOf(converted.outcome, check);
  const told = {
    ...reportOf(imported, converted, to, outputs),
    ...(check === undefined ? {} : { check: { ...check, contradiction } }),
  };
  if (report !== undefined) writeText(report, `${JSON.stringify(told, null, 2)}\n`);
  if (context.json) printJson(context.terminal, told);
  const differing = converted.report.filter(({ verdict }) => verdict !== 'exact');
  if (refused.length > 0) {
    context.show(refused.map((entry) => findingOf(entry, imported, to)));
    context.say(`nothing written: ${summaryOf(converted.outcome, differing)}`);
    if (isSome && refused.every(({ verdict }) => verdict === 'notExpressible'))
      context.say('use --partial to write the rest of the model');
    return exitCodes.wrong;
  }
  if (isForUs) {
    context.show([await notPortable(converted, imported)]);
    context.say('nothing written: the script is not portable');
    return exitCodes.wrong;
  }
  context.say(`wrote ${outputs.map(printable).join(', ')}`);
  for (const { code, message } of converted.report)
    if (code === 'lems/one-file' || code === 'origin/left-out') context.say(printable(message));
  if (differing.length > 0) context.say(tableOf(differing, imported));
  context.say(summaryOf(converted.outcome, differing) + (converted.portable ? '' : '; not portable'));
  if (converted.outcome === 'approximate' && check === undefined) context.say('--check measures the difference');
  if (check === undefined) return exitCodes.done;
  context.say(checkText(check, options.flag('freeze')));
  if (contradiction !== null && check.failure === undefined)
    context.say(
      `the check contradicts the report: the conversion is called ${converted.outcome}, but ${contradiction}`,
    );
  return contradiction === null ? exitCodes.done : exitCodes.wrong;
}

type FileKind = 'script' | 'json' | 'xml' | 'swc' | 'hdf5';

/** Kinds of files, and the suffixes that say so; JSON is YAML too. */
const kinds: Readonly<Record<FileKind, { readonly called: string; readonly suffixes: readonly string[] }>> = {
  script: { called: 'a Python script', suffixes: ['.py'] },
  json: { called: 'a JSON document', suffixes: ['.json', '.yaml', '.yml'] },
  xml: { called: 'an XML document', suffixes: ['.xml', '.nml'] },
  swc: { called: 'SWC files', suffixes: ['.swc'] },
  hdf5: { called: 'an HDF5 file', suffixes: ['.h5', '.hdf5'] },
};

const kindOf: Readonly<Record<TargetNotation, FileKind>> = {
  canonical: 'json',
  brian: 'script',
  'brian-json': 'json',
  pynn: 'script',
  'pynn-nestml': 'script',
  'pynn-json': 'json',
  lems: 'xml',
  neuroml: 'xml',
  swc: 'swc',
};

/** A folder is no file, and a script under the name of a document would be read as one. @throws UsageError */
function refuseMisleadingName(path: string, to: TargetNotation): void {
  const suffix = extname(path).toLowerCase();
  const kind = kindOf[to];
  if (path === '-')
    throw new UsageError('conversions write files, not the standard output', `use -o model${kinds[kind].suffixes[0]}`);
  if (/[/\\]$/.test(path))
    throw new UsageError(
      `${printable(path)} is not the name of a file`,
      `add one, such as ${printable(path)}model${kinds[kind].suffixes[0]}`,
    );
  const [other] = (['script', 'json', 'xml', 'swc', 'hdf5'] as const).filter((one) =>
    kinds[one].suffixes.includes(suffix),
  );
  if (other === undefined || other === kind) return;
  const base = path.slice(0, -suffix.length);
  const { suffixes } = kinds[kind];
  const renamed = printable(suffixes.some((one) => base.toLowerCase().endsWith(one)) ? base : `${base}${suffixes[0]}`);
  const document = targetNotations.find((one) => one === `${to}-json`);
  throw new UsageError(
    `--to ${to} writes ${kinds[kind].called}, but ${printable(path)} has the name of ${kinds[other].called}`,
    document !== undefined && other === 'json' ? `use -o ${renamed}, or --to ${document}` : `use -o ${renamed}`,
  );
}

/** The comparison of both runs, if requested. */
async function checkOf(
  { options }: CommandContext,
  { valid }: ImportedModel,
  to: TargetNotation,
): Promise<ConversionCheck | undefined> {
  const simulator = simulators.find((name) => name === options.value('with'));
  if (!options.flag('check') && simulator === undefined) return undefined;
  if (to === 'swc')
    throw new UsageError('SWC holds shapes of cells, which cannot be run', 'leave out --check and --with');
  const freeze = options.flag('freeze');
  if (simulator === undefined) {
    const { checkConversion } = await import('../../run/check-conversion.js');
    return checkConversion(valid, to, { freeze, partial: options.flag('partial') });
  }
  const { checkWith } = await import('../../run/check-with.js');
  return checkWith(valid, to, simulator, { freeze });
}

/** The entries for which a conversion is refused. */
function refusal({ report }: ConvertedModel, strict: boolean, partial: boolean): readonly ConversionEntry[] {
  return report.filter(
    ({ verdict }) => (verdict === 'notExpressible' && !partial) || (verdict === 'approximated' && strict),
  );
}

const placeIn = ({ pointer }: ConversionEntry, { positions }: ImportedModel): Place => placeOf(positions, pointer);

/** What notations are called. */
const languages: Readonly<Record<TargetNotation, string>> = {
  canonical: 'the canonical form',
  brian: 'Brian',
  'brian-json': 'the Brian-like specification',
  pynn: 'PyNN',
  'pynn-nestml': 'PyNN with NESTML',
  'pynn-json': 'PyNN',
  lems: 'LEMS',
  neuroml: 'LEMS',
  swc: 'SWC',
};

/** A part for which a conversion is refused, as a finding in the user's document. */
function findingOf(entry: ConversionEntry, imported: ImportedModel, to: TargetNotation): Diagnostic {
  const { code, message, pointer, verdict } = entry;
  const language = languages[to];
  const place = placeIn(entry, imported);
  const within = place.pointer ?? pointer;
  const part = within === '' ? 'the model' : within;
  const isLeftOut = verdict === 'notExpressible';
  return {
    code,
    severity: 'error',
    message: code.endsWith('/not-expressible') ? `${language} cannot express this: ${message}` : message,
    expected: isLeftOut ? `a part that ${language} can express` : `the same function in ${language}`,
    found: isLeftOut ? `${part}, which would be left out` : `${part}, which would be approximated`,
    hint: isLeftOut
      ? 'change this part of the model, or write the rest with --partial'
      : 'change this part of the model, or accept the approximation by leaving out --strict',
    place,
  };
}

/** Says that only interneuron's backend would run a script of PyNN, and what to do about it. */
async function notPortable({ report }: ConvertedModel, imported: ImportedModel): Promise<Diagnostic> {
  const parts = report.filter(({ code }) => code === onlyHere);
  const [first] = parts;
  const nestml = await convertModel(imported.valid, 'pynn-nestml');
  const forNest = nestml.outcome === 'incomplete' ? '' : 'use --to pynn-nestml for a script that NEST runs, or ';
  return {
    code: 'pynn/not-portable',
    severity: 'error',
    message: `PyNN has no names for ${parts.length === 1 ? 'a part' : `${parts.length} parts`} of the model: only interneuron's backend for PyNN would run the script`,
    expected: 'a model in the names of PyNN, whose scripts run on NEST and NEURON',
    found: first === undefined || first.pointer === '' ? 'the model' : first.pointer,
    hint: `${forNest}--backend interneuron to write it for interneuron's backend`,
    ...(first === undefined ? {} : { place: placeIn(first, imported) }),
  };
}

/** What `--report` and `--json` hold. */
function reportOf(
  imported: ImportedModel,
  { report, outcome, portable }: ConvertedModel,
  to: TargetNotation,
  outputs: readonly string[],
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
      const { document, line, column } = placeIn(entry, imported);
      return { ...entry, place: { document, line, column } };
    }),
  };
}

/** The last line, which summarizes the conversion. */
function summaryOf(outcome: Outcome, differing: readonly ConversionEntry[]): string {
  const count = (verdict: ConversionEntry['verdict'], singular: string, plural: string): string => {
    const n = differing.filter((entry) => entry.verdict === verdict).length;
    return `${n} ${n === 1 ? singular : plural}`;
  };
  switch (outcome) {
    case 'exact':
      return 'conversion: exact';
    case 'equivalent':
      return 'conversion: equivalent, the same up to rounding, labels, conventions and random draws';
    case 'approximate':
      return `conversion: approximate, ${count('approximated', 'part differs', 'parts differ')}`;
    case 'incomplete':
      return `conversion: incomplete, ${count('notExpressible', 'part is left out', 'parts are left out')}`;
    default:
      return outcome satisfies never;
  }
}

const words = {
  exact: 'exact',
  equivalent: 'equivalent',
  approximated: 'approximate',
  notExpressible: 'left out',
} as const satisfies Readonly<Record<ConversionEntry['verdict'], string>>;

/** The entries as a table; what is said of several parts is said once, of the first. `--report` lists them all. */
function tableOf(entries: readonly ConversionEntry[], imported: ImportedModel): string {
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
    const first = entry.pointer === '' ? '(all)' : entry.pointer;
    const part = others.length === 0 ? first : `${first} and ${others.length} more`;
    return [[part, String(placeIn(entry, imported).line ?? ''), words[entry.verdict], entry.message]];
  });
  return formatTable(columns, rows)
    .map((line) => `  ${line}`)
    .join('\n');
}

/** Paths of a conversion's texts, the document first. */
const pathsOf = ({ files }: ConvertedModel, path: string): readonly string[] =>
  files.map(({ name }) => join(dirname(path), name));

/** @returns the files written, the document first */
function writeFiles({ files, data }: ConvertedModel, paths: readonly string[], path: string): readonly string[] {
  const texts = files.map((file, k) => ({ path: paths[k] ?? path, parts: file.pieces ?? [file.text] }));
  return writeWithData(texts, data, path);
}
