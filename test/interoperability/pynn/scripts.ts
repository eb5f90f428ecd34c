/**
 * PyNN's own scenarios and example scripts on the backend `pynn-interneuron`; `test/python` runs both, quick examples
 * always and all of them in `npm run test:thorough`.
 */

interface Row {
  readonly name: string;
  readonly verdict: 'works' | 'differs' | 'unsupported';
  readonly why?: string;
  /** Arguments of an example; absent: the name of the simulator. */
  readonly words?: string;
  /** Whether it takes a second or less. */
  readonly quick?: true;
  /** How its Neo blocks differ from the blocks that it writes on pyNN.neuron; absent: they have the same structure. */
  readonly unlikeNeuron?: RegExp;
}

const works = (...names: readonly string[]): readonly Row[] => names.map((name) => ({ name, verdict: 'works' }));
const quick = (...names: readonly string[]): readonly Row[] =>
  names.map((name) => ({ name, verdict: 'works', quick: true }));

const scenarios: readonly Row[] = [
  { name: 'the 66 scenarios of test/system/scenarios in PyNN 0.13', verdict: 'works' },
  {
    name: "the 70 of PyNN's repository (9de85b0, July 2026), two with compartments",
    verdict: 'works',
    why: 'the variable PYNN_CHECKOUT names a checkout, which the test then takes',
  },
];

const examples: readonly Row[] = [
  ...quick('HH_cond_exp2', 'Izhikevich', 'StepCurrentSource'),
  { name: 'VAbenchmarks', words: 'SIM COBA', verdict: 'works' },
  ...works('brunel', 'cell_type_demonstration', 'connections'),
  ...quick('current_injection'),
  {
    name: 'gif_neuron',
    verdict: 'works',
    why: 'as with NEURON and NEST, v_t and i_eta begin at what parameters say, whatever is given',
    quick: true,
  },
  ...works('inhomogeneous_network', 'monolith_vs_composed'),
  ...quick('multi_synapse'),
  ...works('multiquantal_synapses', 'parameter_changes', 'random_distributions'),
  { name: 'random_numbers', verdict: 'differs', why: 'NativeRNG draws as NumPy does' },
  ...works('simpleRandomNetwork', 'simple_STDP'),
  ...quick('small_network', 'specific_network', 'stdp_network'),
  ...works('stochastic_deterministic_comparison', 'stochastic_synapses', 'stochastic_tsodyksmarkram'),
  { name: 'synaptic_input', verdict: 'works', unlikeNeuron: /12\)\).*10\)/, why: 'NEURON has no IF_curr_delta' },
  ...works('tsodyksmarkram', 'update_spike_source_array', 'varying_poisson'),
  {
    name: 'simpleRandomNetwork_csa',
    verdict: 'unsupported',
    why: 'the script calls next() with an argument that PyNN 0.13 does not have: it runs on no simulator',
  },
  { name: 'distrib_example', verdict: 'unsupported', why: 'needs mpi4py: there is one process' },
  { name: 'nineml_brunel, nineml_neuron', verdict: 'unsupported', why: 'need the package nineml' },
  { name: 'nrn_artificial_cell', verdict: 'unsupported', why: 'native cells of NEURON, which it imports by name' },
];

/** Examples that run, with their arguments: the quick ones, or all. */
export const runnable = (all: boolean): ReadonlyMap<string, Row> =>
  new Map(
    examples
      .filter((row) => row.verdict !== 'unsupported' && (all || row.quick === true))
      .map((row) => [`${row.name} ${row.words ?? 'SIM'}`, row]),
  );

const table = (rows: readonly Row[]): readonly string[] => [
  '| | verdict | why |',
  '|---|---|---|',
  ...rows.map(({ name, verdict, why }) => `| ${name} | ${verdict} | ${why ?? ''} |`),
];

/** Lines of the page on conformance. */
export const scriptLines = (): readonly string[] => [
  '## Scenarios',
  '',
  "PyNN's system scenarios, unmodified, on the backend `pynn-interneuron`; a test runs them.",
  '',
  ...table(scenarios),
  '',
  '## Example scripts',
  '',
  "PyNN 0.13's examples, unmodified: `interneuron pynn SCRIPT interneuron`. Tests run them, and compare the Neo blocks " +
    'with those of pyNN.neuron:',
  'segments, trains, signals, units and times are the same, numbers of spikes to a tenth.',
  '',
  ...table(examples),
  '',
];
