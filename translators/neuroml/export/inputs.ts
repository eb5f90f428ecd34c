/** What drives cells without spikes: populations that only do that, and stimuli. */

import { populationOf } from '../../../src/model/selected.js';
import { child } from '../../../src/model/pointer.js';
import type { Projection, Stimulus } from '../../../src/model/model.js';
import { elementsOf, type CellPlan, type ExportContext } from './context.js';
import { dimensionOfUnit } from './dimensions.js';
import { inputType } from './input-type.js';
import { pairsOf } from './pairs.js';
import { quantityText } from './quantity-text.js';
import { stimulusType } from './stimulus-type.js';
import { numberAt, type Numbers } from './values.js';
import type { Written } from './written.js';
import { element } from './xml-text.js';

/** A population that only drives one other is written as inputs attached to the cells of that one. */
export function writeAttachments(
  source: string,
  name: string,
  projection: Projection,
  written: Written,
  context: ExportContext,
): void {
  const { model, ids, dimensions, report } = context;
  const target = populationOf(projection.to.of) ?? '';
  const plan = written.plans.get(model.populations[target]?.type ?? '');
  const population = model.populations[source];
  const type = model.neurons[population?.type ?? ''];
  const synapse = model.synapses[projection.synapse];
  const pairs = pairsOf(name, projection, context);
  if (!plan || !population || !type || !synapse || !pairs) return;
  const values = written.values.get(source) ?? new Map<string, Numbers>();
  const started = new Set(
    [...values].flatMap(([key, numbers]) => (Object.hasOwn(type.state, key) && numbers !== 0 ? [key] : [])),
  );
  const linked = new Map<string, string>();
  for (const [parameter, link] of Object.entries(population.linked ?? {})) {
    if (link.population === target) linked.set(parameter, link.variable);
    else
      report.missing(
        child(child(child('/populations', source), 'linked'), parameter),
        'a variable of another population than the driven one',
      );
  }
  const built = inputType(source, type, synapse, plan, { started, linked }, context);
  written.types.push(built.element);
  const groups = new Map<string, { readonly id: string; readonly targets: number[] }>();
  pairs.sources.forEach((i, k) => {
    const attributes = Object.fromEntries(
      [...built.parameters].map(([key, lems]) => {
        const dimension = dimensionOfUnit(type.parameters[key]?.unit ?? type.state[key]?.unit ?? '1');
        return [lems, quantityText(numberAt(values.get(key), i), dimension, dimensions)] as const;
      }),
    );
    const key = JSON.stringify(attributes);
    let group = groups.get(key);
    if (!group) {
      group = { id: ids.claim(source), targets: [] };
      groups.set(key, group);
      written.components.push(element(built.componentType, { id: group.id, ...attributes }));
    }
    group.targets.push(pairs.targets[k] ?? 0);
  });
  for (const { id, targets } of groups.values()) inputList(id, target, targets, plan, written, context);
}

/** Writes a stimulus. */
export function writeStimulus(name: string, stimulus: Stimulus, written: Written, context: ExportContext): void {
  const { model, report, ids } = context;
  const pointer = child('/stimuli', name);
  const target = populationOf(stimulus.to);
  const plan = written.plans.get(model.populations[target ?? '']?.type ?? '');
  const targets = elementsOf(stimulus.to, context);
  if (target === undefined || !plan || typeof targets === 'string')
    return report.missing(pointer, typeof targets === 'string' ? targets : 'inputs of several populations');
  const made = stimulusType(name, stimulus, plan, context);
  if (!made) return;
  const component = ids.claim(name);
  written.types.push(made.element);
  written.components.push(element(made.componentType, { id: component }));
  written.placeCurrent(name, { component, population: target, exposure: made.exposure });
  inputList(component, target, targets, plan, written, context);
}

function inputList(
  component: string,
  population: string,
  targets: readonly number[],
  plan: CellPlan,
  written: Written,
  { ids }: ExportContext,
): void {
  const items = targets.map((index, k) =>
    element('input', {
      id: String(k),
      target: `../${written.pathOf(population, index) ?? ''}`,
      destination: plan.list,
    }),
  );
  written.inputs.push(element('inputList', { id: ids.claim(`${component}_inputs`), component, population }, items));
}
