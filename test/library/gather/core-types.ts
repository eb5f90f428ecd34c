/** Networks of NeuroML's core types, as LEMS documents. */

import { importModel } from '../../../src/pipeline/pipeline.js';
import type { ValidModel } from '../../../src/model/model.js';

/**
 * A network and its simulation, which is called `run`.
 *
 * @param parts elements next to them
 * @param run attributes of the simulation, such as `length="20ms" step="0.05ms"`
 * @param files its output files
 */
export const coreNetwork = (parts: string, inside: string, run: string, files: string): ValidModel =>
  importModel({
    name: 'network.xml',
    text: `<Lems>
  <Target component="run"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
  ${parts}
  <network id="net">${inside}</network>
  <Simulation id="run" ${run} target="net">${files}</Simulation>
</Lems>`,
  }).valid;
