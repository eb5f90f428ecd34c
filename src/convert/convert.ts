/** From the canonical model to another notation. */

import { unplaced, type Positions } from '../diagnostics/positions.js';
import { differencesOfSetup } from '../library/simulators/source-setup.js';
import { outcomeOf, type ConversionEntry, type Outcome } from '../model/conversion-report.js';
import type { ValidModel } from '../model/model.js';
import type { AfterPass } from '../model/rewriting/rewriting.js';
import { cellsApart, composed } from '../model/rewriting/became.js';
import { chooseTarget } from '../pipeline/choose-target.js';
import { writerOf } from '../pipeline/roads.js';
import { documentText } from './document-text.js';
import { written, type Exported, type Writer, type Writing } from '../../translators/shared/writing.js';
import { knownPlaces } from '../draw/space/places.js';
import { libraryCall } from '../ir/library-calls.js';
import { parquetBytes } from '../tables/write-parquet.js';
import { cellsOfOneType } from './cells-of-one-type.js';
import { withOrigin } from './with-origin.js';
import { freeze, randomSources } from './freeze.js';
import { tablesLost, withFormulas } from './with-formulas.js';
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
import { targetNotations, targetOf, wholeName, type TargetNotation } from './target-notations.js';

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

/** Returns the writer of a form. */
const writerFor = (to: TargetNotation): Writer =>
  to === 'canonical' ? canonical : writerOf(to, targetOf(to).notation);

/** Writes the canonical form. */
const canonical: Writer = async (valid, { name, tables }) => {
  const { withArrays } = await import('./with-arrays.js');
  const { model, data } = tables ? withArrays(valid.model, valid.data) : valid;
  return { ...written([{ name, text: await documentText(model, name) }], { report: [] }), data };
};

/** Returns an entry for a model that has no content in a notation: some have types without populations. */
function withoutContent(
  { model: { populations, neurons, synapses } }: ValidModel,
  { subject, holdsTypes, notRun, notation }: ReturnType<typeof targetOf>,
): readonly ConversionEntry[] {
  const content = { ...populations, ...(holdsTypes ? { ...neurons, ...synapses } : {}) };
  if (Object.keys(content).length > 0 || notRun || notation === 'canonical') return [];
  return [
    {
      verdict: 'notExpressible',
      code: `${subject}/not-expressible`,
      pointer: '/populations',
      message: 'a model without populations, of which there is nothing to run',
    },
  ];
}

/** Stages of the program that writers use. */
const tools = {
  randomSources: (model) => randomSources(model),
  placesOf: knownPlaces,
  functions: (called, values) => libraryCall(called)?.(values),
  cellsOfOneType,
  documentText,
  hdf5Bytes: async (...given) => (await import('../hdf5/write-tree.js')).hdf5Bytes(...given),
  tableBytes: parquetBytes,
} satisfies Partial<Writing>;

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
  const facts = targetOf(to);
  const draw: Writing['draw'] = async (what, options) =>
    (await freeze(what, (await chooseTarget('auto')).target, positions, options)).valid;
  const exported = async (what: ValidModel): Promise<Exported> => {
    const plain = to === 'canonical' ? what : withFormulas(what);
    const made = await inStage('export', () =>
      writerFor(to)(plain, { ...tools, name, original: valid, split, tables, draw, afterPass: options.onPass }),
    );
    const nothing = withoutContent(what, facts);
    const files = nothing.length > 0 ? [] : made.files;
    const became = composed([made.became, cellsApart(made.report)]);
    const setup =
      facts.keepsSetup === true
        ? []
        : differencesOfSetup(valid, { staysBetween: facts.keepsSpikesBetweenSteps === true });
    const lost = plain === what ? [] : [tablesLost];
    const bare = { ...made, files, became, report: [...gone, ...nothing, ...lost, ...made.report, ...setup] };
    return options.origin === true ? withOrigin(bare, what, to) : bare;
  };
  const judged = (made: Exported): ConvertedModel => ({
    ...made,
    outcome: outcomeOf(made.report),
    portable: !made.report.some(({ code }) => code === facts.onlyHere?.parts),
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
