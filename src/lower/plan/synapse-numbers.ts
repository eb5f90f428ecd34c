/** Numbers of synapses of each element at the ends of a projection, for code that reads them. */

import type { Buffer } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { namesIn } from '../../lang/walk.js';
import { oncePerObject } from '../../diagnostics/memoise.js';
import { expressionsIn } from '../../model/typed.js';
import type { Context } from '../context/context.js';
import * as messages from '../context/messages.js';
import type { Connectivity, ProjectionPlan } from './projection.js';
import { recordedVariables } from './recorded-variables.js';
import { overPositions } from './positions.js';

/** The names of each number in code of a synapse: of its target, and of its source. */
const names = { post: 'N_incoming', pre: 'N_outgoing' } as const;

type Side = keyof typeof names;

/** Returns the end with the synapses that a name counts; undefined for other names. */
export const countedSide = (name: string): Side | undefined =>
  (['pre', 'post'] as const).find((side) => names[side] === name);

/** The numbers for each element of an end; undefined before the synapses are there. */
export const synapseNumbers = ({ name }: ProjectionPlan, side: Side, { builder }: Context): Buffer | undefined =>
  builder.known(`${name}.${names[side]}`);

/** Names in the expressions of a part of the model. */
const namesRead = oncePerObject(
  (part: object): ReadonlySet<string> => new Set(expressionsIn(part).flatMap((expression) => [...namesIn(expression)])),
);

/** Counts the synapses of each element, for ends with numbers that some code reads. */
export function countSynapses(plan: ProjectionPlan, { count, rows, targets }: Connectivity, context: Context): void {
  const { builder, diagnostics, model } = context;
  const recorded = recordedVariables(plan.name, model);
  const reading = [plan.type, plan.projection.values, model.operations, model.experiment.protocol].map(namesRead);
  for (const side of ['pre', 'post'] as const) {
    const name = names[side];
    if (
      !(recorded.has(name) || reading.some((read) => read.has(name))) ||
      plan.equations.parameters.has(name) ||
      plan.equations.state.has(name)
    )
      continue;
    const part = context.parts.get(plan.name);
    if (part?.pre || part?.post) {
      diagnostics.add(
        messages.unsupportedFeature(`${name} of a projection between several populations (${plan.name})`),
      );
      continue;
    }
    const { size, cells } = plan[side];
    if (part?.synapses) {
      const counts = part.synapses[side];
      const cellOf = (element: number): number => (cells ? (element % cells.size) - cells.first : element);
      builder.commonBuffer(`${plan.name}.${name}`, 'u32', size, `synapses of ${plan.stream} of each element`, {
        role: 'constant',
        initial: Uint32Array.from({ length: size }, (_, element) => counts[cellOf(element)] ?? 0),
      });
      continue;
    }
    const numbers = builder.commonBuffer(
      `${plan.name}.${name}`,
      'u32',
      size,
      `synapses of ${plan.name} of each element`,
    );
    const stored = { name: plan.name, count, rows, sources: plan.pre.size };
    builder.initially(
      overPositions(`${plan.name}.count_${side}`, `counts ${name}`, stored, context, (position, row, block) => {
        block.write`${numbers}[${side === 'pre' ? row : code`u32(${targets}[${position}])`}] += 1u`;
      }),
    );
  }
}
