/**
 * PyNN's own scenarios and example scripts on the backend `pynn-interneuron`. `test/python` runs the scenarios; the
 * examples are run by hand: `interneuron pynn SCRIPT interneuron` in their folder.
 */

interface Row {
  readonly name: string;
  readonly verdict: 'works' | 'differs' | 'unsupported';
  readonly why?: string;
}

const works = (...names: readonly string[]): readonly Row[] => names.map((name) => ({ name, verdict: 'works' }));

const scenarios: readonly Row[] = [
  { name: 'the 65 scenarios of test/system/scenarios that are not named below', verdict: 'works' },
  { name: 'test_scenario5', verdict: 'unsupported', why: 'cells with a morphology; skipped where morphio is missing' },
];

const examples: readonly Row[] = [
  ...works(
    'HH_cond_exp2',
    'Izhikevich',
    'StepCurrentSource',
    'VAbenchmarks (COBA)',
    'brunel',
    'cell_type_demonstration',
    'connections',
    'current_injection',
  ),
  {
    name: 'gif_neuron',
    verdict: 'differs',
    why: 'v_t and i_eta begin at what parameters say: their first values are not taken',
  },
  ...works(
    'inhomogeneous_network',
    'monolith_vs_composed',
    'multi_synapse',
    'multiquantal_synapses',
    'parameter_changes',
    'random_distributions',
  ),
  { name: 'random_numbers', verdict: 'differs', why: 'NativeRNG draws as NumPy does' },
  ...works('simpleRandomNetwork', 'simple_STDP', 'small_network', 'specific_network', 'stdp_network'),
  ...works(
    'stochastic_deterministic_comparison',
    'stochastic_synapses',
    'stochastic_tsodyksmarkram',
    'synaptic_input',
    'tsodyksmarkram',
    'update_spike_source_array',
    'varying_poisson',
  ),
  {
    name: 'simpleRandomNetwork_csa',
    verdict: 'unsupported',
    why: 'the script calls next() with an argument that PyNN 0.13 does not have: it runs on no simulator',
  },
  { name: 'distrib_example', verdict: 'unsupported', why: 'needs mpi4py: there is one process' },
  { name: 'nineml_brunel, nineml_neuron', verdict: 'unsupported', why: 'need the package nineml' },
  { name: 'nrn_artificial_cell', verdict: 'unsupported', why: 'native cells of NEURON, which it imports by name' },
];

const table = (rows: readonly Row[]): readonly string[] => [
  '| | verdict | why |',
  '|---|---|---|',
  ...rows.map(({ name, verdict, why }) => `| ${name} | ${verdict} | ${why ?? ''} |`),
];

/** Lines of the page on conformance. */
export const scriptLines = (): readonly string[] => [
  '## Scenarios',
  '',
  "PyNN 0.13's system scenarios, unmodified, on the backend `pynn-interneuron`; a test runs them.",
  '',
  ...table(scenarios),
  '',
  '## Example scripts',
  '',
  "PyNN 0.13's examples, unmodified: `interneuron pynn SCRIPT interneuron`.",
  '',
  ...table(examples),
  '',
];
