/**
 * Mistakes in scripts of Brian and PyNN, and how well the message about each helps (`test/cli/probe-points.ts`).
 * `script-probe-scores.txt` lists the points, and the criteria that are missed.
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { criteria, findingsIn, missed, type Printed } from '../cli/probe-points.js';
import { runCommand, temporaryFolder } from '../support/command.js';
import { missingEnvironment, python } from '../support/python.js';
import { withReason } from '../support/skip-reasons.js';

/** A replacement in a script, and the required parts of its message. `at`: a text in the line of the mistake. */
type Probe = readonly [before: string, after: string, wrong: RegExp, right: RegExp, at?: string];

interface Scripts {
  readonly environment: '.venv' | '.venv-pynn';
  readonly text: string;
  readonly probes: Readonly<Record<string, Probe>>;
}

const brian: Scripts = {
  environment: '.venv',
  text: `from brian2 import *

defaultclock.dt = 0.1*ms
tau = 10*ms
E = -65*mV
exc = NeuronGroup(
    10,
    '''
    dv/dt = (E - v)/tau : volt
    ''',
    threshold='v > -50*mV',
    reset='v = E',
    method='exact',
)
S = Synapses(exc, exc, 'w : volt', on_pre='v_post += w', delay=1*ms)
S.connect(p=0.5)
S.w = '2*mV'
M = SpikeMonitor(exc)
run(10*ms)
`,
  probes: {
    'unknown key': ['threshold=', 'treshold=', /treshold/, /threshold/],
    'bad sizes': ['    10,', '    -10,', /-10/, /whole number/],
    'misspelt type': ['NeuronGroup(', 'NeuronGruop(', /NeuronGruop/, /NeuronGroup/],
    'wrong dimension': ['tau = 10*ms', 'tau = 10*mV', /units/, /tau = 10\. mV/, 'dv/dt'],
    'misspelt unit': ["'2*mV'", "'2*mVV'", /mVV/, /mV\b/],
    syntax: ['(E - v)/tau', '(E - v/tau', /'\(' was never closed/, /\)/],
    'unknown component': ['SpikeMonitor(exc)', 'SpikeMonitor(exx)', /exx/, /exc/],
    'undeclared name': ['(E - v)/tau', '(E - v)/taw', /taw/, /tau/],
    delay: ['delay=1*ms', 'delay=-1*ms', /-0\.001|-1/, /0/],
    sign: ['p=0.5', 'p=-0.5', /-0\.5/, /from 0 to 1/],
    duplicate: ['/tau : volt', '/tau : volt\n    v : volt', /'v'/, /leave out/, '    v : volt'],
    'bad target': ['defaultclock', "set_device('interneurn')\ndefaultclock", /interneurn/, /interneuron/, 'set_device'],
    files: ['E = -65', "rates = loadtxt('none/such.txt')\nE = -65", /none\/such\.txt/, /folder/, 'loadtxt'],
    'variable of a monitor': [
      'SpikeMonitor(exc)',
      "StateMonitor(exc, 'V', record=True)",
      /exc has no variable V\b/,
      /\bv\b/,
    ],
    'event of a monitor': ['SpikeMonitor(exc)', "EventMonitor(exc, 'spikes')", /spikes/, /spike\b/],
    method: ["method='exact'", "method='exat'", /exat/, /exact/],
    'key of a dictionary': [
      'E = -65*mV',
      "values = {'E': -65*mV}\nE = values['e']",
      /values has no key e\b/,
      /\bE\b/,
      "['e']",
    ],
    'variable of a pathway': ["'v_post += w'", "'u_post += w'", /u_post/, /v_post/],
    'no unit': ['run(10*ms)', 'run(10)', /duration must be in second, not 10/, /10\*ms/],
    'no unit of a variable': ["S.w = '2*mV'", 'S.w = 2', /w is in volt/, /2\*mV/],
    'variable of synapses': ["S.w = '2*mV'", "S.ww = '2*mV'", /S has no variable ww/, /\bw\b/],
    'no argument': [
      'SpikeMonitor(exc)',
      "StateMonitor(exc, 'v')",
      /StateMonitor needs the argument 'record'/,
      /record/,
    ],
    'a statement': ["reset='v = E'", "reset='v == E'", /does not parse: v == E/, /variable = expression/],
    'index out of range': ['S.connect(p=0.5)', 'S.connect(i=[0, 1], j=[0, 22])', /indices/, /count from 0/],
    'an assertion': [
      'E = -65*mV',
      'E = -65*mV\nassert E > 0*mV',
      /E > 0 \* mV does not hold, but E = -65/,
      /^ $/,
      'assert',
    ],
  },
};

