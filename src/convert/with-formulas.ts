/** Models without interpolated tables, which only NEURON and interneuron compute. */

import type { ConversionEntry } from '../model/conversion-report.js';
import type { Model, ValidModel } from '../model/model.js';

type Derived = Model['neurons'][string]['derived'];

const isTable = ({ derived }: { readonly derived: Derived }): boolean =>
  Object.values(derived).some(({ table }) => table !== undefined);

const formulas = <T extends { readonly derived: Derived }>(type: T): T => {
  if (!isTable(type)) return type;
  const derived = Object.entries(type.derived).map(([name, { table: _, ...one }]) => [name, one]);
  return { ...type, derived: Object.fromEntries(derived) as Derived };
};

/** Returns a model that computes the formulas of tables; itself if it has no tables. */
export function withFormulas(valid: ValidModel): ValidModel {
  const neurons = Object.entries(valid.model.neurons).map(([name, type]) => {
    const mechanisms = Object.entries(type.compartments?.mechanisms ?? {});
    if (!isTable(type) && !mechanisms.some(([, one]) => isTable(one))) return [name, type] as const;
    const own = formulas(type);
    if (!own.compartments) return [name, own] as const;
    const all = Object.fromEntries(mechanisms.map(([key, one]) => [key, formulas(one)]));
    return [name, { ...own, compartments: { ...own.compartments, mechanisms: all } }] as const;
  });
  if (neurons.every(([name, type]) => type === valid.model.neurons[name])) return valid;
  return { ...valid, model: { ...valid.model, neurons: Object.fromEntries(neurons) } };
}

/** Entry of a report on a model that loses its tables. */
export const tablesLost: ConversionEntry = {
  verdict: 'convention',
  code: 'convention/tables',
  pointer: '',
  message: 'formulas are written and compared, without the tables from which NEURON and interneuron interpolate them',
};
