/** Stimuli as component types of attachments to cells. */

import { binary, name as nameOf, quantity } from '../../../../src/lang/build.js';
import { second } from '../../../../src/lang/dimension.js';
import { drawsIn } from '../../../../src/lang/functions.js';
import type { Expression } from '../../../../src/lang/ast.js';
import { namesIn, readsAny } from '../../../../src/lang/walk.js';
import { child } from '../../../../src/model/pointer.js';
import type { Stimulus } from '../../../../src/model/typed.js';
import { builderOf } from '../builder.js';
import { elementsOf, type CellPlan, type Channel, type ExportContext } from '../context.js';
import { drawCount } from './draw-count.js';
import { writeContributions } from '../common-equations.js';
import type { TypeBuilder } from '../type-builder.js';
import { NotExpressible } from '../../../../src/library/not-expressible.js';
import { element, type Element } from '../text/xml-text.js';

interface BuiltStimulus {
  readonly componentType: string;
  readonly element: Element;
  /** The exposure of its contribution. */
  readonly exposure: string;
}

/**
 * @returns undefined after a report that LEMS cannot express it
 */
export function stimulusType(
  name: string,
  stimulus: Stimulus,
  plan: CellPlan,
  context: ExportContext,
): BuiltStimulus | undefined {
  const { report, ids } = context;
  const pointer = child('/stimuli', name);
  const builder = builderOf(context);
  try {
    const channel =
      stimulus.kind === 'poisson'
        ? randomInputs(stimulus, pointer, plan, builder, context)
        : current(stimulus, pointer, plan, builder, context);
    const componentType = ids.claim(`${name}_input`);
    const about = stimulus.kind === 'poisson' ? `The random inputs ${name}.` : `The current ${name}.`;
    return { componentType, element: builder.build(componentType, plan.attachment, about), exposure: channel.exposure };
  } catch (error) {
    if (!(error instanceof NotExpressible)) throw error;
    return report.missing(pointer, error.message);
  }
}

function current(
  stimulus: Extract<Stimulus, { kind: 'current' }>,
  pointer: string,
  plan: CellPlan,
  builder: TypeBuilder,
  context: ExportContext,
): Channel {
  const { report } = context;
  if (!stimulus.attached) throw new NotExpressible('currents attached during the run');
  const channel = plan.channels.find((one) => one.kind === 'sum' && one.variable === stimulus.input);
  if (!channel) throw new NotExpressible(`currents into ${stimulus.input}, which is not an input`);
  const value = builder.folded(stimulus.value, (name) => plan.visible.has(name));
  require(value, plan, builder);
  const { every = 0, from = 0 } = stimulus;
  const readsCell = readsAny(value, plan.visible);
  if (every > 1.5 * context.dt && readsCell)
    report.different(
      'lems/held-current',
      pointer,
      'the current follows its value at every step instead of holding it between its own updates',
    );
  const targets = elementsOf(stimulus.to, context);
  if (stimulus.shared && drawsIn(value) && targets.length > 1)
    report.different('lems/shared-current', pointer, 'each of its cells draws the current for itself');
  share(
    channel,
    every > 1.5 * context.dt && !readsCell ? held(value, { every, from }, channel, builder) : value,
    plan,
    builder,
  );
  return channel;
}

/** Returns a value that is computed at times of its own, as a variable that keeps it in between. */
function held(
  value: Expression,
  { every, from }: { readonly every: number; readonly from: number },
  { dimension }: Channel,
  builder: TypeBuilder,
): Expression {
  const [kept, next] = ['value until then', 'next value'];
  builder.state(kept, dimension, false);
  builder.state(next, second, false);
  const assign = (name: string, e: Expression): Element =>
    builder.assign(builder.nameOf(name), builder.text(e, 'statement'));
  const now = assign(kept, value);
  const first = from % every;
  builder.starts.push(now, assign(next, quantity(first > 0 ? first : every, second)));
  const test = binary('>=', nameOf('t'), nameOf(next));
  builder.conditions.push(
    element('OnCondition', { test: builder.condition(test, 'statement') }, [
      now,
      assign(next, binary('+', nameOf(next), quantity(every, second))),
    ]),
  );
  return nameOf(kept);
}

/** Sums of many random inputs: a number of them is drawn in each step. */
function randomInputs(
  { variable, weight: text, n, rate }: Extract<Stimulus, { kind: 'poisson' }>,
  pointer: string,
  plan: CellPlan,
  builder: TypeBuilder,
  context: ExportContext,
): Channel {
  const { report, dt } = context;
  const channel = plan.channels.find((one) => one.kind === 'jump' && one.variable === variable);
  if (!channel) throw new NotExpressible(`random inputs into ${variable}`);
  const weight = builder.folded(text, (name) => plan.visible.has(name));
  require(weight, plan, builder);
  const { dimension, exposure } = channel;
  // Cells receive it in the step of its draw.
  const waiting = builder.shown('waiting', dimension, exposure);
  const { actions, count, difference } = drawCount(n, rate * dt, builder);
  if (difference !== undefined) report.different('lems/poisson', pointer, difference);
  const drawn = builder.assign(waiting, `${count} * ${builder.text(weight, 'statement')}`);
  builder.conditions.push(element('OnCondition', { test: '1 .gt. 0' }, [...actions, drawn]));
  share(channel, nameOf('waiting'), plan, builder);
  return channel;
}

/** Requires the variables of the cell that a value reads. */
function require(value: Expression, plan: CellPlan, builder: TypeBuilder): void {
  for (const name of namesIn(value)) {
    const seen = plan.visible.get(name);
    if (seen) builder.requirement(name, seen.dimension, seen.name);
  }
}

/** Writes a value as the contribution to one channel of attachments; zero for all others. */
function share(channel: Channel, value: Expression, plan: CellPlan, builder: TypeBuilder): void {
  const valueOf = (one: Channel): Expression | undefined => (one === channel ? value : undefined);
  writeContributions(plan, valueOf, builder, (_, action) => action());
}
