/**
 * The kernels of a population of one cell in a network of many projections: one that begins the sums of inputs, one for
 * the synapses of each projection, one that steps the cell, and one for the effects of its events in each projection.
 * Equal kernels of many projections share their code.
 */

import * as ir from '../../ir/builder.js';
import type { Buffer } from '../../ir/program.js';
import { Block } from '../code/block.js';
import type { ElementScope } from '../scopes/element-scope.js';
import { storedValue } from '../code/typed-values.js';
import { clearMasks, mark } from '../events/events.js';
import { counted, notCounted, repeatedBy } from '../events/multiplicity.js';
import type { Member } from '../context/groups.js';
import { sumBuffer } from './any-order-kernels.js';
import type { Deliveries } from './deliveries.js';
import { elementDraws, steppingOf, timeNow } from './element-code.js';
import { addSynapses, defineInput, firstSums, reaches, type InputSum, type Reached } from './inputs.js';
import type { Network, SteppedGroup, SteppedProjection } from './layout.js';
import { stepParts } from './parts.js';
import { elementPlace, elementScope } from './views.js';

/**
 * Adds the kernels and returns their names in order. @random stream `population/<id>/step`, counter (0, 0, step, site)
 */
export function singleCellKernels(
  network: Network,
  stepped: SteppedGroup,
  member: Member,
  deliveries: Deliveries,
): string[] {
  const { context, rings } = network;
  const { builder } = context;
  const sites = { next: 0 };
  const cell = (): Reached & { readonly scope: ElementScope } => {
    const block = new Block();
    const time = timeNow(network, block);
    const local = ir.u32(0);
    const draws = elementDraws(member, 'step', local, context, sites);
    const at = { local, index: elementPlace(member, local) };
    const scope = elementScope(network, stepped, member, at, { block, time, draws });
    return { network, stepped, member, local, stage: 'step', time, scope };
  };
  const { inputs } = stepped.group.type;
  const buffers = new Map(
    Object.keys(inputs).map((name): [string, Buffer] => [name, sumBuffer(stepped, name, context)]),
  );
  /** Adds a kernel that computes sums and stores them. */
  const summing = (name: string, comment: string, sum: (at: Reached) => ReadonlyMap<string, InputSum>): string => {
    const at = cell();
    const { block, place } = at.scope;
    for (const [input, { local }] of sum(at)) {
      const buffer = buffers.get(input);
      if (buffer) block.write`${buffer}[${place}] = ${storedValue(buffer, ir.get(local))}`;
    }
    return builder.sequential(name, comment, block);
  };
  const withSynapses = (projection: SteppedProjection, at: Reached): ReadonlyMap<string, InputSum> => {
    const { block, place, real } = at.scope;
    const sums = new Map(
      [...buffers].map(([input, buffer]): [string, InputSum] => {
        const local = block.local(input, real);
        block.write`${local} = ${buffer}[${place}]`;
        return [input, { local, product: inputs[input]?.reduce === 'product' }];
      }),
    );
    addSynapses(projection, sums, at);
    return sums;
  };
  const sums = [
    ...(buffers.size === 0
      ? []
      : [summing(`${member.name}.inputs`, `begins the sums of the inputs of ${member.name}`, firstSums)]),
    ...(network.projectionsAt.get(member.name) ?? [])
      .filter((projection) => reaches(projection, member))
      .map((projection) => {
        const { name, post } = projection.plan;
        const comment = `steps the synapses of ${name} and adds their contributions`;
        const side = post.population === member.name ? 'post' : 'pre';
        return summing(`${name}.${side}.inputs`, comment, (at) => withSynapses(projection, at));
      }),
  ];
  const sources = [...rings.values()].filter(({ population }) => population === member.name);
  const step = (): string => {
    const { scope, local } = cell();
    const { block, place } = scope;
    clearMasks(sources, block);
    for (const [input, buffer] of buffers) defineInput(stepped, input, ir.load(buffer, place), scope);
    block.emit(...notCounted(sources, member, local));
    const stepping = steppingOf(stepped, scope, (event, count) => {
      const source = rings.get(`${member.name}.${event}`);
      mark(source, local, scope.block);
      if (source?.times) scope.block.emit(counted(source.times.buffer, local, count));
    });
    stepParts(stepping);
    const comment = `steps the only element of ${member.name} (${stepped.group.name})`;
    return builder.sequential(`${member.name}.step`, comment, block);
  };
  const effects = (): string[] =>
    sources.flatMap(({ mask, event, times }) =>
      deliveries.parts(member, event).map(({ name, write }) => {
        const block = new Block();
        const time = timeNow(network, block);
        const element = ir.u32(0);
        const count = times ? ir.load(times.buffer, element) : undefined;
        block.write`
          if (${mask}[${member.begin / 32}u] & 1u) != 0u {
            ${(_, inner) => repeatedBy(count, inner, (often) => write(element, often, time))}
          }`;
        return builder.sequential(name, `effects of ${event} of ${member.name} through ${name}`, block);
      }),
    );
  return [...sums, step(), ...effects()];
}