const pynn: Scripts = {
  environment: '.venv-pynn',
  text: `import pyNN.nest as sim

sim.setup(timestep=0.1)
exc = sim.Population(10, sim.IF_cond_exp(tau_m=20.0), label="exc")
ee = sim.Projection(
    exc,
    exc,
    sim.FixedProbabilityConnector(0.1),
    sim.StaticSynapse(weight=0.01, delay=1.0),
    receptor_type="excitatory",
)
exc.record("spikes")
sim.run(10.0)
`,
  probes: {
    'unknown key': ['receptor_type=', 'receptr_type=', /receptr_type/, /receptor_type/],
    'bad sizes': ['Population(10', 'Population(-10', /-10/, /whole number/],
    'misspelt type': ['IF_cond_exp', 'IF_cond_epx', /IF_cond_epx/, /IF_cond_exp/],
    'wrong dimension': ['tau_m=20.0', 'tau_m="20 mV"', /20 mV/, /ms/],
    'misspelt unit': ['tau_m=20.0', 'tau_m="20 msec"', /20 msec/, /ms/],
    syntax: ['    exc,\n    exc,', '    exc,\n    exc', /comma/, /comma/, '    exc\n'],
    'unknown component': ['"excitatory"', '"excitator"', /excitator\b/, /excitatory/],
    'undeclared name': ['tau_m=', 'tau_mm=', /tau_mm/, /tau_m\b/],
    delay: ['delay=1.0', 'delay=0.01', /0\.01/, /time step/],
    sign: ['weight=0.01', 'weight=-0.01', /[Ww]eight/, /0 or more/],
    duplicate: ['tau_m=20.0', 'tau_m=20.0, tau_m=10.0', /tau_m/, /leave out/],
    'bad target': ['pyNN.nest', 'pyNN.nset', /nset/, /nest/],
    files: ['FixedProbabilityConnector(0.1)', 'FromFileConnector("none/such.txt")', /none\/such\.txt/, /folder/],
    'into sources': [
      'exc,\n    exc,',
      'exc,\n    sim.Population(2, sim.SpikeSourcePoisson()),',
      /SpikeSourcePoisson has no receptors/,
      /first population/,
      'sim.Projection(',
    ],
    probability: ['Connector(0.1)', 'Connector(-0.1)', /p_connect must be 0 or more, not -0\.1/, /0 or more/],
    connector: [
      'sim.FixedProbabilityConnector(0.1)',
      '0.1',
      /connector must be an object of PyNN, not a float/,
      /AllToAllConnector/,
      'sim.Projection(',
    ],
    'a distribution': ['tau_m=20.0', 'tau_m=sim.RandomDistribution("norml", mu=20, sigma=1)', /norml/, /normal/],
    'what is recorded': ['record("spikes")', 'record("spike")', /spike\b/, /spikes/],
    'parameter of a projection': [
      'exc.record(',
      'ee.get("weights", format="list")\nexc.record(',
      /weights/,
      /weight\b/,
      'ee.get',
    ],
    setup: ['timestep=0.1', 'time_step=0.1', /time_step/, /timestep/],
    'a range': [
      'FixedProbabilityConnector(0.1)',
      'SmallWorldConnector(degree=2, rewiring=1.5)',
      /rewiring must be 0 or more and 1 or less/,
      /from 0 to 1/,
    ],
    'parts of a rule': [
      'sim.StaticSynapse(weight=0.01, delay=1.0)',
      'sim.STDPMechanism()',
      /timing_dependence/,
      /SpikePairRule/,
      'sim.Projection(',
    ],
    'a language': [
      'import pyNN.nest as sim',
      'import pyNN.nest as sim\nfrom pyNN.nest.nestml import nestml_synapse_type\nnestml_synapse_type("s", "s.nestml")',
      /no file s\.nestml/,
      /path of a file, or a description/,
      'nestml_synapse_type("s", "s.nestml")',
    ],
    'an import': [
      'import pyNN.nest as sim',
      'import pyNN.nest as sim\nfrom pyNN.random import NumpyRNGs',
      /NumpyRNGs/,
      /NumpyRNG\b/,
      'NumpyRNGs',
    ],
  },
};

/** Returns the message about a script as a finding. */
const findings = (printed: string): readonly Printed[] =>
  [...printed.matchAll(/^error: \S+?(?::(\d+))?: (.*)\n(?: +\d+ \| .*\n)?(?: {2}hint {2}(.*)\n)?/gm)].map(
    ([, line, message = '', hint = '']) => ({
      severity: 'error',
      // Names of Python's errors are familiar to its users.
      message: message.replace(/^\w+Error: /, ''),
      hint,
      ...(line === undefined ? {} : { place: { line: Number(line) } }),
    }),
  );

