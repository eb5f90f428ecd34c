/** From the canonical model to another notation. */

import { parse } from 'node:path';
import { UsageError } from '../diagnostics/diagnostic.js';
import { unplaced, type Positions } from '../diagnostics/positions.js';
import { jsonText } from './json-text.js';
import { outcomeOf, type ConversionEntry, type Outcome } from '../model/conversion-report.js';
import type { ValidModel } from '../model/model.js';
import { chooseTarget } from './choose-target.js';
import { documentText } from './convert/document-text.js';
import type { Exported } from './convert/exported.js';
import { forBrian } from './convert/for-brian.js';
import { toLems } from './convert/to-lems.js';
import { withOrigin as carrying } from './convert/with-origin.js';
import { drawnAgain } from './drawn-again.js';
import { freeze } from './freeze.js';
import { inStage } from './stages.js';
import {
  atHome,
  keptOrigin,
  modelIn,
  originOf,
  withOrigin,
  withoutOrigins,
  wordsOf,
  type Words,
} from './kept/origin.js';
import type { TargetNotation } from './target-notations.js';

export type { ConversionEntry, Outcome, TargetNotation };

/** A model in another notation, and how faithful it is. */
export interface ConvertedModel extends Exported {
  /** `incomplete` where something of the model is left out: then the files hold another model. */
  readonly outcome: Outcome;
}

/** How to convert. */
export interface ConvertOptions {
  /** Makes every random draw explicit: connections, values, delays, spike trains. */
  readonly freeze?: boolean;
  /** Name of the document's file; others are named after it. */
  readonly name?: string;
  /** Where the parts of the model stand in the user's text, for what is found while drawing. */
  readonly positions?: Positions;
  /** What the model already lacks of what it was made from, a sentence for each part. */
  readonly leftOut?: readonly string[];
  /** Whether recordings may be left out where the notation's own names say all else. */
  readonly partial?: boolean;
  /** Whether the document keeps what its notation has no words for; absent: it does. */
  readonly keeps?: boolean;
  /** Whether documents carry the model, by which they are read as it again; absent: they do not. */
  readonly origin?: boolean;
  /**
   * Whether the same function matters more than the notation's own words: equations take the place of names, and own
   * steps that of its simulator's integration, where the result is at least equivalent then.
   */
  readonly strict?: boolean;
}

type Exporter = (
  valid: ValidModel,
  name: string,
  original: ValidModel,
  positions: Positions,
  options: Required<Pick<ConvertOptions, 'partial' | 'keeps' | 'strict'>>,
) => Promise<Exported>;

const lems: Exporter = async (whole, name, original, positions, options) =>
  toLems(whole, name, original, positions, { ...options, saidByClaims });

/** A model of LEMS as the model of PyNN that its document was written from, where it was. */
async function inPynnTypes(
  valid: ValidModel,
): Promise<{ readonly valid: ValidModel; readonly entries: readonly ConversionEntry[] }> {
  if (valid.model.timing !== 'lems-euler') return { valid, entries: [] };
  const { claimedModel } = await import('../../translators/neuroml/claims/claimed-model.js');
  const claimed = claimedModel(valid);
  if (claimed === undefined) return { valid, entries: [] };
  if (typeof claimed !== 'string') {
    const drawn = await drawnAgain(claimed.valid, claimed.before, claimed.neurons);
    const origin = {
      verdict: 'exact',
      code: 'pynn/origin',
      pointer: '',
      message: 'the model of PyNN from which the document was written: written again, it is this document',
    } as const;
    return { valid: drawn.valid, entries: [origin, ...claimed.entries, ...drawn.entries] };
  }
  return {
    valid,
    entries: [
      {
        verdict: 'equivalent',
        code: 'pynn/changed',
        pointer: '',
        message: `it is converted by its equations, not as the PyNN model that its properties name: ${claimed}`,
      },
    ],
  };
}

