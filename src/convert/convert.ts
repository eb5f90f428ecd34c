/** From the canonical model to another notation. */

import { platform } from '#platform';
import { UsageError } from '../diagnostics/diagnostic.js';
import { unplaced, type Positions } from '../diagnostics/positions.js';
import { conventions } from '../library/conventions.js';
import { differencesOfSetup } from '../library/simulators/source-setup.js';
import { ConversionReport, outcomeOf, type ConversionEntry, type Outcome } from '../model/conversion-report.js';
import type { ValidModel } from '../model/model.js';
import { applyPasses, type AfterPass } from '../model/rewriting/rewriting.js';
import { cellsApart, composed, unchanged, type Became } from '../model/rewriting/became.js';
import { chooseTarget } from '../pipeline/choose-target.js';
import { documentText } from './document-text.js';
import type { Exported } from './exported.js';
import { withOrigin } from './with-origin.js';
import { freeze, type FreezeOptions } from './freeze.js';
import { inStage } from '../pipeline/stages.js';
import {
  callback,
  checkArgument,
  checkOptions,
  choice,
  flag,
  object,
  text,
  texts,
  validModel,
  type ArgumentKinds,
} from '../diagnostics/public-arguments.js';
import { keepsSetup, targetNotations, targetOf, wholeName, type TargetNotation } from './target-notations.js';

export type { ConversionEntry, Outcome, TargetNotation };

/** A model in another notation, and how faithful it is. */
export interface ConvertedModel extends Exported {
  /** `incomplete` if a part of the model is left out: then the files hold another model. */
  readonly outcome: Outcome;
  /** Whether simulators of the notation run the result, rather than only interneuron's backend for PyNN. */
  readonly portable: boolean;
}

/** How to convert. */
export interface ConvertOptions {
  /** Makes every random draw explicit: connections, values, delays, spike trains. */
  readonly freeze?: boolean;
  /** Name of the document's file; others are named after it. */
  readonly name?: string;
  /** Places of the model's parts in the user's text, for findings while drawing. */
  readonly positions?: Positions;
  /** Parts of its source that the model already lacks, a sentence for each. */
  readonly leftOut?: readonly string[];
  /** Whether channels, synapses and cells of a NeuroML file have files of their own, which it includes. */
  readonly split?: boolean;
  /** Whether long lists of connections become tables in files beside the document; absent: they stay lists. */
  readonly tables?: boolean;
  /** Whether documents carry the model, so that reading them restores it; absent: they do not. */
  readonly origin?: boolean;
  /** Receives the name of each rewriting of the model before it is written, with the model after it. */
  readonly onPass?: AfterPass;
}

const convertKinds: ArgumentKinds<ConvertOptions> = {
  freeze: flag,
  name: text('model.json'),
  positions: object('the property positions of a model that importModel returns', ['place']),
  leftOut: texts('one sentence'),
  split: flag,
  tables: flag,
  origin: flag,
  onPass: callback,
};

/** How an exporter converts: names, options and tools. */
interface Exporting {
  readonly name: string;
  /** The model before its draws were made explicit on request. */
  readonly original: ValidModel;
  /** Whether channels, synapses and cells of NeuroML have files of their own. */
  readonly split: boolean;
  /** Whether long lists of connections become tables. */
  readonly tables: boolean;
  readonly draw: (valid: ValidModel, options?: FreezeOptions) => Promise<ValidModel>;
  readonly afterPass: AfterPass | undefined;
}

type Exporter = (valid: ValidModel, exporting: Exporting) => Promise<Exported>;

const lems: Exporter = async (whole, exporting) => {
  const { toLems } = await import('./to-lems.js');
  return toLems(whole, exporting);
};

/** Returns files with the first one under a name, and no arrays beside them. */
const named = (
  {
    files,
    report,
    became = unchanged,
  }: Pick<Exported, 'report'> & {
    readonly became?: Became;
    readonly files: readonly { readonly name: string; readonly text: string }[];
  },
  name: string,
): Exported => ({
  files: files.map((file, ordinal) => (ordinal === 0 ? { ...file, name } : file)),
  data: new Map(),
  report,
  became,
});

/**
 * Returns an entry for a model that has no content in a notation: LEMS has types without populations, others do not.
 */
