/** All probes. */

import type { NetworkProbe } from '../network.js';
import type { Probe } from '../probe.js';
import { cellProbes } from './cells.js';
import { connectorProbes } from './connectors.js';
import { currentProbes } from './currents.js';
import { distributionProbes } from './distributions.js';
import { phaseProbes } from './phases.js';
import { plasticityProbes } from './plasticity.js';
import { recordableProbes } from './recordables.js';
import { sourceProbes } from './sources.js';
import { placeProbes, spaceProbes } from './space.js';
import { synapseProbes } from './synapses.js';

/** Probes that run. */
export const probes: readonly Probe[] = [
  ...cellProbes,
  ...recordableProbes,
  ...sourceProbes,
  ...synapseProbes,
  ...plasticityProbes,
  ...currentProbes,
  ...phaseProbes,
  ...placeProbes,
];

/** Probes of the network only. */
export const networkProbes: readonly NetworkProbe[] = [...spaceProbes, ...connectorProbes, ...distributionProbes];
