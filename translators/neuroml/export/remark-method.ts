/** Reports on methods of integration in documents for simulators of cells with compartments. */

import { isChosenOnGrid } from '../../../src/library/gather/integration.js';
import { child } from '../../../src/model/pointer.js';
import type { NeuronType, SynapseType } from '../../../src/model/typed.js';
import type { ExportContext } from './context.js';

/** That simulators take a method of their own. */
export const chosenInPlaceOf = (method: string): string =>
  `simulators of cells with compartments choose a method in place of ${method}: values differ`;

/** Reports the types with their own method if simulators choose one. */
export function remarkMethods({ model: { neurons, synapses, timing }, report }: ExportContext): void {
  const remark = (pointer: string, { method }: NeuronType | SynapseType): void =>
    report.different('lems/method', pointer, chosenInPlaceOf(method === 'auto' ? `that of ${timing}` : method));
  for (const [id, type] of Object.entries(neurons)) {
    const isChosen = type.compartments
      ? type.method === 'auto' || type.method === 'cable'
      : isChosenOnGrid(type, timing);
    if (!isChosen) remark(child('/neurons', id), type);
  }
  for (const [id, type] of Object.entries(synapses))
    if (!isChosenOnGrid(type, timing)) remark(child('/synapses', id), type);
}