function withoutContent(
  { model: { populations, neurons, synapses } }: ValidModel,
  to: TargetNotation,
): readonly ConversionEntry[] {
  const { subject } = targetOf(to);
  if (Object.keys({ ...populations, ...(subject === 'lems' ? { ...neurons, ...synapses } : {}) }).length > 0) return [];
  const entry = {
    verdict: 'notExpressible',
    pointer: '/populations',
    message: 'a model without populations, of which there is nothing to run',
  } as const;
  if (subject === 'lems') return [{ ...entry, code: 'lems/not-expressible' }];
  if (subject === 'brian') return [{ ...entry, code: 'brian/not-expressible' }];
  if (subject === 'sonata') return [{ ...entry, code: 'sonata/not-expressible' }];
  return subject === 'pynn' ? [{ ...entry, code: 'pynn/not-expressible' }] : [];
}

/** Returns the parts that would fail in the simulators of a notation, if our engines reject them as well. */
async function brokenParts(valid: ValidModel, to: TargetNotation): Promise<readonly ConversionEntry[]> {
  const { subject } = targetOf(to);
  if (subject !== 'brian' && subject !== 'lems') return [];
  const { zeroDivisors } = await import('../library/zero-divisors.js');
  return zeroDivisors(valid, subject);
}

/** Code of the parts of a PyNN script that only interneuron's own backend runs. */
export const onlyHere = 'pynn/native';

/**
 * Returns an exporter of PyNN scripts. @param nestml  whether parts that PyNN has no name for are written in NESTML,
 * rather than for our backend
 */
function pynnScript(nestml: boolean): Exporter {
  return async (valid, { name, ...exporting }) => {
    const { exportPynnScript } = await import('../../translators/pynn/export-script.js');
    return named(await exportPynnScript(valid, platform.paths.parse(name).name, { ...exporting, nestml }), name);
  };
}

/** Returns a model in Brian's terms, to which `write` adds its own entries of the report. */
async function toBrian<Written extends Pick<Exported, 'report'>>(
  whole: ValidModel,
  { draw, afterPass }: Exporting,
  write: (valid: ValidModel, report: ConversionReport) => Written,
): Promise<Written & Pick<Exported, 'became'>> {
  const { brianPasses } = await import('./for-brian.js');
  const report = new ConversionReport('brian');
  const { valid, became } = await applyPasses(brianPasses, whole, { report, draw, afterPass });
  const written = write(valid, report);
  report.addAll(conventions(whole, 'brian'));
  return { ...written, report: report.entries, became };
}

/** Returns a document as a file, and the tables that it reads. */
async function filesOf(
  document: object,
  { name, tables }: Exporting,
  notation: 'brian' | 'pynn',
): Promise<Exported['files']> {
  if (!tables) return [{ name, text: await documentText(document, name) }];
  const { withTables } = await import('./tables-beside.js');
  const shorter = withTables(document as Readonly<Record<string, unknown>>, name, notation);
  return [{ name, text: await documentText(shorter.document, name) }, ...shorter.files];
}

