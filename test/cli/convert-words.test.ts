import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';
import { someOf } from '../support/effort.js';

const folder = temporaryFolder();

/** Words of the other notations, of simulators and of the command that reports contain. */
const usual = new Set(
  (
    'PyNN NEST NEURON NESTML LEMS NeuroML Brian NumPy Runge Kutta Fehlberg Euler Hodgkin Huxley SpatialNeuron PoissonGroup ' +
    'PointNeuron BetaPSR AlphaPSR ExpPSR rk4 exponential_euler exponentialEuler HH_cond_exp IF_cond_exp IF_curr_exp SI ' +
    'gsyn_exc gsyn_inh isyn_exc isyn_inh expOne spikeGeneratorRefPoisson Poisson Simulation'
  ).split(' '),
);

/** Returns the text of a document and of all documents that it includes. */
function textOf(path: string): string {
  const text = readFileSync(path, 'utf8');
  const included = [...text.matchAll(/(?:href|file)\s*=\s*"([^"]+)"/g)].map(([, name = '']) =>
    join(dirname(path), name),
  );
  return [text, ...included.filter((name) => existsSync(name)).map(textOf)].join('\n');
}

const sources = [
  ['fixtures/neuroml/network.xml', ['pynn', 'brian', 'pynn-nestml']],
  ['fixtures/neuroml/densities.xml', ['pynn', 'brian']],
  ['fixtures/neuroml/synapses.xml', ['pynn', 'brian']],
  ['fixtures/brian/vogels-abbott-coba.yaml', ['pynn', 'lems']],
  ['fixtures/brian/single-hh.yaml', ['pynn', 'lems']],
  ['fixtures/brian/stdp-pair.yaml', ['pynn', 'lems']],
  ['fixtures/pynn/stdp-network.json', ['brian', 'lems']],
  ['fixtures/pynn/hodgkin-huxley-network.json', ['brian', 'lems']],
  ['fixtures/pynn/short-term-plasticity-network.json', ['brian', 'lems']],
] as const;

const conversions = sources.flatMap(([path, targets]) => targets.map((to) => [path, to] as const));

it.each(someOf(conversions, 3, 'conversions'))(
  'reports the conversion of %s to %s in words of the document',
  async (path, to) => {
    const output = folder.file(`model.${to === 'lems' ? 'xml' : 'py'}`);
    const options = ['--partial', '--force', '--no-check'];
    const backend = to === 'pynn' ? ['--backend', 'interneuron'] : [];
    const { stdout } = await runCommand(['convert', path, '--to', to, '-o', output, ...options, ...backend]);
    const end = stdout.lastIndexOf('\nconversion: ');
    expect(end).toBeGreaterThan(0);
    const table = stdout.slice(stdout.indexOf('what differs'), end);
    const known = new Set(textOf(path).match(/\w+/g));
    const names = (table.match(/[A-Za-z_]\w*/g) ?? []).filter((word) => /[_A-Z0-9]/.test(word.slice(1)));
    expect(names.filter((name) => !known.has(name) && !usual.has(name))).toEqual([]);
  },
);

it('names gates by their channel, and variables of recognised cells by the names of the document', async () => {
  const convert = async (path: string): Promise<string> => {
    const output = ['--force', '--partial', '--no-check', '--backend', 'interneuron', '-o', folder.file('words.py')];
    return (await runCommand(['convert', path, '--to', 'pynn', ...output])).stdout;
  };
  expect(await convert('fixtures/neuroml/network.xml')).toMatch(
    / population exc +8 .*its rate of q of gate m of channel na \(naAll\) is not that of HH_cond_exp/,
  );
  const coba = await convert('fixtures/brian/vogels-abbott-coba.yaml');
  expect(coba).toContain('first values of ge (gsyn_exc) of IF_cond_exp');
  expect(coba).toMatch(/ neuron_groups\/P +35 /);
});