/** A model from LEMS or Brian in the words of PyNN that it was written from; absent where it has none. */
async function inPynn(
  valid: ValidModel,
): Promise<{ readonly back?: ValidModel; readonly entries: readonly ConversionEntry[] }> {
  const { inPynnWords } = await import('./kept/in-pynn.js');
  // Only strict conversion gives Brian steps that adapt.
  const strict = Object.values(valid.model.neurons).some(({ method }) => method === 'adaptive');
  const kept = await inPynnWords(valid, async (what) => inBrianText(what, strict));
  if (kept !== undefined) return { entries: kept.entries, ...(kept.valid ? { back: kept.valid } : {}) };
  const named = await inPynnTypes(valid);
  return { entries: named.entries, ...(named.valid === valid ? {} : { back: named.valid }) };
}

/** The model of PyNN that a document of LEMS claims to be. */
const saidByClaims = async (document: ValidModel): Promise<ValidModel | undefined> => {
  const { exportPynn } = await import('../../translators/pynn/export.js');
  const { back } = await inPynn(document);
  return back && modelIn({ name: 'model.json', text: jsonText(exportPynn(back).document) });
};

/** The text of a model for Brian, in JSON. @param strict  whether it is the same function first of all */
async function inBrianText(valid: ValidModel, strict = false): Promise<string> {
  const { files } = await convertModel(valid, 'brian-json', { keeps: false, strict });
  return files[0]?.text ?? '';
}

/** Whose words a notation has; absent for those that have all. */
const wordsIn: { readonly [to in TargetNotation]?: Words } = {
  brian: 'brian',
  'brian-json': 'brian',
  pynn: 'pynn',
  'pynn-nestml': 'pynn',
  'pynn-json': 'pynn',
  lems: 'neuroml',
  neuroml: 'neuroml',
};

/** The documents of models in a notation's words. */
const documentsOf = { brian: 'brian-json', pynn: 'pynn-json', neuroml: 'lems' } as const;

/** The model that a document keeps as its origin on the way back there; else the model as it is. */
async function returning(
  valid: ValidModel,
  to: TargetNotation,
): Promise<{ readonly valid: ValidModel; readonly entries: readonly ConversionEntry[] }> {
  const own = wordsOf(valid.model);
  // Equations of LEMS that are in PyNN's documents keep its steps.
  const from = own === 'neuroml' && keptOrigin(valid.model, own) !== undefined ? 'pynn' : own;
  const words = wordsIn[to];
  if (words === undefined || words === from) return { valid, entries: [] };
  const home = await atHome(valid, words, async (origin, strict) => {
    const { files } = await convertModel(origin, documentsOf[from], { keeps: false, strict });
    return files[0];
  });
  return { valid: home.valid ?? withoutOrigins(valid), entries: home.entries };
}

/**
 * A document with what it does not say of the model that it is written from.
 *
 * @param words  in whose words such models are
 */
async function withOriginIn<T extends { readonly annotations?: Readonly<Record<string, unknown>> }>(
  document: T,
  valid: ValidModel,
  words: readonly Words[],
): Promise<{ readonly document: T; readonly entries: readonly ConversionEntry[] }> {
  const own = wordsOf(valid.model);
  if (!words.includes(own)) return { document, entries: [] };
  const { difference, entries } = await originOf(
    valid,
    () => ({ name: 'model.json', text: jsonText(document) }),
    own === 'pynn' ? saidInPynn : undefined,
  );
  if (difference === undefined) return { document, entries };
  return { document: { ...document, annotations: withOrigin(document.annotations, own, difference) }, entries };
}

/** The model of PyNN that a document gives. */
async function saidInPynn(document: ValidModel): Promise<ValidModel | undefined> {
  const { files } = await convertModel(document, 'pynn-json', { keeps: false });
  return files[0] && modelIn(files[0]);
}

