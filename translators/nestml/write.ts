/** Writes the types of a model in NESTML, and leaves its network out. */

import { gathered } from '../../src/library/gather/gather.js';
import { readable } from '../../src/library/readable/readable.js';
import { mapped } from '../../src/model/collections.js';
import { ConversionReport } from '../../src/model/conversion-report.js';
import { child } from '../../src/model/pointer.js';
import { applyPasses, reporting, type PassContext, type Rewriting } from '../../src/model/rewriting/rewriting.js';
import { timingProperties } from '../../src/model/timing-properties.js';
import type { Model, NeuronType, Value } from '../../src/model/typed.js';
import { typedValid } from '../../src/model/typed-model.js';
import { written, type Writer } from '../shared/writing.js';
import { withConstantsOfCells } from './export/constants.js';
import { NestmlModels } from './export/models.js';
import { withoutReserved } from './export/reserved.js';
import { withSettledValues } from './export/settled.js';

/** Rewritings of a model, in order. */
const passes: readonly Rewriting<PassContext>[] = [
  {
    name: 'gather-readable',
    why: 'NESTML has few equations for a cell with receptors, not a tree of components',
    apply: reporting((valid) => {
      const { valid: plain, ...made } = gathered(valid, 'pynn');
      const { takesTurns } = timingProperties[valid.model.timing];
      return { ...made, valid: takesTurns ? { ...plain, model: readable(plain.model) } : plain };
    }),
  },
  {
    name: 'constants-of-cells',
    why: 'NESTML has neither an index of a cell nor arrays',
    apply: (valid) => ({ valid: withConstantsOfCells(valid, () => true) }),
  },
  {
    name: 'values-of-cells',
    why: 'a model of NESTML has the values of its cells as defaults, if all cells have the same',
    apply: (valid) => ({ valid: withSettledValues({ ...valid, model: withOwnValues(valid.model) }) }),
  },
  {
    name: 'reserved-names',
    why: 'NESTML, NEST and Python have some names themselves',
    apply: reporting((valid) => withoutReserved(valid, () => true)),
  },
];

/** Returns a model whose types have the values of their population as defaults, if they have one population. */
function withOwnValues(model: Model): Model {
  const neurons = mapped(model.neurons, ({ conformsTo: _, ...type }, id): NeuronType => {
    const [population, second] = Object.values(model.populations).filter((one) => one.type === id);
    const { values = {} } = second ? {} : (population ?? {});
    const given = (name: string): Value | undefined => (typeof values[name] === 'number' ? values[name] : undefined);
    return {
      ...type,
      parameters: mapped(type.parameters, (one, name) => ({ ...one, value: given(name) ?? one.value })),
      state: mapped(type.state, (one, name) => ({ ...one, initial: given(name) ?? one.initial })),
    };
  });
  return { ...model, neurons };
}

/** Writes all types of cells and their plastic synapses into one file, which NESTML compiles as a whole. */
export const models: Writer = async (given, { name, afterPass }) => {
  const report = new ConversionReport('nestml');
  const { valid, became } = await applyPasses(passes, typedValid(given), { report, afterPass });
  const made = new NestmlModels(valid, true);
  for (const id of Object.keys(valid.model.neurons)) {
    const pointer = child('/neurons', id);
    const cell = made.cell(id);
    if (typeof cell === 'string') report.missing(pointer, cell, 'nestml/not-expressible');
    else {
      report.exact(pointer, `the model ${cell.name}`, 'nestml/model');
      for (const difference of cell.approximations) report.different('nestml/step', pointer, difference);
    }
  }
  reportSynapses(valid.model, made, report);
  if (Object.keys(valid.model.populations).length > 0)
    report.missing(
      '/populations',
      'a script of NEST has the network: populations and their values, connections, stimuli and the protocol',
      'nestml/network',
    );
  const texts = made.models.flatMap(({ text, synapses }) => [text, ...synapses.map((synapse) => synapse.text)]);
  return written(texts.length === 0 ? [] : [{ name, text: texts.join('\n') }], { report: report.entries, became });
};

/** Reports types of synapses: plastic ones are models, others are statements of the cells that receive them. */
function reportSynapses({ projections }: Model, made: NestmlModels, report: ConversionReport): void {
  const seen = new Set<string>();
  for (const [projection, { synapse }] of Object.entries(projections)) {
    if (seen.has(synapse)) continue;
    seen.add(synapse);
    const pointer = child('/synapses', synapse);
    const use = made.use(projection);
    if (typeof use === 'string') report.missing(pointer, use, 'nestml/not-expressible');
    else if (use?.synapse) report.exact(pointer, `the model ${use.synapse.name}`, 'nestml/model');
    else report.exact(pointer, 'statements of the cells that receive its spikes', 'nestml/model');
  }
}
