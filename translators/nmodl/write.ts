/** Writes membrane mechanisms and synapses as files of NMODL, and leaves the rest of a model out. */

import { platform } from '#platform';
import { NotExpressible } from '../../src/library/not-expressible.js';
import { readable } from '../../src/library/readable/readable.js';
import { sectionsOn } from '../../src/model/compartment-tree.js';
import { ConversionReport } from '../../src/model/conversion-report.js';
import { child } from '../../src/model/pointer.js';
import type { Compartments, Mechanism, Model, Population } from '../../src/model/typed.js';
import { typedValid } from '../../src/model/typed-model.js';
import { equationsOf, writtenMechanism, type Equations } from '../shared/nmodl/mechanism-file.js';
import { written, type Writer } from '../shared/writing.js';
import { isPotential, membraneOf, pointOf } from './written-equations.js';

/** Equations with their name, the part of the model that they are, and lines on their use. */
interface Part {
  readonly name: string;
  readonly pointer: string;
  readonly equations: () => { readonly equations: Equations; readonly left: readonly string[] };
  readonly heading: readonly string[];
}

/** Writes a file for each mechanism and each synapse. */
export const mechanisms: Writer = (valid, { name: document }) => {
  const report = new ConversionReport('nmodl');
  const model = readable(typedValid(valid).model);
  const texts = new Map<string, string>();
  for (const { name, pointer, equations, heading } of partsOf(model)) {
    try {
      const made = equations();
      if (Object.values(made.equations.parameters).some(({ value }) => typeof value !== 'number'))
        throw new NotExpressible('parameters whose values are lists');
      const file = writtenMechanism(name, { ...made.equations, keepsDigits: true }, texts, heading);
      texts.set(file.suffix, file.text);
      for (const left of made.left) report.missing(pointer, `${name}: ${left}`);
      report.settle(pointer, `${file.suffix}.mod: its equations`);
    } catch (error) {
      if (!(error instanceof NotExpressible)) throw error;
      report.missing(pointer, `${name}: ${error.message.replace(`the mechanism ${name}: `, '')}`);
    }
  }
  if (texts.size > 0)
    report.missing('/populations', 'everything but mechanisms and synapses: cells, connections, inputs and the run');
  const { name: base, ext } = platform.paths.parse(document);
  const files = [...texts].map(([suffix, text], k) => ({ name: k === 0 ? document : `${base}_${suffix}${ext}`, text }));
  return Promise.resolve(written(files, { report: report.entries }));
};

/** Returns the parts of a model that become files. */
function partsOf(model: Model): readonly Part[] {
  const cells = Object.entries(model.neurons).flatMap(([type, neuron]): readonly Part[] => {
    const pointer = child('/neurons', type);
    const { compartments } = neuron;
    const populations = Object.values(model.populations).filter((one) => one.type === type);
    if (compartments)
      return Object.entries(compartments.mechanisms).map(([name, mechanism]) => ({
        name,
        pointer: child(`${pointer}/compartments/mechanisms`, name),
        equations: () => ({
          equations: equationsOf(name, withValues(mechanism, compartments)),
          left: valuesOfCells(name, populations),
        }),
        heading: valuesOf(mechanism, compartments),
      }));
    const { inputs, derivatives, state } = neuron;
    const hasPotential = Object.keys(derivatives).some((one) => isPotential(state[one]!.unit));
    if (!hasPotential && Object.keys(inputs).length === 0) return [];
    return [
      {
        name: type,
        pointer,
        equations: () => membraneOf(neuron, populations),
        heading: neuron.cable
          ? ['The membrane of each compartment.']
          : [
              "The membrane of a cell without a shape, as a current per area. The section has cm = 1 uF/cm2, and the area of the cell's capacitance.",
            ],
      },
    ];
  });
  const synapses = Object.entries(model.synapses).map(([name, type]): Part => ({
    name,
    pointer: child('/synapses', name),
    equations: () =>
      pointOf(
        type,
        model,
        Object.values(model.projections).filter((one) => one.synapse === name),
      ),
    heading:
      Object.keys(type.pathways).length > 0
        ? ['Its states are those of one connection: one NetCon for each point process.']
        : [],
  }));
  return [...cells, ...synapses];
}

/** Returns what populations of cells state for a mechanism of their type. */
function valuesOfCells(mechanism: string, populations: readonly Population[]): readonly string[] {
  const begin = `${mechanism}.`;
  const names = populations.flatMap(({ values }) => Object.keys(values).filter((name) => name.startsWith(begin)));
  return [...new Set(names)].map((name) => `values of ${name.slice(begin.length)}, which populations state`);
}

/** Returns the numbers of parameters that are the same on all sections of a mechanism. */
function common(mechanism: Mechanism, compartments: Compartments): ReadonlyMap<string, number> {
  const places = sectionsOn(mechanism.on, compartments);
  return new Map(
    Object.entries(mechanism.parameters).flatMap(([name, { value }]) => {
      const all = new Set(places.map((section) => valueOn(mechanism, compartments, section, name) ?? value));
      const [one] = all;
      return all.size === 1 && typeof one === 'number' ? [[name, one] as const] : [];
    }),
  );
}

/** Returns the value of a parameter on a section: of several, the last. */
function valueOn(mechanism: Mechanism, { groups }: Compartments, section: string, name: string): unknown {
  const given = Object.entries(mechanism.values ?? {}).filter(
    ([place, values]) => Object.hasOwn(values, name) && (place === section || groups[place]?.includes(section)),
  );
  return given.at(-1)?.[1][name];
}

/** Returns a mechanism with the values that it has everywhere. */
function withValues(mechanism: Mechanism, compartments: Compartments): Mechanism {
  const known = common(mechanism, compartments);
  const parameters = Object.entries(mechanism.parameters).map(
    ([name, one]) => [name, { ...one, value: known.get(name) ?? one.value }] as const,
  );
  return { ...mechanism, parameters: Object.fromEntries(parameters) };
}

/** Returns lines on parameters whose values depend on the section. */
function valuesOf(mechanism: Mechanism, compartments: Compartments): readonly string[] {
  const known = common(mechanism, compartments);
  return Object.entries(mechanism.values ?? {}).flatMap(([place, values]) => {
    const own = Object.keys(values).filter((name) => !known.has(name));
    return own.length === 0 ? [] : [`Values of its own on ${place}: ${own.join(', ')}.`];
  });
}