/** What is said of a model of which a notation has nothing to say: LEMS has types without populations, others do not. */
function withoutContent(
  { model: { populations, neurons, synapses } }: ValidModel,
  to: TargetNotation,
): readonly ConversionEntry[] {
  const isLems = to === 'lems' || to === 'neuroml';
  if (Object.keys({ ...populations, ...(isLems ? { ...neurons, ...synapses } : {}) }).length > 0) return [];
  const entry = {
    verdict: 'notExpressible',
    pointer: '/populations',
    message: 'a model without populations, of which there is nothing to run',
  } as const;
  if (isLems) return [{ ...entry, code: 'lems/not-expressible' }];
  if (to.startsWith('brian')) return [{ ...entry, code: 'brian/not-expressible' }];
  return to.startsWith('pynn') ? [{ ...entry, code: 'pynn/not-expressible' }] : [];
}

/** What would fail in the simulators of a notation, where ours refuse it, too. */
async function brokenParts(valid: ValidModel, to: TargetNotation): Promise<readonly ConversionEntry[]> {
  const stage = to.startsWith('brian') ? 'brian' : to === 'lems' || to === 'neuroml' ? 'lems' : undefined;
  if (stage === undefined) return [];
  const { zeroDivisors } = await import('../library/zero-divisors.js');
  return zeroDivisors(valid, stage);
}

