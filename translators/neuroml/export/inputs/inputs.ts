/** Drivers of cells without spikes: populations that only drive, and stimuli. */

import { second } from '../../../../src/lang/dimension.js';
import { foldConstants } from '../../../../src/lang/fold.js';
import type { NeuromlReceptor } from '../../../../src/library/neuroml/cells.js';
import { constantOf, tidy, valueAt } from '../../../../src/library/recognise/numbers.js';
import { populationOf } from '../../../../src/model/selected.js';
import { child } from '../../../../src/model/pointer.js';
import { timingProperties } from '../../../../src/model/timing-properties.js';
import { endOf } from '../../../../src/model/tagged.js';
import type { Projection, Stimulus } from '../../../../src/model/typed.js';
import { placeAttributes, placesOn } from '../cells/places.js';
import type { SegmentAt } from '../cells/shape.js';
import { elementsOf, hasCompartments, type CellPlan, type ExportContext } from '../context.js';
import { dimensionOfUnit } from '../text/dimensions.js';
import { inputType } from './input-type.js';
import { pairsOf } from '../synapses/pairs.js';
import { componentTypeOf, weightUnit } from '../synapses/delta-synapse.js';
import { numberText, quantityText } from '../text/quantity-text.js';
import { longAfter, wavesOf, type Wave } from './pulses.js';
import { stimulusType } from './stimulus-type.js';
import { numberAt, type Numbers } from '../../../../src/library/element-values.js';
import type { NetworkOutput } from '../network-output.js';
import { element, type Element } from '../text/xml-text.js';
import { dimensionlessAttachment } from '../type-builder.js';

/** A population that only drives one other is written as inputs attached to the cells of that one. */
export function writeAttachments(
  source: string,
  name: string,
  projection: Projection,
  written: NetworkOutput,
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
  const groups = new Map<string, { readonly id: string; readonly targets: number[]; readonly members: number[] }>();
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
      group = { id: ids.claim(source), targets: [], members: [] };
      groups.set(key, group);
      written.components.push(element(built.componentType, { id: group.id, ...attributes }));
    }
    group.targets.push(pairs.targets[k] ?? 0);
    group.members.push(k);
  });
  const cell = written.cells.get(target);
  const at = cell && placesOn(projection.to, pairs.targets.length, cell, context);
  for (const { id, targets, members } of groups.values())
    inputList(id, target, targets, written, context, at ? { at: (k) => at(members[k] ?? 0) } : {});
}

/** Writes a stimulus. */
export function writeStimulus(name: string, stimulus: Stimulus, written: NetworkOutput, context: ExportContext): void {
  const { model, report } = context;
  const pointer = child('/stimuli', name);
  const target = populationOf(stimulus.to);
  const plan = written.plans.get(model.populations[target ?? '']?.type ?? '');
  const targets = elementsOf(stimulus.to, context);
  if (target === undefined || !plan || typeof targets === 'string')
    return report.missing(pointer, typeof targets === 'string' ? targets : 'inputs of several populations');
  if (stimulus.kind === 'poisson' && plan.responses)
    return poissonInputs(name, stimulus, target, targets, plan.responses, written, context);
  const named = generators(name, stimulus, plan, context);
  const made = named ?? generatedStimulus(name, stimulus, plan, written, context);
  if (!made) return;
  const { component, exposure } = made;
  written.components.push(component);
  const { id = '' } = component.attributes;
  written.placeCurrent(name, { component: id, population: target, exposure });
  const cell = written.cells.get(target);
  const at = cell && stimulus.kind === 'current' ? placesOn(stimulus, targets.length, cell, context) : undefined;
  inputList(id, target, targets, written, context, at ? { at } : {});
}

/**
 * Writes many random inputs of one rate as synapses with a Poisson process of their total rate. A process has at most
 * one spike in a step, so high rates are shared by several.
 */
function poissonInputs(
  name: string,
  { variable, weight, n, rate }: Extract<Stimulus, { kind: 'poisson' }>,
  target: string,
  targets: readonly number[],
  responses: ReadonlyMap<string, NeuromlReceptor>,
  written: NetworkOutput,
  context: ExportContext,
): void {
  const { ids, dimensions, dt } = context;
  const receptor = responses.get(variable);
  if (!receptor || n * rate === 0) return;
  const count = Math.ceil((n * rate * dt) / mostInStep);
  const amount = constantOf(foldConstants(weight)) ?? 0;
  const attributes = [...receptor.attributes].map(([key, { unit, value }]) => {
    const number = valueAt(value, (one) => (one === 'weight' ? amount : NaN));
    return [key, quantityText(tidy(number), dimensionOfUnit(unit), dimensions)] as const;
  });
  const id = ids.claim(name);
  const synapse = ids.claim(`${name}_synapse`);
  const averageRate = `${numberText(Number(((n * rate) / count).toPrecision(12)))}Hz`;
  written.components.push(
    element(componentTypeOf(receptor, written, ids), { id: synapse, ...Object.fromEntries(attributes) }),
    element('poissonFiringSynapse', { id, averageRate, synapse, spikeTarget: `./${synapse}` }),
  );
  const all = targets.flatMap((index) => Array.from({ length: count }, () => index));
  const text = numberText(Number((amount / weightUnit(receptor)).toPrecision(12)));
  inputList(id, target, all, written, context, receptor.base === undefined ? { weightOf: () => text } : {});
}