/** Returns a script that follows the hint of a finding to the letter; null for other kinds of hints. */
function followed(script: string, { message, hint = '', place }: Printed): string | null {
  const lines = script.split('\n');
  const at = (place?.line ?? 0) - 1;
  const line = lines[at];
  if (line === undefined) return null;
  const instead = (wrong: string, right: string): string | null =>
    line.includes(wrong) ? lines.with(at, line.replace(wrong, right)).join('\n') : null;
  const [, meant] = /did you mean ([\w.]+)\?/.exec(hint) ?? [];
  const [, withUnit] = /write the unit, such as ([\d.]+\*\w+)/.exec(hint) ?? [];
  if (withUnit !== undefined) return instead(withUnit.split('*')[0]!, withUnit);
  if (meant !== undefined) {
    const words = [...message.matchAll(/\w+/g)]
      .map(([word]) => word)
      .filter((word) => line.split(/\W+/).includes(word));
    const alike = (word: string): number => [...word].filter((letter, k) => meant[k] === letter).length;
    const wrong = words.toSorted((a, b) => alike(b) - alike(a) || a.length - b.length)[0] ?? '';
    const places = new RegExp(`\\b${wrong}\\b(?!.*\\b${wrong}\\b)`);
    return lines.with(at, line.replace(places, meant)).join('\n');
  }
  if (/0 or more|from 0 to 1|whole number|greater than 0/.test(hint)) return instead('-', '');
  return null;
}

const folder = temporaryFolder();
const rows: string[] = [];

describe.each(Object.entries({ brian, pynn }))('scripts of %s', (notation, { environment, text, probes }) => {
  const missing = missingEnvironment(environment);
  const skipped = missing === null ? '' : ` (skipped: ${missing})`;
  const home = (): string => folder.file(notation);
  const file = (name: string): string => `${home()}/${name.replaceAll(' ', '_')}`;
  const changed = ([before, after]: Probe): string => text.replace(before, after);

  beforeAll(async () => {
    if (missing !== null) return;
    mkdirSync(home());
    writeFileSync(`${file('valid')}.py`, text);
    for (const [name, probe] of Object.entries(probes)) writeFileSync(`${file(name)}.py`, changed(probe));
    const program = { INTERNEURON_PROGRAM: inject('program'), INTERNEURON_NODE: process.execPath };
    const words = ['python/interneuron/tests/capture_scripts.py', notation, home()];
    expect(await python(environment, words, program)).toBe('captured\n');
  });

  const found = async (name: string): Promise<{ readonly code: number; readonly found: readonly Printed[] }> => {
    if (!existsSync(`${file(name)}.json`))
      return { code: 1, found: findings(readFileSync(`${file(name)}.err`, 'utf8')) };
    const words = ['validate', `${file(name)}.json`, '--captured-from', `${file(name)}.py`, '--json'];
    const { code, stdout } = await runCommand(words);
    return { code, found: findingsIn(stdout) };
  };

  test.skipIf(missing !== null)(`are valid without a mistake${skipped}`, async () => {
    expect(await found('valid')).toEqual({ code: 0, found: [] });
  });

  test.skipIf(missing !== null)(`hints lead to other exit codes${skipped}`, async () => {
    const corrected = folder.file(`${notation}-corrected`);
    mkdirSync(corrected);
    const names: string[] = [];
    for (const [name, probe] of Object.entries(probes)) {
      const [first] = (await found(name)).found;
      const text = first && followed(changed(probe), first);
      if (text === null || text === undefined) continue;
      names.push(name);
      writeFileSync(`${corrected}/${name.replaceAll(' ', '_')}.py`, text);
    }
    expect(names.length).toBeGreaterThanOrEqual(Object.keys(probes).length / 2);
    const program = { INTERNEURON_PROGRAM: inject('program'), INTERNEURON_NODE: process.execPath };
    await python(environment, ['python/interneuron/tests/capture_scripts.py', notation, corrected], program);
    const refused = names.filter((name) => !existsSync(`${corrected}/${name.replaceAll(' ', '_')}.json`));
    expect(refused).toEqual([]);
  });

  test.skipIf(missing !== null).each(Object.entries(probes))(`%s${skipped}`, async (name, probe) => {
    const [, after, wrong, right, at = after] = probe;
    const script = changed(probe);
    expect(script).not.toBe(text);
    const outcome = await found(name);
    const line = script.slice(0, script.indexOf(at)).split('\n').length;
    const lost = missed({ wrong, right }, script, outcome.found, outcome.code, (place) => place.line === line);
    rows.push([notation, name, criteria.length - lost.length, ...lost].join(' '));
    if (lost.length > 1) rows.push(JSON.stringify(outcome.found).slice(0, 900));
    expect(lost.length, lost.join(' ')).toBeLessThanOrEqual(1);
  });
});

const noScripts = missingEnvironment('.venv') ?? missingEnvironment('.venv-pynn');
test.skipIf(noScripts !== null)(withReason('the table has these points', noScripts), () => {
  const table = new URL('script-probe-scores.txt', import.meta.url);
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(table, `${rows.join('\n')}\n`);
  expect(readFileSync(table, 'utf8')).toBe(`${rows.join('\n')}\n`);
});