/** A script of PyNN. @param nestml  whether what PyNN has no name for is written in NESTML, rather than for our backend */
function pynnScript(nestml: boolean): Exporter {
  return async (valid, name, _original, _positions, { partial, strict }) => {
    const { exportPynnScript } = await import('../../translators/pynn/export-script.js');
    const { back, entries } = await inPynn(valid);
    const { files, report } = exportPynnScript(back ?? valid, parse(name).name, { partial, strict, nestml });
    return {
      files: files.map((file, ordinal) => (ordinal === 0 ? { ...file, name } : file)),
      data: new Map(),
      report: [...entries, ...report],
    };
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Each is loaded when it is asked for. */
const exporters: Readonly<Record<TargetNotation, Exporter>> = {
  canonical: async ({ model, data }, name) => {
    const text = await documentText(model, name);
    return { files: [{ name, text }], data, report: [] };
  },
  brian: async (valid, name, _original, _positions, { strict }) => {
    const { exportBrianScript } = await import('../../translators/brian/export-script.js');
    const { inBrianWords } = await import('./kept/in-brian.js');
    const back = await inBrianWords(valid, inBrianText);
    const { files, report } = await forBrian(
      back?.valid ?? valid,
      (idiom) => exportBrianScript(idiom, parse(name).name),
      { oneByOne: true, strict },
    );
    return {
      files: files.map((file, ordinal) => (ordinal === 0 ? { ...file, name } : file)),
      data: new Map(),
      report: [...(back?.entries ?? []), ...report],
    };
  },
  'brian-json': async (valid, name, _original, _positions, { keeps, strict }) => {
    const { exportBrian } = await import('../../translators/brian/export.js');
    const { inBrianWords } = await import('./kept/in-brian.js');
    const back = await inBrianWords(valid, inBrianText);
    if (back?.valid !== undefined) {
      const { document, report } = await forBrian(back.valid, exportBrian, { oneByOne: false, strict });
      const text = await documentText(document, name);
      return { files: [{ name, text }], data: new Map(), report: [...back.entries, ...report] };
    }
    const { keptOfPynn, isInPynnWords } = await import('./kept/of-pynn.js');
    const { pynn } = valid.model.annotations;
    const { document, report } = await forBrian(
      valid,
      (idiom) => {
        const kept = isInPynnWords(valid.model) ? keptOfPynn(valid, idiom.model) : undefined;
        const words = { ...(isRecord(pynn) ? pynn : {}), ...(kept === undefined ? {} : { kept }) };
        const annotations = { ...idiom.model.annotations, ...(Object.keys(words).length === 0 ? {} : { pynn: words }) };
        return exportBrian({ ...idiom, model: { ...idiom.model, annotations } });
      },
      { oneByOne: false, strict },
    );
    const whole = keeps ? await withOriginIn(document, valid, ['neuroml', 'pynn']) : { document, entries: [] };
    return {
      files: [{ name, text: await documentText(whole.document, name) }],
      data: new Map(),
      report: [...(back?.entries ?? []), ...report, ...whole.entries],
    };
  },
  pynn: pynnScript(false),
  'pynn-nestml': pynnScript(true),
  'pynn-json': async (valid, name, _original, _positions, { partial, keeps, strict }) => {
    const { exportPynn } = await import('../../translators/pynn/export.js');
    const { back, entries } = await inPynn(valid);
    const { document, report } = exportPynn(back ?? valid, { partial, strict });
    const { withBrianWords } = await import('./kept/in-brian.js');
    const worded = back === undefined ? withBrianWords(document, valid) : document;
    const whole = keeps ? await withOriginIn(worded, valid, ['neuroml']) : { document: worded, entries: [] };
    return {
      files: [{ name, text: await documentText(whole.document, name) }],
      data: new Map(),
      report: [...entries, ...report, ...whole.entries],
    };
  },
  lems,
  neuroml: lems,
  swc: async (valid, name) => {
    const { shapesInSwc } = await import('./describe/swc.js');
    const { name: base, ext } = parse(name);
    let shapes: readonly (readonly [string, string])[];
    try {
      shapes = [...shapesInSwc(valid)];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const message = `${error.message}; ${error.hint ?? ''}`;
      return {
        files: [],
        data: new Map(),
        report: [{ verdict: 'notExpressible', code: 'swc/not-expressible', pointer: '/neurons', message }],
      };
    }
    return {
      files: shapes.map(([type, text], k) => ({ name: k === 0 ? name : `${base}_${type}${ext}`, text })),
      data: new Map(),
      report: shapes.flatMap(([type, text]): readonly ConversionEntry[] => {
        const pointer = `/neurons/${type}/compartments`;
        // Comments within a file say what its points do not.
        const remarks = text.split('\n').flatMap((line) => /^# (\S+ begins .*)$/.exec(line)?.[1] ?? []);
        const verdict = remarks.length === 0 ? 'exact' : 'approximated';
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

const usualNames: Readonly<Record<TargetNotation, string>> = {
  canonical: 'model.json',
  brian: 'model.py',
  'brian-json': 'model.json',
  pynn: 'model.py',
  'pynn-nestml': 'model.py',
  'pynn-json': 'model.json',
  lems: 'model.xml',
  neuroml: 'model.xml',
  swc: 'model.swc',
};

/**
 * The model in a notation.
 *
 * @returns the documents, and an entry for each part that could not be said as it is; with `freeze` also one for each
 *   draw that
 *   stays random because it happens again in every step
 */
export async function convertModel(
  valid: ValidModel,
  to: TargetNotation,
  options: ConvertOptions = {},
): Promise<ConvertedModel> {
  const { name = usualNames[to], positions = unplaced, leftOut = [] } = options;
  const { partial = false, keeps = true, strict = false } = options;
  const home = await returning(valid, to);
  const gone = leftOut.map((message): ConversionEntry => ({
    verdict: 'notExpressible',
    code: 'read/left-out',
    pointer: '',
    message,
  }));
  const exported = async (what: ValidModel): Promise<Exported> => {
    const made = await inStage('export', () =>
      exporters[to](what, name, home.valid, positions, { partial, keeps, strict }),
    );
    const nothing = withoutContent(what, to);
    const files = nothing.length > 0 ? [] : made.files;
    const broken = await brokenParts(what, to);
    const bare = { ...made, files, report: [...gone, ...home.entries, ...nothing, ...broken, ...made.report] };
    return options.origin === true ? carrying(bare, what, to) : bare;
  };
  if (!options.freeze) return judged(await exported(home.valid));
  const { target } = await chooseTarget('auto');
  const frozen = await freeze(home.valid, target, positions);
  const converted = await exported(frozen.valid);
  const remaining = frozen.remaining.map((message): ConversionEntry => ({
    verdict: 'approximated',
    code: 'freeze/still-random',
    pointer: '',
    message,
  }));
  return judged({ ...converted, report: [...converted.report, ...remaining] });
}

const judged = (exported: Exported): ConvertedModel => ({ ...exported, outcome: outcomeOf(exported.report) });