/** Each is loaded when it is asked for. */
const exporters: Readonly<Record<TargetNotation, Exporter>> = {
  nir: (...given) => nirFile(...given),
  sonata: (...given) => sonataFolder(...given),
  canonical: async (valid, { name, tables }) => {
    const { withArrays } = await import('./tables-beside.js');
    const { model, data } = tables ? withArrays(valid.model, valid.data) : valid;
    return { files: [{ name, text: await documentText(model, name) }], data, report: [], became: unchanged };
  },
  brian: async (valid, exporting) => {
    const { exportBrianScript } = await import('../../translators/brian/export-script.js');
    const { name } = exporting;
    const write = (idiom: ValidModel, report: ConversionReport): ReturnType<typeof exportBrianScript> =>
      exportBrianScript(idiom, platform.paths.parse(name).name, report);
    return named(await toBrian(valid, exporting, write), name);
  },
  'brian-json': async (valid, exporting) => {
    const { exportBrian } = await import('../../translators/brian/export.js');
    const write = (idiom: ValidModel, report: ConversionReport): ReturnType<typeof exportBrian> =>
      exportBrian(idiom, 'decimal', report);
    const { document, report, became } = await toBrian(valid, exporting, write);
    return { files: await filesOf(document, exporting, 'brian'), data: new Map(), report, became };
  },
  pynn: pynnScript(false),
  'pynn-nestml': pynnScript(true),
  'pynn-json': async (valid, exporting) => {
    const { exportPynn } = await import('../../translators/pynn/export.js');
    const { document, report, became } = await exportPynn(valid, exporting);
    return { files: await filesOf(document, exporting, 'pynn'), data: new Map(), report, became };
  },
  lems,
  neuroml: lems,
  swc: async (valid, { name }) => {
    const { shapesInSwc } = await import('../../translators/swc/export.js');
    const { name: base, ext } = platform.paths.parse(name);
    let shapes: readonly (readonly [string, string])[];
    try {
      shapes = [...shapesInSwc(valid)];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const message = `${error.message}; ${error.hint ?? ''}`;
      return {
        files: [],
        data: new Map(),
        became: unchanged,
        report: [{ verdict: 'notExpressible', code: 'swc/not-expressible', pointer: '/neurons', message }],
      };
    }
    return {
      files: shapes.map(([type, text], k) => ({ name: k === 0 ? name : `${base}_${type}${ext}`, text })),
      data: new Map(),
      became: unchanged,
      report: shapes.flatMap(([type, text]): readonly ConversionEntry[] => {
        const pointer = `/neurons/${type}/compartments`;
        // Comments within a file state the properties that its points lack.
        const remarks = text.split('\n').flatMap((line) => /^# (\S+ begins .*)$/.exec(line)?.[1] ?? []);
        const verdict = remarks.length === 0 ? 'exact' : 'different';
        return [
          {
            verdict,
            code: 'swc/shape',
            pointer,
            message: remarks.length === 0 ? 'points of its sections' : remarks.join('; '),
          },
          {
            verdict: 'notExpressible',
            code: 'swc/not-expressible',
            pointer: `/neurons/${type}`,
            message: 'everything but shape: divisions, membranes, mechanisms, inputs and the network',
          },
        ];
      }),
    };
  },
};

/** Writes a graph of NIR. */
const nirFile: Exporter = async (valid, { name }) => {
  const { exportNir } = await import('../../translators/nir/export.js');
  const { tree, report } = exportNir(valid);
  const { hdf5Bytes } = await import('../hdf5/write-tree.js');
  const files = tree === null ? [] : [{ name, text: '', bytes: await hdf5Bytes(tree) }];
  return { files, data: new Map(), report, became: unchanged };
};

/** Writes a circuit of SONATA with a simulation of it. */
const sonataFolder: Exporter = async (valid, { draw, afterPass }) => {
  const { exportSonata, rootAttributes } = await import('../../translators/sonata/export.js');
  const { files, report, became } = await exportSonata(valid, { draw, afterPass });
  const { hdf5Bytes } = await import('../hdf5/write-tree.js');
  const written: Exported['files'][number][] = [];
  for (const file of files)
    written.push(
      'text' in file ? file : { name: file.name, text: '', bytes: await hdf5Bytes(file.tree, rootAttributes) },
    );
  return { files: written, data: new Map(), report, became };
};

/**
 * Returns the model in a notation.
 *
 * @returns the documents, and an entry for each part that cannot be expressed unchanged; with `freeze` also one for
 * each draw that stays random because it is repeated in every step
 */
export async function convertModel(
  valid: ValidModel,
  to: TargetNotation,
  options: ConvertOptions = {},
): Promise<ConvertedModel> {
  checkArgument('convertModel', valid, validModel);
  checkArgument('convertModel', to, choice(targetNotations));
  checkOptions('convertModel', options, convertKinds);
  const { name = wholeName(to), positions = unplaced, leftOut = [] } = options;
  const { split = false, tables = false } = options;
  const gone = leftOut.map((message): ConversionEntry => ({
    verdict: 'notExpressible',
    code: 'read/left-out',
    pointer: '',
    message,
  }));
  const draw: Exporting['draw'] = async (what, options) =>
    (await freeze(what, (await chooseTarget('auto')).target, positions, options)).valid;
  const exported = async (what: ValidModel): Promise<Exported> => {
    const made = await inStage('export', () =>
      exporters[to](what, { name, original: valid, split, tables, draw, afterPass: options.onPass }),
    );
    const nothing = withoutContent(what, to);
    const files = nothing.length > 0 ? [] : made.files;
    const broken = await brokenParts(what, to);
    const became = composed([made.became, cellsApart(made.report)]);
    const setup = keepsSetup(to) ? [] : differencesOfSetup(valid, { staysBetween: to === 'pynn' });
    const bare = { ...made, files, became, report: [...gone, ...nothing, ...broken, ...made.report, ...setup] };
    return options.origin === true ? withOrigin(bare, what, to) : bare;
  };
  const judged = (made: Exported): ConvertedModel => ({
    ...made,
    outcome: outcomeOf(made.report),
    portable: to !== 'pynn' || !made.report.some(({ code }) => code === onlyHere),
  });
  if (!options.freeze) return judged(await exported(valid));
  const { target } = await chooseTarget('auto');
  const frozen = await freeze(valid, target, positions);
  const converted = await exported(frozen.valid);
  const remaining = frozen.remaining.map((message): ConversionEntry => ({
    verdict: 'different',
    code: 'freeze/still-random',
    pointer: '',
    message,
  }));
  return judged({ ...converted, report: [...converted.report, ...remaining] });
}
