/** All notations of the program, which its entry points register. */

import { brian } from '../translators/brian/road.js';
import { neuroml } from '../translators/neuroml/road.js';
import { nestml } from '../translators/nestml/road.js';
import { nir } from '../translators/nir/road.js';
import { nmodl } from '../translators/nmodl/road.js';
import { pynn } from '../translators/pynn/road.js';
import { sonata } from '../translators/sonata/road.js';
import { swc } from '../translators/swc/road.js';
import { registerRoads } from './pipeline/roads.js';

/** Registers all notations. */
export const registerNotations = (): void => registerRoads({ brian, pynn, neuroml, swc, nir, sonata, nmodl, nestml });
