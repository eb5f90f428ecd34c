/** The pages of the site, in the order of its sidebar. Links are paths below `docs` without suffix. */

import { existsSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const docs = fileURLToPath(new URL('..', import.meta.url));

/** The generated pages of a folder below `docs/reference`. */
function generated(folder) {
  const path = `${docs}reference/${folder}`;
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file) => file.slice(0, -'.md'.length).replaceAll('\\', '/'))
    .map((name) => ({ text: posix.basename(name), link: `/reference/${folder}/${name}` }));
}

function page(text, link) {
  return { text, link };
}

export const sidebar = [
  {
    text: 'Tutorials',
    items: [
      page('From Brian 2', '/tutorials/brian'),
      page('From PyNN and NEST', '/tutorials/pynn'),
      page('For curators of NeuroML', '/tutorials/neuroml'),
      page('Reproduce a result', '/tutorials/reproduce'),
    ],
  },
  {
    text: 'How to',
    items: [
      page('Check models in CI', '/how-to/continuous-integration'),
      page('Use Snakemake', '/how-to/snakemake'),
      page('Sweep a parameter', '/how-to/sweep'),
      page('Run in another simulator', '/how-to/simulators'),
      page('Work in a notebook', '/how-to/notebook'),
      page('Run graphs of NIR', '/how-to/nir'),
      page('Run circuits of SONATA', '/how-to/sonata'),
      page('Connect cells by a table', '/how-to/edge-tables'),
      page('Run a connectome', '/how-to/connectome'),
      page('Share a model', '/how-to/share'),
      page('Certify a reproduction', '/how-to/certify'),
      page('Run a model in a page', '/how-to/page'),
      page('Keep a NEURON model', '/how-to/neuron'),
      page('Write models in an editor', '/editors'),
      page('Answers to common questions', '/questions'),
    ],
  },
  { text: 'Gallery', items: [page('Twelve networks', '/gallery')] },
  {
    text: 'Notations',
    items: [
      page('What each notation supports', '/support'),
      page('Conversion', '/conversion'),
      page('Brian: conformance', '/brian-conformance'),
      page('Brian: differences', '/differences'),
      page('PyNN: conformance', '/pynn-conformance'),
      page('NeuroML: conformance', '/neuroml-conformance'),
      page('NIR: conformance', '/nir-conformance'),
      page('NeuroML: published models', '/neuroml-models'),
      page('Timing profiles', '/timing-profiles'),
      ...generated('documents').map(({ text, link }) => ({ text: `Keys: ${text}`, link })),
    ],
  },
  {
    text: 'Running',
    items: [
      page('Targets', '/targets'),
      page('Scaling', '/scaling'),
      page('Results', '/results'),
      page('Comparing results', '/compare'),
      page('The same model', '/same-model'),
      page('Public models that exist twice', '/pairs'),
      page('Ten models in five simulators', '/simulators'),
      page('Simulators and versions', '/matrix'),
      page('Testing models', '/expectations'),
      page('Determinism', '/determinism'),
      page('Stand-alone projects', '/stand-alone-projects'),
      page('Security', '/security'),
    ],
  },
  {
    text: 'Programming',
    items: [
      page('Python', '/python'),
      page('Protocol of serve', '/protocol'),
      page('Messages', '/reference/messages/'),
      page('Architecture', '/architecture'),
      page('Dependencies', '/dependencies'),
    ],
  },
  { text: 'JavaScript API', link: '/reference/javascript/README', collapsed: true, items: generated('javascript') },
  { text: 'Python API', link: '/python-api/interneuron.html', target: '_blank' },
];
