/** A population that drives cells without spikes, as a component type of attachments. */

import type { Expression } from '../../../../src/lang/ast.js';
import { name as nameOf } from '../../../../src/lang/build.js';
import { spelling } from '../../../../src/lang/reference.js';
import { mapExpression } from '../../../../src/lang/walk.js';
import { attempting, builderOf } from '../builder.js';
import { writeContributions, writeEquations } from '../common-equations.js';
import type { CellPlan, Channel, ExportContext } from '../context.js';
import { dimensionOfUnit } from '../text/dimensions.js';
import { regimeElement } from '../regime-element.js';
import { NotExpressible } from '../../../../src/library/not-expressible.js';
import { child } from '../../../../src/model/pointer.js';
import type { NeuronType, SynapseType } from '../../../../src/model/typed.js';
import { element, type Element } from '../text/xml-text.js';

interface BuiltInput {
  readonly componentType: string;
  readonly element: Element;
  /** Names of parameters and first values by the model's names. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * @param synapse defines its contributions to inputs of the cell
 */
export function inputType(
  id: string,
  type: NeuronType,
  synapse: SynapseType,
  target: CellPlan,
  { started, linked }: { readonly started: ReadonlySet<string>; readonly linked: ReadonlyMap<string, string> },
  context: ExportContext,
): BuiltInput {
  const { dimensions } = context;
  const builder = builderOf(context);
  const parameters = new Map<string, string>();
  const pointer = child('/populations', id);
  const attempt = attempting(pointer, context);
  // Names that the cell has are left to it.
  for (const [name, { unit }] of Object.entries(type.parameters)) {
    const seen = linked.get(name);
    if (seen !== undefined) builder.requirement(name, dimensionOfUnit(unit), target.visible.get(seen)?.name ?? seen);
    else parameters.set(name, builder.parameter(name, dimensionOfUnit(unit)));
  }
  for (const [name, { unit }] of Object.entries(type.state)) builder.state(name, dimensionOfUnit(unit));
  for (const [name, { unit }] of Object.entries(type.derived)) builder.declare(name, dimensionOfUnit(unit));
  for (const name of started) {
    const dimension = builder.dimensionOf(name);
    const start = builder.declare(`start of ${name}`, dimension, `${name}_start`);
    builder.parameters.push(element('Parameter', { name: start, dimension: dimensions.nameOf(dimension) }));
    builder.starts.push(builder.assign(builder.nameOf(name), start));
    parameters.set(name, start);
  }
  writeEquations(type, builder, attempt);
  const valueOf = ({ variable }: Channel): Expression | undefined => {
    const own = synapse.contributes.find(({ to }) => spelling(to) === `post.${variable}`);
    return own && builder.folded(mapExpression(own.value, ownEnd));
  };
  writeContributions(target, valueOf, builder, attempt);
  const events = Object.values(type.events).sort((a, b) => a.order - b.order);
  for (const { when, do: actions, refractory } of events)
    attempt('events', () => {
      if (refractory) throw new NotExpressible('inputs with refractoriness');
      const statements = builder.statements(actions).map((statement) => builder.assignment(statement));
      builder.conditions.push(
        element('OnCondition', { test: builder.condition(builder.folded(when), 'statement') }, statements),
      );
    });
  for (const [name, regime] of Object.entries(type.regimes))
    attempt('regimes', () => void builder.regimes.push(regimeElement(name, regime, builder, () => undefined)));
  const componentType = context.ids.claim(`${id}_input`);
  return { componentType, element: builder.build(componentType, target.attachment, `The inputs ${id}.`), parameters };
}

/** Returns a variable of the source as one of its own. */
const ownEnd = (part: Expression): Expression =>
  part.kind === 'name' && part.to.kind === 'end' && part.to.end === 'pre' ? nameOf(part.to.variable) : part;
