/** The kernels of a population with elements in any order: inputs, elements, events. */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir, Local, MapDomain, Statement } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { Block, item } from '../code/block.js';
import { repeatedBy, counted, notCounted } from '../events/multiplicity.js';
import { writeBranchless } from '../code/branchless.js';
import type { Context } from '../context/context.js';
import type { Draws } from '../code/draws.js';
import { storedValue } from '../code/typed-values.js';
import type { Member } from '../context/groups.js';
import { runsOnLanes } from '../code/lanes.js';
import type { Deliveries } from './deliveries.js';
import { elementDraws, steppingOf, timeNow } from './element-code.js';
import { elementScope } from './views.js';
import { defineInput, defineInputs, reaches, sumInputs } from './inputs.js';
import type { Network, SteppedGroup } from './layout.js';
import { stepParts } from './parts.js';

/** Up to three kernels: inputs, elements, events. */
export function anyOrderKernels(
  network: Network,
  stepped: SteppedGroup,
  member: Member,
  deliveries: Deliveries,
): string[] {
  const sites: Draws['sites'] = { next: 0 };
  const reached = network.projectionsAt.get(member.name)?.some((projection) => reaches(projection, member)) ?? false;
  const sums = reached ? inputKernel(network, stepped, member, sites) : null;
  return [
    ...(sums === null ? [] : [sums.kernel]),
    elementKernel(network, stepped, member, sums?.buffers ?? null, sites),
    ...emitKernel(network, member, deliveries),
  ];
}

const rangeOf = ({ begin, population }: Member): MapDomain => ({
  kind: 'ranges',
  ranges: [{ begin, end: begin + population.size }],
});

const withinPopulation = ({ begin }: Member): Ir => (begin === 0 ? item : code`index - ${begin}u`);

/** Scope of code that runs for each element of a population independently, at the time of the step. */
function ownScope(network: Network, stepped: SteppedGroup, member: Member, sites: Draws['sites']) {
  const block = new Block();
  const t = timeNow(network, block);
  const local = block.name('element', withinPopulation(member));
  const draws = elementDraws(member, 'step', local, network.context, sites);
  const scope = elementScope(network, stepped, member, { local, index: item }, { block, time: t, draws });
  return { scope, local, t, block };
}

/** Adds a kernel that sums the inputs of each element into arrays. */
function inputKernel(
  network: Network,
  stepped: SteppedGroup,
  member: Member,
  sites: Draws['sites'],
): { readonly kernel: string; readonly buffers: ReadonlyMap<string, Buffer> } {
  const { context } = network;
  const { scope, local, t, block } = ownScope(network, stepped, member, sites);
  const buffers = new Map<string, Buffer>();
  for (const [name, sum] of sumInputs({ network, stepped, member, local, stage: 'step', time: t, scope })) {
    const buffer = sumBuffer(stepped, name, context);
    buffers.set(name, buffer);
    block.write`${buffer}[index] = ${storedValue(buffer, ir.get(sum))}`;
  }
  const kernel = context.builder.map(
    `${member.name}.inputs`,
    `sums the inputs of the elements of ${member.name}, each after the synapses onto it`,
    rangeOf(member),
    runsOnLanes(block.statements),
    block,
  );
  return { kernel, buffers };
}

/** Where the sum of an input waits for the elements to be stepped. */
export function sumBuffer({ group }: SteppedGroup, input: string, { builder, real }: Context): Buffer {
  const comment = `sum of the contributions to ${input} of ${group.name} in this step`;
  return builder.commonBuffer(`${group.name}.${input}.sum`, real, group.length, comment);
}

/**
 * Adds a kernel that steps each element independently. `inputs`: the arrays of sums, null if elements have no inputs
 * other than currents. @random stream `population/<id>/step`, counter (element, 0, step, site)
 */
function elementKernel(
  network: Network,
  stepped: SteppedGroup,
  member: Member,
  inputs: ReadonlyMap<string, Buffer> | null,
  sites: Draws['sites'],
): string {
  const { context, rings } = network;
  const { scope, local, t, block } = ownScope(network, stepped, member, sites);
  const sources = [...rings.values()].filter(({ population }) => population === member.name);
  const emitted = new Map(sources.map(({ event }) => [event, block.local('emitted', 'bool')] as const));
  for (const flag of emitted.values()) block.write`${flag} = false`;
  block.emit(...notCounted(sources, member, local));
  if (inputs === null) defineInputs({ network, stepped, member, local, stage: 'step', time: t, scope });
  else for (const [name, buffer] of inputs) defineInput(stepped, name, ir.load(buffer, item), scope);
  stepParts(
    steppingOf(stepped, scope, (event, count) => {
      const flag = emitted.get(event);
      const times = rings.get(`${member.name}.${event}`)?.times;
      if (flag) scope.block.write`${flag} = true`;
      if (times) scope.block.emit(counted(times.buffer, local, count));
    }),
  );
  const marks = sources.map(({ event, mask }): Statement => ({
    kind: 'setBit',
    mask: mask.name,
    condition: ir.get(emitted.get(event) as Local),
  }));
  const straight = new Block(block.locals);
  const chosen = writeBranchless([...block.statements, ...marks], straight) && runsOnLanes(straight.statements);
  return context.builder.map(
    `${member.name}.step`,
    `steps the elements of ${member.name} (${stepped.group.name})`,
    rangeOf(member),
    chosen,
    chosen ? straight : { locals: block.locals, statements: [...block.statements, ...marks] },
  );
}

/**
 * Adds a kernel for the immediate effects of the events of a step, element by element. Returns no kernel if the events
 * have no targets.
 */
function emitKernel(network: Network, member: Member, deliveries: Deliveries): string[] {
  const { context, rings } = network;
  const receivedEvents = [...rings.values()].filter(
    ({ population, event }) => population === member.name && deliveries.isHeard(member.name, event),
  );
  const block = new Block();
  const t = timeNow(network, block);
  for (const { mask, event, times } of receivedEvents) {
    const first = member.begin / 32;
    block.write`
      var left: u32
      for word = ${first}u until ${first + Math.ceil(member.population.size / 32)}u {
        left = ${mask}[word]
        while left != 0u {
          let element = ((word - ${first}u) << 5u) + ctz(left)
          ${(at, inner) => {
            const element = at('element');
            repeatedBy(times ? ir.load(times.buffer, element) : undefined, inner, (often) =>
              deliveries.emit(member, event, element, often, t),
            );
          }}
          left = left & (left - 1u)
        }
      }`;
  }
  if (receivedEvents.length === 0) return [];
  const comment = `immediate effects of the events of ${member.name}`;
  return [context.builder.sequential(`${member.name}.emit`, comment, block)];
}
