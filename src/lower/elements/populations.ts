/**
 * The kernels of each population: its elements in order, each after its synapses, or all at once if the order has no
 * effect.
 */

import type { Expression as Ir, Statement } from '../../ir/program.js';
import { Block } from '../code/block.js';
import { repeatedBy, counted, notCounted } from '../events/multiplicity.js';
import type { Member } from '../context/groups.js';
import { anyOrderKernels } from './any-order-kernels.js';
import { singleCellKernels } from './single-cell-kernels.js';
import { inAnyOrder } from './any-order.js';
import type { Deliveries } from './deliveries.js';
import type { Stage } from './element-code.js';
import { clearMasks, mark } from '../events/events.js';
import { elementDraws, steppingOf, timeNow } from './element-code.js';
import { elementPlace, elementScope } from './views.js';
import { defineInputs } from './inputs.js';
import type { Network, SteppedGroup } from './layout.js';
import { deriveAll, enterRegime, showAll, stepParts } from './parts.js';

const stageWords: Readonly<Record<Stage, string>> = {
  step: 'steps the elements',
  derive: 'works out the first values of derived variables',
  enter: 'enters the first regime',
};

/** Projections of a network above which each of them has kernels of its own. */
const mostProjections = 64;

/**
 * Writes the kernels that step the elements of a population: one sequential kernel or, if the order has no effect, one
 * for inputs, one for the elements and one for their events. For a single cell in a network of many projections, as
 * NeuroML has them, inputs and events have a kernel for each projection.
 *
 * @returns the kernels in order
 */
export function stepKernels(network: Network, stepped: SteppedGroup, member: Member, deliveries: Deliveries): string[] {
  const isSingle = member.population.size === 1;
  if (!isSingle || network.projections.length > mostProjections) {
    const kernels = isSingle ? singleCellKernels : anyOrderKernels;
    if (inAnyOrder(network, stepped, member, deliveries)) return kernels(network, stepped, member, deliveries);
  }
  const kernel = populationKernel(network, stepped, member, 'step', deliveries);
  return kernel === null ? [] : [kernel];
}

/**
 * Writes the kernel of one population; null for a kernel without effect. @random streams `population/<id>/step` and
 * `population/<id>/enter`, counter (element, 0, step, site)
 */
export function populationKernel(
  network: Network,
  stepped: SteppedGroup,
  member: Member,
  stage: Stage,
  deliveries: Deliveries,
): string | null {
  const { context } = network;
  if (stage === 'derive' && !keepsDerived(network, stepped, member)) return null;
  const block = new Block();
  const t = timeNow(network, block);
  const events = network.rings;
  if (stage === 'step')
    clearMasks(
      [...events.values()].filter(({ population }) => population === member.name),
      block,
    );
  const writeElement = (local: Ir, inner: Block): void => {
    const index = inner.name('index', elementPlace(member, local));
    const scope = elementScope(
      network,
      stepped,
      member,
      { local, index },
      { block: inner, time: t, draws: elementDraws(member, stage, local, context) },
    );
    const stepping = steppingOf(stepped, scope, (event, count) => {
      const source = events.get(`${member.name}.${event}`);
      mark(source, local, scope.block);
      if (source?.times) scope.block.emit(counted(source.times.buffer, local, count));
      repeatedBy(count, scope.block, (block) => deliveries.emit(member, event, local, block, t));
      scope.forget(stepped.writtenByOthers);
    });
    if (stage !== 'enter') defineInputs({ network, stepped, member, local, stage, time: t, scope });
    if (stage === 'step') {
      inner.emit(...notCounted([...events.values()], member, local));
      stepParts(stepping);
    } else if (stage === 'derive') {
      deriveAll(stepping);
      showAll(stepping);
    } else enterRegime(firstRegime(stepped), stepping);
  };
  block.write`
    for element = 0u until ${member.population.size}u {
      ${(at, inner) => writeElement(at('element'), inner)}
    }`;
  if (stage !== 'step' && !storesAny(block.statements)) return null;
  return context.builder.sequential(
    `${member.name}.${stage}`,
    `${stageWords[stage]} of ${member.name} (${stepped.group.name}) in order`,
    block,
  );
}

/** Whether any derived variable or input of a population, or of its synapses, is stored. */
const keepsDerived = ({ projectionsAt }: Network, stepped: SteppedGroup, { name }: Member): boolean =>
  [stepped, ...(projectionsAt.get(name) ?? [])].some(({ kept, shown }) => kept.size + shown.size > 0) ||
  stepped.keptInputs.size > 0;

/** Whether code stores any value. */
function storesAny(statements: readonly Statement[]): boolean {
  return statements.some((statement) => {
    switch (statement.kind) {
      case 'store':
      case 'accumulate':
        return true;
      case 'if':
        return storesAny(statement.then) || storesAny(statement.else);
      case 'for':
      case 'while':
        return storesAny(statement.body);
      default:
        return false;
    }
  });
}

/** Index of the regime that elements begin in; -1: there are no regimes. */
export const firstRegime = (stepped: SteppedGroup): number =>
  stepped.code.parts.flatMap((part) => part.regimes).findIndex((regime) => regime.initial);
