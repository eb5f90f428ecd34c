/** All fixtures in all other notations: the contents of docs/conversion.md. */

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DiagnosticError, UsageError } from '../../src/diagnostics/diagnostic.js';
import { hashModel } from '../../src/model/hash.js';
import type { ValidModel } from '../../src/model/model.js';
import { convertModel, type ConvertedModel, type TargetNotation } from '../../src/convert/convert.js';
import type { Limit } from '../../src/verify/limit.js';
import { limitText } from '../../src/verify/limit-text.js';
import { measure, type Measurement } from '../../src/verify/measure.js';
import { usualName } from '../../src/convert/target-notations.js';
import { mainOf } from '../../translators/shared/writing.js';
import { inFolder } from '../../src/convert/in-folder.js';
import { importModel, readSource, type ImportedModel } from '../../src/pipeline/pipeline.js';
import { numericsVersion } from '../../src/ir/program.js';
import { askedEffort } from '../support/effort.js';
import { root } from '../support/import-graph.js';
import { longestText } from '../../src/xml/decode.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/nir/road.js';
import '../../translators/sonata/road.js';

/** Notations of the table: documents, which contain all that scripts do. */
export const targets = { canonical: 'canonical', brian: 'brian-json', pynn: 'pynn-json', neuroml: 'neuroml' } as const;
type Notation = keyof typeof targets;
/** Notations of fixtures; the notations of the table and of docs/support.md. */
type SourceNotation = Notation | 'nir' | 'sonata';

/** A fixture in a notation. */
export interface Cell {
  readonly fixture: string;
  readonly from: SourceNotation;
  readonly to: Notation;
  readonly outcome: ConvertedModel['outcome'] | Limit['verdict'] | 'exact' | 'not decided' | 'refused';
  /** Which simulators run it: the notation's own; of PyNN's, only NEST with models in NESTML; or only interneuron. */
  readonly portable: 'yes' | 'nestml' | 'no';
  /** Whether the document, read again, has the model hash that the fixture has. */
  readonly sameHash: boolean;
  /** Whether the document carries the fixture, with its hash. */
  readonly backAgain: boolean;
  /** The parts that are left out, the differences if no part is left out, or the reason for another verdict. */
  readonly reasons: readonly string[];
  /** Errors of reading the document again. */
  readonly errors: readonly string[];
}

export interface Fixture {
  readonly name: string;
  readonly from: SourceNotation;
  readonly imported: ImportedModel;
}

/** Models with connections that fill many megabytes when listed: they are converted seldom. */
const large: ReadonlySet<string> = new Set([
  'brian/brunel-2000.yaml',
  'brian/brunel-hakim.yaml',
  'brian/cobahh.yaml',
  'brian/vogels-abbott-coba.yaml',
  'brian/vogels-abbott-cuba.yaml',
  'pynn/brunel.json',
  'pynn/hodgkin-huxley-network.json',
  'pynn/potjans-diesmann.json',
  'pynn/vogels-abbott-coba.json',
  'pynn/vogels-abbott-cuba.json',
]);

/** The fixtures of a notation. */
export function fixturesOf(from: Notation): readonly Fixture[] {
  const folder = join(root, 'fixtures', from === 'canonical' ? 'model' : from);
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.txt'))
    .flatMap(({ name }) => {
      if (large.has(`${from}/${name}`) && from === 'canonical') return [];
      return [{ name: `${from}/${name}`, from, imported: importModel(readSource(join(folder, name))) }];
    })
    .filter(({ imported, from: notation }) => notation !== 'canonical' || !isLargeModel(imported.valid));
}

/** Whether a conversion takes long. */
export const takesLong = ({ name }: Pick<Fixture, 'name'>, to: Notation): boolean =>
  to === 'neuroml' && large.has(name);

const isLargeModel = ({ model }: ValidModel): boolean =>
  Object.values(model.populations).reduce((sum, { size }) => sum + size, 0) > 10_000;

const cells = new Map<string, Promise<Cell>>();

/** Returns one cell of the table. Pages and features share fixtures, so that each conversion is done once. */
export function cellOf(fixture: Fixture, to: Notation): Promise<Cell> {
  const key = [fixture.from, fixture.name, to].join(' ');
  const cell = cells.get(key) ?? convertedCell(fixture, to);
  cells.set(key, cell);
  return cell;
}

/** A verdict that was measured, with the digest of all on which it depends but the programs that measure it. */
interface RecordedVerdict {
  readonly digest: string;
  /** At the model's own step. */
  readonly verdict: Measurement['verdict'];
  /** In the limit of small steps; absent: not decided. */
  readonly limit?: Limit['verdict'];
  /** Reason for another verdict than the same model. */
  readonly reason?: string;
}

const verdictsPath = join(root, 'test/recorded/verdicts.json');
const recorded = new Map(
  existsSync(verdictsPath)
    ? Object.entries(JSON.parse(readFileSync(verdictsPath, 'utf8')) as Readonly<Record<string, RecordedVerdict>>)
    : [],
);
const measured = new Map<string, RecordedVerdict>();

/** Whether all verdicts are measured: every night, and when the table is written. */
const measuresAll = askedEffort === 'thorough' || process.env['UPDATE_CONVERSION'] === '1';

