/** Writes models as documents of LEMS and NeuroML. */

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
} from './export.js';
import { withCurrentsApart } from '../../src/library/currents-apart.js';
import { withPhaseCurrents } from '../../src/library/phase-currents.js';
import { ConversionReport, isLeftOut } from '../../src/model/conversion-report.js';
import type { ValidModel } from '../../src/model/model.js';
import { applyPasses, type AfterPass, type PassContext, type Rewriting } from '../../src/model/rewriting/rewriting.js';
import { child } from '../../src/model/pointer.js';
import { composed } from '../../src/model/rewriting/became.js';
import { typedValid, writtenValid } from '../../src/model/typed-model.js';
import { zeroDivisors } from '../../src/library/zero-divisors.js';
import { written, type ConvertedFile, type Exported, type Writer, type Writing } from '../shared/writing.js';
import { neuroml } from './notation.js';

/** More steps of a current are better read as a table. */
const mostPulses = 20;

/** The rewritings of a model before its draws are listed. `lemsPasses` of the exporter are the rest. */
const sourcePasses: readonly Rewriting<PassContext>[] = [
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

/**
 * Returns a model as LEMS, in the document that it was imported from while that still equals the model. LEMS lists
 * connections and values of each cell, so drawn ones are drawn here. Draws in each step stay random if LEMS can make
 * them.
 */
export const document: Writer = async (whole, writing) => {
  const made = await files(whole, writing);
  return { ...made, report: [...zeroDivisors(typedValid(whole), 'lems'), ...made.report] };
};

async function files(whole: ValidModel, writing: Writing): Promise<Exported> {
  const { name, original, split, hdf5Bytes } = writing;
  const isHdf5 = neuroml.targets.neuroml.alsoNamed.test(name);
  const isNeuroml = /\.nml$/i.test(name) || isHdf5;
  const kept = exportKept(drawsNothing(original.model) ? original : whole);
  const filesOf = ({ root }: NonNullable<typeof kept>) => (isNeuroml ? neuromlFiles(root, name, split) : undefined);
  let made = kept ?? (await writtenAnew(whole, isNeuroml, writing));
  let several = filesOf(made);
  // A document with a network of its own type is written anew, with NeuroML's network.
  if (kept !== undefined && typeof several === 'string') {
    const anew = await writtenAnew(whole, true, writing);
    const files = filesOf(anew);
    if (typeof files === 'object') [made, several] = [anew, files];
  } else if (typeof several === 'string') made = await writtenAnew(whole, false, writing);
  const [network] = typeof several === 'object' ? several : [];
  const tree = isHdf5 && network ? networkTree(network.root) : undefined;
  if (typeof tree === 'string') several = tree;
  const simulation = simulationName(name);
  const xmlFile = (file: string, root: (typeof made)['root'], isMain = false): ConvertedFile => {
    let text: string | undefined;
    return {
      name: file,
      get text() {
        return (text ??= xmlText(root));
      },
      pieces: { [Symbol.iterator]: () => xmlPieces(root) },
      ...(isMain ? { isMain } : {}),
    };
  };
  if (typeof several === 'object') {
    const files = several.map((one) => xmlFile(one.name, one.root, one.name === simulation));
    if (typeof tree === 'object') {
      files[0] = { name, text: '', bytes: await hdf5Bytes(tree) };
    }
    return written(files, made);
  }
  if (typeof several !== 'string') return written([xmlFile(name, made.root)], made);
  const reason = {
    verdict: 'exact',
    code: 'lems/one-file',
    pointer: '',
    message: `the model is written as LEMS, in ${simulation}, as a NeuroML document cannot hold it: ${several}`,
  } as const;
  return written([xmlFile(simulation, made.root)], { ...made, report: [...made.report, reason] });
}

/**
 * Returns a model newly written as LEMS. Parts that LEMS cannot draw are listed.
 *
 * @param plain  whether the network has only elements of NeuroML
 */
async function writtenAnew(whole: ValidModel, plain: boolean, { draw, afterPass, functions, randomSources }: Writing) {
  const { valid: undrawn, became: first } = await applyPasses(sourcePasses, typedValid(whole), {
    report: new ConversionReport('lems'),
    afterPass,
  });
  const valid = writtenValid(undrawn);
  const attempt = async (what: ValidModel) => {
    const passed: Parameters<AfterPass>[] = [['list-draws', what]];
    const { root, report, became } = await exportLems(what, {
      functions,
      plain,
      undrawn: undrawn.model,
      afterPass: (...pass) => passed.push(pass),
    });
    const losses = report.filter(isLeftOut).map(({ pointer }) => pointer);
    const listed = listedDraws(valid.model, what.model, report);
    return { passed, losses, root, report: [...report, ...listed], became: composed([first, became]) };
  };
  let lems = await attempt(hasDrawnConnections(valid.model) ? await draw(valid, { replays: () => false }) : valid);
  const { losses } = lems;
  const sources = randomSources(undrawn.model);
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
