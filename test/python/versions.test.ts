/** The Python packages with the oldest and the newest Python, Brian, PyNN and NumPy that their metadata allow. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { temporaryFolder } from '../support/command.js';
import { root } from '../support/import-graph.js';
import { missingEnvironment, python } from '../support/python.js';

const folder = temporaryFolder();
const program = (): Readonly<Record<string, string>> => ({
  INTERNEURON_PROGRAM: inject('program'),
  INTERNEURON_NODE: process.execPath,
  INTERNEURON_CACHE: folder.file('cache'),
  // Recorded outputs are of Brian in .venv: others are compared, and not recorded.
  CI: 'true',
});

/** Scenarios that every tested version of Brian has. */
const scenarios = ['cuba', 'coupled_event_driven', 'delays_recorded', 'inputs', 'states_pickled', 'written_link'];

/** Returns why an environment is not here: `scripts/python-environment.sh` notes that no Python fits. */
function missing(name: '.venv-oldest' | '.venv-newest'): string | null {
  const note = join(root, name, 'missing');
  return existsSync(note) ? readFileSync(note, 'utf8').trim() : missingEnvironment(name);
}

describe.each(['.venv-oldest', '.venv-newest'] as const)('with the packages of %s', (name) => {
  const reason = missing(name);
  const about = reason === null ? '' : ` (skipped: ${reason})`;

  it.skipIf(reason !== null)(`the device of Brian 2 gives Brian's results${about}`, async () => {
    const tried = name === '.venv-newest' ? [...scenarios, 'listed_times'] : scenarios;
    const words = ['-W', 'ignore', 'python/brian2-interneuron/tests/conformance.py', ...tried];
    const said = await python(name, words, program());
    const outcomes = JSON.parse(said.trim().split('\n').at(-1) ?? '{}') as Readonly<Record<string, string>>;
    expect(outcomes).toEqual(Object.fromEntries(tried.map((scenario) => [scenario, 'same'])));
  });

  it.skipIf(reason !== null)(`the backend of PyNN runs a script${about}`, async () => {
    // From rest to the threshold in 20 ms * log(20 mV / 5 mV) = 27.7 ms, three times in 100 ms.
    const script =
      'import interneuron_pynn as sim\nsim.setup(timestep=0.1)\n' +
      "cells = sim.Population(2, sim.IF_curr_exp(i_offset=1.0))\ncells.record(['spikes', 'v'])\nsim.run(100)\n" +
      'block = cells.get_data()\nprint([len(each) for each in block.segments[0].spiketrains])';
    expect(await python(name, ['-W', 'ignore', '-c', script], program())).toBe('[3, 3]\n');
  });
});