/** Returns the digest of a model and of the files of its conversion. */
function digestOf({ hashes }: ImportedModel, { files }: ConvertedModel): string {
  const hash = createHash('sha256').update(JSON.stringify([numericsVersion, hashes.model, hashes.experiment]));
  for (const { name, text, pieces } of files) {
    hash.update(`\0${name}\0`);
    for (const piece of pieces ?? [text]) hash.update(piece);
  }
  return hash.digest('hex');
}

/** Returns the measured verdict on a conversion: from the records, if the model and the files are still the same. */
async function verdictOf(
  key: string,
  imported: ImportedModel,
  to: TargetNotation,
  converted: ConvertedModel,
): Promise<RecordedVerdict> {
  const digest = digestOf(imported, converted);
  const known = recorded.get(key);
  if (known?.digest === digest && !measuresAll) return known;
  const { verdict, reason, limit } = await measure(imported.valid, to, converted, { from: imported.notation });
  const why = limit === undefined ? reason : limit.verdict === 'the same model' ? undefined : limitText(limit);
  const found = {
    digest,
    verdict,
    ...(limit === undefined ? {} : { limit: limit.verdict }),
    ...(why === undefined ? {} : { reason: why }),
  };
  measured.set(key, found);
  return found;
}

/** Writes the records if some are new; in CI only those of all verdicts. */
export function recordVerdicts(): void {
  if (measured.size === 0 || (process.env['CI'] && process.env['INTERNEURON_PEERS'] !== 'fresh')) return;
  const all = [...(measuresAll ? [] : recorded), ...measured].sort(([one], [other]) => (one < other ? -1 : 1));
  writeFileSync(verdictsPath, `${JSON.stringify(Object.fromEntries(all), undefined, 2)}\n`);
}

async function convertedCell({ name, from, imported }: Fixture, to: Notation): Promise<Cell> {
  const cell = {
    fixture: name,
    from,
    to,
    portable: 'yes' as Cell['portable'],
    sameHash: false,
    backAgain: false,
    reasons: [],
    errors: [],
  };
  try {
    const converted = await convertModel(imported.valid, targets[to], {
      origin: true,
      name: usualName(targets[to]),
    });
    const portable = to === 'pynn' ? await portabilityOf(imported.valid) : 'yes';
    const worst = converted.outcome === 'incomplete' ? 'notExpressible' : 'different';
    const reasons = [
      ...new Set(
        converted.report.flatMap(({ verdict, code, message }) =>
          verdict === worst && !code.startsWith('convention/') ? [message] : [],
        ),
      ),
    ];
    const again = await readAgain(converted, false);
    const unread = converted.outcome === 'incomplete' ? converted.outcome : 'not decided';
    if (again === undefined)
      return { ...cell, portable, outcome: unread, reasons: ['larger than is read', ...reasons] };
    if (again instanceof Error)
      return { ...cell, portable, outcome: unread, reasons, errors: [again.message.split('\n')[0] ?? ''] };
    const { model } = imported.hashes;
    const sameHash = again.hashes.model === model;
    const back = sameHash || from === to ? undefined : await readAgain(converted, true);
    const backAgain = sameHash || (back !== undefined && !(back instanceof Error) && back.hashes.model === model);
    // The table has neither graphs nor circuits.
    if (!(from in targets) || sameHash || converted.outcome === 'incomplete')
      return { ...cell, portable, outcome: converted.outcome, sameHash, backAgain, reasons };
    const { verdict, limit, reason } = await verdictOf(`${name} to ${to}`, imported, targets[to], converted);
    return {
      ...cell,
      portable,
      outcome: verdict === 'exact' ? verdict : (limit ?? 'not decided'),
      backAgain,
      reasons: reason === undefined ? reasons : [reason, ...reasons],
    };
  } catch (error) {
    if (error instanceof UsageError || error instanceof DiagnosticError)
      return { ...cell, outcome: 'refused', reasons: [error.message] };
    throw error;
  }
}

/** Which simulators of PyNN run the script of a model. */
async function portabilityOf(valid: ValidModel): Promise<Cell['portable']> {
  if ((await convertModel(valid, 'pynn')).portable) return 'yes';
  try {
    const { outcome } = await convertModel(valid, 'pynn-nestml');
    return outcome === 'incomplete' ? 'no' : 'nestml';
  } catch (error) {
    if (error instanceof UsageError || error instanceof DiagnosticError) return 'no';
    throw error;
  }
}

/**
 * A document that is read again; undefined for one that is too long for a string, which takes gigabytes.
 *
 * @param origin  whether it is read as the model that it carries
 */
async function readAgain({ files }: ConvertedModel, origin: boolean): Promise<ImportedModel | Error | undefined> {
  let length = 0;
  for (const { pieces } of files)
    for (const piece of pieces ?? []) if ((length += piece.length) > longestText) return undefined;
  const main = mainOf(files);
  try {
    if (files.length < 2) return importModel({ name: main?.name ?? 'model', text: main?.text ?? '' }, { origin });
    return await inFolder([main!, ...files.filter((one) => one !== main)], (path) =>
      importModel(readSource(path), { origin }),
    );
  } catch (error) {
    return error as Error;
  }
}

export const hashOf = (valid: ValidModel): string => hashModel(valid.model).model;