/** The most spikes that a Poisson process of an input has in a step on average. */
const mostInStep = 0.2;

/** A stimulus on cells, and its exposure of the contribution. */
interface WrittenStimulus {
  readonly component: Element;
  readonly exposure: string;
}

/** Returns a stimulus as a type of its own. */
function generatedStimulus(
  name: string,
  stimulus: Stimulus,
  plan: CellPlan,
  written: NetworkOutput,
  context: ExportContext,
): WrittenStimulus | undefined {
  const made = stimulusType(name, stimulus, plan, context);
  if (!made) return undefined;
  written.types.push(made.element);
  return { component: element(made.componentType, { id: context.ids.claim(name) }), exposure: made.exposure };
}

/** Returns a current in steps and sines by NeuroML's names, or undefined for other currents or another kind of cell. */
function generators(
  name: string,
  stimulus: Stimulus,
  { type, attachment, channels }: CellPlan,
  { model, dt, dimensions, functions, ids }: ExportContext,
): WrittenStimulus | undefined {
  const [isPure, exposure] = attachment === dimensionlessAttachment ? [true, 'I'] : [false, 'i'];
  const channel = channels.find((one) => one.exposure === exposure);
  if ((attachment !== 'baseSynapse' && !isPure) || stimulus.kind !== 'current') return undefined;
  if (!stimulus.attached || stimulus.every !== undefined || channel?.variable !== stimulus.input) return undefined;
  const steps = Math.round(endOf(model.experiment.protocol) / dt);
  // Cables of second order take currents in the middle of a step.
  const cell = model.neurons[type];
  const isMiddle =
    !timingProperties[model.timing].hasSlots && cell?.compartments && ['auto', 'cable'].includes(cell.method);
  const waves = wavesOf(stimulus.value, dt, steps, functions, isMiddle ? 0.5 : 0) ?? [];
  const [only] = waves;
  if (only === undefined || (hasCompartments(model) && waves.some(({ sine }) => sine !== undefined))) return undefined;
  const named = (tag: string): string => `${tag}${isPure ? 'DL' : ''}`;
  const scaled = (amplitude: number): number => Number((amplitude * (channel.scale ?? 1)).toPrecision(15));
  const inTime = (value: number): string => quantityText(Number(value.toPrecision(12)), second, dimensions);
  const atStep = (step: number): number => step * dt;
  const generator = (id: string, { from, to, amplitude, sine }: Wave): Element => {
    const delay = atStep(from);
    const window = {
      delay: inTime(delay),
      duration: inTime(to === undefined ? longAfter : atStep(to) - delay),
      amplitude: quantityText(scaled(sine && sine.omega < 0 ? -amplitude : amplitude), channel.dimension, dimensions),
    };
    if (!sine) return element(named('pulseGenerator'), { id, ...window });
    const angle = Math.sign(sine.omega) * (sine.phase + sine.omega * delay);
    return element(named('sineGenerator'), {
      id,
      phase: String(Number(turned(angle).toPrecision(12))),
      ...window,
      period: inTime((2 * Math.PI) / Math.abs(sine.omega)),
    });
  };
  const id = ids.claim(name);
  const component =
    waves.length === 1
      ? generator(id, only)
      : element(
          named('compoundInput'),
          { id },
          waves.map((wave, k) => generator(ids.claim(`${id}_${k}`), wave)),
        );
  return { component, exposure };
}

/** Returns an angle within one turn, from 0. */
const turned = (angle: number): number => angle - 2 * Math.PI * Math.floor(angle / (2 * Math.PI));

/** Attaches a component to cells of a population, at given places and with given weights. */
export function inputList(
  component: string,
  population: string,
  targets: readonly number[],
  written: NetworkOutput,
  { ids }: ExportContext,
  { at, weightOf }: { readonly at?: (k: number) => SegmentAt; readonly weightOf?: (k: number) => string } = {},
): void {
  const lists = new Map<string, Element[]>();
  targets.forEach((index, k) => {
    const path = written.pathOf(population, index) ?? '';
    const [own = population] = path.split(/[[/]/);
    const items = lists.get(own) ?? [];
    lists.set(own, items);
    items.push(
      element(weightOf ? 'inputW' : 'input', {
        id: String(items.length),
        target: `../${path}`,
        ...(at ? placeAttributes(at(k), '') : {}),
        destination: 'synapses',
        ...(weightOf ? { weight: weightOf(k) } : {}),
      }),
    );
  });
  for (const [own, items] of lists)
    written.inputs.push(
      element('inputList', { id: ids.claim(`${component}_inputs`), component, population: own }, items),
    );
}
