/**
 * Writes docs/pynn-conformance.md: runs all probes here and on PyNN's simulators (`scripts/python-environment.sh`
 * installs them).
 *
 *     npx tsx scripts/pynn-conformance.ts
 */

import { writeFileSync } from 'node:fs';
import { conformancePage, violations } from '../test/interoperability/pynn/conformance.js';
import { measure } from '../test/interoperability/pynn/measure.js';
import { measureNetworks } from '../test/interoperability/pynn/network.js';
import { networkProbes, probes } from '../test/interoperability/pynn/probes/all.js';

const [measured, networks] = [await measure(probes), await measureNetworks(networkProbes)];
for (const sentence of violations(measured, networks)) console.error(sentence);
writeFileSync(new URL('../docs/pynn-conformance.md', import.meta.url), await conformancePage(measured, networks));
