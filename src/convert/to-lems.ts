/** Models as documents of LEMS and NeuroML. */

import {
  drawsNothing,
  exportKept,
  exportLems,
  hasDrawnConnections,
  listedDraws,
  networkTree,
  neuromlFiles,
  simulationName,
  xmlPieces,
  xmlText,
} from '../../translators/neuroml/export.js';
import { libraryCall } from '../ir/library-calls.js';
import { withCurrentsApart } from '../library/currents-apart.js';
import { withPhaseCurrents } from '../library/phase-currents.js';
import { ConversionReport, isLeftOut } from '../model/conversion-report.js';
import type { ValidModel } from '../model/model.js';
import { applyPasses, type AfterPass, type PassContext, type Rewriting } from '../model/rewriting/rewriting.js';
import { child } from '../model/pointer.js';
import { composed } from '../model/rewriting/became.js';
import { typedModel } from '../model/typed-model.js';
import { randomSources, type FreezeOptions } from './freeze.js';
import type { ConvertedFile, Exported } from './exported.js';
import { isNeuromlHdf5 } from './target-notations.js';

/** More steps of a current are better read as a table. */
const mostPulses = 20;

/** The rewritings of a model before its draws are listed. `lemsPasses` of the exporter are the rest. */
export const sourcePasses: readonly Rewriting<PassContext>[] = [
  {
    name: 'phase-currents',
    why: 'LEMS has no phases: currents that change between runs follow the time',
    apply: (valid) => ({ valid: withPhaseCurrents(valid) }),
  },
  {
    name: 'currents-apart',
    why: 'currents that only follow the time are generators of NeuroML, outside the cells',
    apply: (valid) => ({ valid: withCurrentsApart(valid, mostPulses) }),
  },
];

/** How a model is converted. */
interface Converting {
  readonly name: string;
  /** The model before its draws were made explicit on request. */
  readonly original: ValidModel;
  /** Whether channels, synapses and cells of NeuroML have files of their own. */
  readonly split: boolean;
  readonly draw: (valid: ValidModel, options?: FreezeOptions) => Promise<ValidModel>;
  readonly afterPass: AfterPass | undefined;
}

/**
 * Returns a model as LEMS, in the document that it was imported from while that still equals the model. LEMS lists
 * connections and values of each cell, so drawn ones are drawn here. Draws in each step stay random if LEMS can make
 * them.
 */
export async function toLems(whole: ValidModel, converting: Converting): Promise<Exported> {
  const { name, original, split } = converting;
  const isNeuroml = /\.nml$/i.test(name) || isNeuromlHdf5(name);
  const kept = exportKept(drawsNothing(original.model) ? original : whole);
  const filesOf = ({ root }: NonNullable<typeof kept>) => (isNeuroml ? neuromlFiles(root, name, split) : undefined);
  let made = kept ?? (await written(whole, isNeuroml, converting));
  let several = filesOf(made);
  // A document with a network of its own type is written anew, with NeuroML's network.
  if (kept !== undefined && typeof several === 'string') {
    const anew = await written(whole, true, converting);
    const files = filesOf(anew);
    if (typeof files === 'object') [made, several] = [anew, files];
  } else if (typeof several === 'string') made = await written(whole, false, converting);
  const [network] = typeof several === 'object' ? several : [];
  const tree = isNeuromlHdf5(name) && network ? networkTree(network.root) : undefined;
  if (typeof tree === 'string') several = tree;
  const xmlFile = (file: string, root: (typeof made)['root']): ConvertedFile => {
    let text: string | undefined;
    return {
      name: file,
      get text() {
        return (text ??= xmlText(root));
      },
      pieces: { [Symbol.iterator]: () => xmlPieces(root) },
    };
  };
  if (typeof several === 'object') {
    const files = several.map((one) => xmlFile(one.name, one.root));
    if (typeof tree === 'object') {
      const { hdf5Bytes } = await import('../hdf5/write-tree.js');
      files[0] = { name, text: '', bytes: await hdf5Bytes(tree) };
    }
    return { files, data: new Map(), report: made.report, became: made.became };
  }
  const { became } = made;
  if (typeof several !== 'string')
    return { files: [xmlFile(name, made.root)], data: new Map(), report: made.report, became };
  const simulation = simulationName(name);
  const reason = {
    verdict: 'exact',
    code: 'lems/one-file',
    pointer: '',
    message: `the model is written as LEMS, in ${simulation}, as a NeuroML document cannot hold it: ${several}`,
  } as const;
  return { files: [xmlFile(simulation, made.root)], data: new Map(), report: [...made.report, reason], became };
}

/**
 * Returns a model newly written as LEMS. Parts that LEMS cannot draw are listed.
 *
 * @param plain  whether the network has only elements of NeuroML
 */
async function written(whole: ValidModel, plain: boolean, { draw, afterPass }: Converting) {
  const { valid, became: first } = await applyPasses(sourcePasses, whole, {
    report: new ConversionReport('lems'),
    afterPass,
  });
  const attempt = async (what: ValidModel) => {
    const passed: Parameters<AfterPass>[] = [['list-draws', what]];
    const { root, report, became } = await exportLems(what, {
      functions: (called, values) => libraryCall(called)?.(values),
      plain,
      undrawn: valid.model,
      afterPass: (...pass) => passed.push(pass),
    });
    const losses = report.filter(isLeftOut).map(({ pointer }) => pointer);
    const listed = listedDraws(valid.model, what.model, report);
    return { passed, losses, root, report: [...report, ...listed], became: composed([first, became]) };
  };
  let lems = await attempt(hasDrawnConnections(valid.model) ? await draw(valid, { replays: () => false }) : valid);
  const { losses } = lems;
  const sources = randomSources(typedModel(valid.model));
  const lost = sources.filter((source) => {
    const parts = [child('/populations', source), child('/neurons', valid.model.populations[source]?.type ?? '')];
    return losses.some((pointer) => parts.some((part) => `${pointer}/`.startsWith(`${part}/`)));
  });
  for (const replayed of lost.length === sources.length ? [lost] : [lost, sources]) {
    if (lems.losses.length === 0) break;
    const other = await attempt(await draw(valid, { replays: (source) => replayed.includes(source) }));
    if (other.losses.length < lems.losses.length) lems = other;
  }
  for (const pass of lems.passed) afterPass?.(...pass);
  return lems;
}
