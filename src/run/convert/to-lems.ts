/** Models as documents of LEMS and NeuroML. */

import type { Positions } from '../../diagnostics/positions.js';
import type { ValidModel } from '../../model/model.js';
import { child } from '../../model/pointer.js';
import { typedModel } from '../../model/typed-model.js';
import { chooseTarget } from '../choose-target.js';
import { freeze, randomSources } from '../freeze.js';
import type { ConvertedFile, Exported } from './exported.js';

/** More steps of a current are better read as a table. */
const mostPulses = 20;

/**
 * Returns a model as LEMS, in the document that it was imported from while that still equals the model. LEMS lists
 * connections and values of each cell, so drawn ones are drawn here. Draws in each step stay random if LEMS can make
 * them.
 *
 * @param original  the model before its draws were made explicit on request
 * @param split     whether channels, synapses and cells of NeuroML have files of their own
 */
export async function toLems(
  whole: ValidModel,
  name: string,
  original: ValidModel,
  positions: Positions,
  split: boolean,
): Promise<Exported> {
  const { drawsNothing, exportKept, neuromlFiles, xmlPieces, xmlText } =
    await import('../../../translators/neuroml/export.js');
  const isNeuroml = /\.nml$/i.test(name);
  const kept = exportKept(drawsNothing(original.model) ? original : whole);
  const { lems, plain } =
    kept === undefined
      ? await written(whole, isNeuroml, positions)
      : { lems: kept, plain: isNeuroml ? kept : undefined };
  const several = plain && neuromlFiles(plain.root, name, split);
  const xmlFile = (file: string, root: (typeof lems)['root']): ConvertedFile => {
    let text: string | undefined;
    return {
      name: file,
      get text() {
        return (text ??= xmlText(root));
      },
      pieces: { [Symbol.iterator]: () => xmlPieces(root) },
    };
  };
  if (plain !== undefined && typeof several === 'object')
    return { files: several.map((one) => xmlFile(one.name, one.root)), data: new Map(), report: plain.report };
  const reason =
    typeof several !== 'string'
      ? []
      : [
          {
            verdict: 'exact',
            code: 'lems/one-file',
            pointer: '',
            message: `${name} is a LEMS document, with the simulation, which validators of NeuroML refuse: ${several}`,
          } as const,
        ];
  return { files: [xmlFile(name, lems.root)], data: new Map(), report: [...lems.report, ...reason] };
}

/**
 * Returns a model newly written as LEMS, and with NeuroML's elements only on request. Parts that LEMS cannot draw are
 * listed.
 */
async function written(whole: ValidModel, isNeuroml: boolean, positions: Positions) {
  const { exportLems, hasDrawnConnections, listedDraws } = await import('../../../translators/neuroml/export.js');
  const { libraryCall } = await import('../../ir/library-calls.js');
  const { withCurrentsApart } = await import('../../library/currents-apart.js');
  const { withListeningSources } = await import('../../library/listening-sources.js');
  const { withPhaseCurrents } = await import('../../library/phase-currents.js');
  const valid = withListeningSources(withCurrentsApart(withPhaseCurrents(whole), mostPulses));
  const attempt = (what: ValidModel, plain = false) => {
    const { root, report } = exportLems(what, { functions: (called, values) => libraryCall(called)?.(values), plain });
    const losses = report.filter(({ verdict }) => verdict === 'notExpressible').map(({ pointer }) => pointer);
    return { what, losses, root, report: [...report, ...listedDraws(valid.model, what.model, report)] };
  };
  const listed = async (replays: (source: string) => boolean): Promise<ValidModel> =>
    (await freeze(valid, (await chooseTarget('auto')).target, positions, { replays })).valid;
  let lems = attempt(hasDrawnConnections(valid.model) ? await listed(() => false) : valid);
  const { losses } = lems;
  const sources = randomSources(typedModel(valid.model));
  const lost = sources.filter((source) => {
    const parts = [child('/populations', source), child('/neurons', valid.model.populations[source]?.type ?? '')];
    return losses.some((pointer) => parts.some((part) => `${pointer}/`.startsWith(`${part}/`)));
  });
  for (const replayed of lost.length === sources.length ? [lost] : [lost, sources]) {
    if (lems.losses.length === 0) break;
    const other = attempt(await listed((source) => replayed.includes(source)));
    if (other.losses.length < lems.losses.length) lems = other;
  }
  return { lems, plain: isNeuroml ? attempt(lems.what, true) : undefined };
}
