/** Synapses that follow cells of their own population all the time, as LEMS has them, which advances one cell after another. */

import type { Expression } from '../../lang/ast.js';
import { binary, conditional, name as named } from '../../lang/build.js';
import { parseExpression } from '../../lang/parse.js';
import { printExpression } from '../../lang/print.js';
import { mapExpression, namesIn, substitute } from '../../lang/walk.js';
import { numbersOf } from '../../model/arrays.js';
import { freeName } from '../../model/free-name.js';
import type { Model, NeuronType, Projection, SynapseType, ValidModel } from '../../model/model.js';
import { wholePopulation } from '../../model/selected.js';
import { isRecording, isSelection } from '../../model/tagged.js';
import { KeptValues } from './kept-values.js';
import { withTrees } from '../readable/texts.js';
import { derivedOf } from './texts.js';

/** A model with such synapses, and the projections that are as in LEMS now. */
interface InContact {
  readonly model: Model;
  readonly contacts: ReadonlySet<string>;
}

/**
 * The model in which synapses within a population read what LEMS shows them where Brian computes their sums, from the
 * values at the beginning of the step: of a cell that LEMS advances before, what that has computed in this step; of one
 * that it advances later, what that computed in the step before, which the cell keeps.
 */
export function withContacts({ model, data }: ValidModel): InContact {
  const kept = new KeptValues(model.neurons, model.experiment.dt);
  const { neurons } = kept;
  const synapses: Record<string, SynapseType> = { ...model.synapses };
  const projections: Record<string, Projection> = { ...model.projections };
  const contacts = new Set<string>();
  for (const [key, projection] of Object.entries(model.projections)) {
    const population = wholePopulation(projection.from.of);
    const [rule, another] = projection.connect;
    const type = synapses[projection.synapse];
    const cell = model.populations[population ?? '']?.type ?? '';
    if (population === undefined || population !== wholePopulation(projection.to.of)) continue;
    if (type === undefined || neurons[cell] === undefined || rule?.rule !== 'list' || another !== undefined) continue;
    if (recordsDerived(model, key, type)) continue;
    if (Object.keys(type.contributes).length === 0 || Object.keys(type.pathways).length > 0) continue;
    const [sources, targets] = [numbersOf(rule.sources, data), numbersOf(rule.targets, data)];
    const isEarlier = sources.map((source, k) => source < (targets[k] ?? 0));
    const made = asShown(type, neurons[cell], isEarlier, (variable) => kept.of(cell, variable));
    if (made === undefined) continue;
    const synapse = freeName(key, (one) => Object.hasOwn(synapses, one));
    synapses[synapse] = made;
    projections[key] = { ...projection, synapse };
    contacts.add(key);
  }
  return { model: { ...model, neurons, synapses, projections }, contacts };
}

/** Whether something records what synapses of a projection compute, of which there are several values then. */
const recordsDerived = ({ recordings }: Model, projection: string, { derived }: SynapseType): boolean =>
  recordings.some(
    (one) =>
      isRecording(one, 'variables') &&
      isSelection(one.of, 'synapses') &&
      one.of.projection === projection &&
      one.variables.some((name) => Object.hasOwn(derived, name)),
  );

/** A synapse that reads cells where Brian sums, before it advances them, and where it advances synapses, afterwards. */
function asShown(
  type: SynapseType,
  cell: NeuronType,
  isEarlier: readonly boolean[],
  keeping: (variable: string) => string | undefined,
): SynapseType | undefined {
  const derived = derivedOf(type);
  if (derived === undefined || Object.keys(cell.regimes).length > 0) return undefined;
  let isLost = false;
  const keptOf = (variable: string): string => {
    const name = keeping(variable);
    isLost ||= name === undefined;
    return name ?? variable;
  };
  const seen =
    (isAfter: boolean) =>
    (reference: string): Expression => {
      const [side = '', variable = ''] = reference.split('.');
      const now = (one: string): string => `${side}.${isAfter ? keptOf(one) : one}`;
      if (Object.hasOwn(cell.parameters, variable)) return named(reference);
      if (Object.hasOwn(cell.state, variable)) {
        // A cell that has been advanced shows a value that Brian does not have yet.
        isLost ||= side === 'pre' && isEarlier.includes(true);
        return named(now(variable));
      }
      if (!isBeforeStep(cell, variable)) isLost = true;
      if (side === 'post') return named(`post.${isAfter ? keptOf(keptOf(variable)) : keptOf(variable)}`);
      const earlier = named(now(variable));
      const later = named(now(keptOf(variable)));
      if (!isEarlier.includes(true)) return later;
      if (!isEarlier.includes(false)) return earlier;
      return conditional(binary('<', named('i'), named('j')), earlier, later);
    };
  const read =
    (isAfter: boolean) =>
    (e: Expression): Expression =>
      mapExpression(substitute(e, derived), (part) =>
        part.kind === 'name' && /^(?:pre|post)\./.test(part.name) ? seen(isAfter)(part.name) : part,
      );
  const contributes = Object.fromEntries(
    Object.entries(type.contributes).map(([key, text]) => [key, printExpression(read(false)(parseExpression(text)))]),
  );
  const { sequence: _, ...rest } = withTrees({ ...type, derived: {}, contributes: {} }, read(true));
  const made = { ...rest, derived: {}, contributes };
  return isLost ? undefined : made;
}

/** Whether a derived variable is a copy of one that is not advanced before it is computed. */
function isBeforeStep({ derived, state, sequence = [] }: NeuronType, variable: string): boolean {
  const e = parseExpression(derived[variable]?.value ?? '0');
  const computed = sequence.findIndex((part) => part.derived?.includes(variable));
  return [...namesIn(e)].every((name) => {
    if (!Object.hasOwn(state, name)) return !Object.hasOwn(derived, name);
    const home = sequence.findIndex((part) => part.state?.includes(name));
    return home >= computed && computed >= 0;
  });
}
