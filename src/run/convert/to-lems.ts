/** Models as documents of LEMS and NeuroML. */

import type { Positions } from '../../diagnostics/positions.js';
import type { ConversionEntry } from '../../model/conversion-report.js';
import type { Rates } from '../../library/runge-kutta.js';
import type { SubSteps } from '../../library/sub-step-count.js';
import { adaptiveTolerance } from '../../model/dormand-prince.js';
import type { ValidModel } from '../../model/model.js';
import { mapped } from '../../model/collections.js';
import { child } from '../../model/pointer.js';
import { typedModel } from '../../model/typed-model.js';
import { chooseTarget } from '../choose-target.js';
import { freeze, randomSources } from '../freeze.js';
import type { ConvertedFile, Exported } from './exported.js';

/** More steps of a current are better read as a table. */
const mostPulses = 20;

/**
 * A model as LEMS: in its words; strictly, as equations that take the model's own steps, where its words only
 * approximate them.
 *
 * @param original  the model before its draws were made explicit
 */
export async function toLems(
  whole: ValidModel,
  name: string,
  original: ValidModel,
  positions: Positions,
  strict: boolean,
): Promise<Exported> {
  const inItsWords = await inLems(whole, name, original, positions, { ownSteps: false });
  if (!strict || inItsWords.report.every(({ verdict }) => verdict !== 'approximated')) return inItsWords;
  const inOwnSteps = await inLems(whole, name, original, positions, { ownSteps: true });
  return isNearer(inOwnSteps, inItsWords) ? inOwnSteps : inItsWords;
}

/** Sub-steps of types whose steps adapt, as many as a run of the model asks for; none for those that ask for more than make sense. */
async function subStepsOf(
  valid: ValidModel,
  types: ReadonlyMap<string, (parts: number) => Rates>,
): Promise<ReadonlyMap<string, SubSteps>> {
  if (types.size === 0) return new Map();
  const { observedStates } = await import('./observed-states.js');
  const { subStepCount } = await import('../../library/sub-step-count.js');
  const states = await observedStates(valid, [...types.keys()]);
  const { neurons, experiment } = valid.model;
  return new Map(
    [...types].flatMap(([name, stepsIn]) => {
      const [type, seen = []] = [neurons[name], states.get(name)];
      const found = type && seen.length > 0 ? subStepCount(type, stepsIn, seen, experiment.dt) : undefined;
      return found === undefined ? [] : [[name, found] as const];
    }),
  );
}

/** Whether a document leaves out no more than another, and approximates less. */
function isNearer({ report }: Exported, than: Exported): boolean {
  const count = (entries: Exported['report'], verdict: ConversionEntry['verdict']): number =>
    entries.filter((one) => one.verdict === verdict).length;
  const [lost, lostBefore] = [count(report, 'notExpressible'), count(than.report, 'notExpressible')];
  return (
    lost < lostBefore || (lost === lostBefore && count(report, 'approximated') < count(than.report, 'approximated'))
  );
}

/**
 * LEMS lists connections, and values of each cell: those that are drawn are drawn here. What is drawn in each step stays random where LEMS can draw it.
 */
async function inLems(
  whole: ValidModel,
  name: string,
  original: ValidModel,
  positions: Positions,
  { ownSteps }: { readonly ownSteps: boolean },
): Promise<Exported> {
  const { exportLems, hasDrawnConnections, listedDraws, neuromlFiles, xmlPieces, xmlText } =
    await import('../../../translators/neuroml/export.js');
  const { libraryCall } = await import('../../ir/library-calls.js');
  const { stepsForEuler } = await import('../../library/gather/euler-steps.js');
  const { withCurrentsApart } = await import('../../library/currents-apart.js');
  const { withListeningSources } = await import('../../library/listening-sources.js');
  const { typesInSubSteps, withOwnSteps } = await import('../../library/own-steps.js');
  const { withPhaseCurrents } = await import('../../library/phase-currents.js');
  const apart = withListeningSources(withCurrentsApart(withPhaseCurrents(whole), mostPulses));
  const subSteps = ownSteps ? await subStepsOf(apart, typesInSubSteps(apart)) : new Map<string, SubSteps>();
  const stepped = ownSteps
    ? withOwnSteps(apart, new Map([...subSteps].map(([type, { parts }]) => [type, parts])))
    : undefined;
  const given = stepped?.valid ?? apart;
  const fine = stepsForEuler(given);
  const valid = fine?.valid ?? given;
  const attempt = (what: ValidModel, plain = false) => {
    const { root, report } = exportLems(what, {
      functions: (called, values) => libraryCall(called)?.(values),
      unfrozen: original,
      exactly: ownSteps,
      plain,
    });
    return { what, root, report: [...report, ...listedDraws(valid.model, what.model)] };
  };
  /** A model with the equations that another one has for types of the same name: own steps are for LEMS alone. */
  const withTypes = (one: ValidModel, { model: from }: ValidModel): ValidModel => {
    const isOwn = (section: string, name: string): boolean => stepped?.changed.has(child(`/${section}`, name)) === true;
    const neurons = mapped(one.model.neurons, (type, name) => (isOwn('neurons', name) && from.neurons[name]) || type);
    const synapses = mapped(
      one.model.synapses,
      (type, name) => (isOwn('synapses', name) && from.synapses[name]) || type,
    );
    return { ...one, model: { ...one.model, neurons, synapses } };
  };
  const lossesOf = ({ report }: ReturnType<typeof attempt>): readonly string[] =>
    report.filter(({ verdict }) => verdict === 'notExpressible').map(({ pointer }) => pointer);
  const withLists = async (replays: (source: string) => boolean): Promise<ReturnType<typeof attempt>> =>
    attempt(
      withTypes(
        (await freeze(withTypes(valid, apart), (await chooseTarget('auto')).target, positions, { replays })).valid,
        valid,
      ),
    );
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
  const known = new Map([...subSteps].map(([type, one]) => [child('/neurons', type), one]));
  for (const [pointer, method] of stepped?.changed ?? []) {
    const divided = known.get(pointer);
    if (divided === undefined)
      entries.push({
        verdict: 'equivalent',
        code: 'lems/own-steps',
        pointer,
        message: `its equations are written so that a step of forward Euler is one of its method (${method}); they hold for steps of this length alone`,
      });
    else {
      const { parts, states, error } = divided;
      const steps = parts === 1 ? 'one' : `${parts} shorter ones`;
      entries.push({
        verdict: 'equivalent',
        code: 'lems/sub-steps',
        pointer,
        message: `its equations are written so that a step of forward Euler is ${steps} of Dormand and Prince's method, as its own are where they adapt: at ${states} states of a run it errs by at most ${error.toExponential(0)} of a value and its change in a step, where each of its own may by ${adaptiveTolerance.toExponential(0)}; they hold for steps of this length alone`,
      });
    }
  }
  if (ownSteps) {
    const { overflowsInRun } = await import('./overflow.js');
    const overflows = await overflowsInRun(apart);
    if (overflows.length > 0)
      entries.push({
        verdict: 'approximated',
        code: 'lems/overflow',
        pointer: '',
        message: `a step of a named method overflows, with which LEMS's interpreter ends the run: ${overflows.map(({ message, found = '' }) => `${message}, ${found}`).join('; ')}`,
      });
  }
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
