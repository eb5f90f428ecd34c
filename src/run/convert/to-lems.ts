/** Models as documents of LEMS and NeuroML. */

import type { Positions } from '../../diagnostics/positions.js';
import type { ConversionEntry } from '../../model/conversion-report.js';
import type { ValidModel } from '../../model/model.js';
import { child } from '../../model/pointer.js';
import { typedModel } from '../../model/typed-model.js';
import { chooseTarget } from '../choose-target.js';
import { freeze, randomSources } from '../freeze.js';
import type { ConvertedFile, Exported } from './exported.js';

/** More steps of a current are better read as a table. */
const mostPulses = 20;

/**
 * LEMS lists connections, and values of each cell: those that are drawn are drawn here. What is drawn in each step stays random where LEMS can draw it.
 */
export async function toLems(
  whole: ValidModel,
  name: string,
  original: ValidModel,
  positions: Positions,
): Promise<Exported> {
  const { exportLems, hasDrawnConnections, listedDraws, neuromlFiles, xmlPieces, xmlText } =
    await import('../../../translators/neuroml/export.js');
  const { libraryCall } = await import('../../ir/library-calls.js');
  const { stepsForEuler } = await import('../../library/gather/euler-steps.js');
  const { withCurrentsApart } = await import('../../library/currents-apart.js');
  const { withListeningSources } = await import('../../library/listening-sources.js');
  const { withPhaseCurrents } = await import('../../library/phase-currents.js');
  const apart = withListeningSources(withCurrentsApart(withPhaseCurrents(whole), mostPulses));
  const fine = stepsForEuler(apart);
  const valid = fine?.valid ?? apart;
  const attempt = (what: ValidModel, plain = false) => {
    const { root, report } = exportLems(what, {
      functions: (called, values) => libraryCall(called)?.(values),
      unfrozen: original,
      plain,
    });
    return { what, root, report: [...report, ...listedDraws(valid.model, what.model, report)] };
  };
  const lossesOf = ({ report }: ReturnType<typeof attempt>): readonly string[] =>
    report.filter(({ verdict }) => verdict === 'notExpressible').map(({ pointer }) => pointer);
  const withLists = async (replays: (source: string) => boolean): Promise<ReturnType<typeof attempt>> =>
    attempt((await freeze(valid, (await chooseTarget('auto')).target, positions, { replays })).valid);
  let best = hasDrawnConnections(valid.model) ? await withLists(() => false) : attempt(valid);
  const better = (other: typeof best): void => {
    if (lossesOf(other).length < lossesOf(best).length) best = other;
  };
  if (lossesOf(best).length > 0 && !hasDrawnConnections(valid.model)) better(await withLists(() => false));
  const sources = randomSources(typedModel(valid.model));
  if (lossesOf(best).length > 0 && sources.length > 0) {
    const losses = lossesOf(best);
    const lost = sources.filter((source) => {
      const parts = [child('/populations', source), child('/neurons', valid.model.populations[source]?.type ?? '')];
      return losses.some((pointer) => parts.some((part) => `${pointer}/`.startsWith(`${part}/`)));
    });
    better(await withLists((source) => lost.length === 0 || lost.includes(source)));
  }
  const plain = /\.nml$/i.test(name) ? attempt(best.what, true) : best;
  const several = plain === best ? undefined : neuromlFiles(plain.root, name);
  const isSplit = typeof several === 'object';
  const entries: ConversionEntry[] = [...(isSplit ? plain : best).report];
  if (typeof several === 'string')
    entries.push({
      verdict: 'exact',
      code: 'lems/one-file',
      pointer: '',
      message: `${name} is a LEMS document, with the simulation, which validators of NeuroML refuse: ${several}`,
    });
  if (fine !== undefined)
    entries.push({
      verdict: 'approximated',
      code: 'lems/step',
      pointer: '/experiment/dt',
      message: `steps of ${fine.step} ms: forward Euler ${fine.why}`,
    });
  const xmlFile = (file: string, root: (typeof best)['root']): ConvertedFile => {
    let text: string | undefined;
    return {
      name: file,
      get text() {
        return (text ??= xmlText(root));
      },
      pieces: { [Symbol.iterator]: () => xmlPieces(root) },
    };
  };
  const files = isSplit ? several.map((one) => xmlFile(one.name, one.root)) : [xmlFile(name, best.root)];
  return { files, data: new Map(), report: entries };
}
