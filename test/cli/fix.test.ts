import { chmodSync, lstatSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { runCommand, temporaryFolder, type CommandOutcome } from '../support/command.js';
import { fc } from '../support/property.js';

const folder = temporaryFolder();

/** Corrects a text in a file, twice; the second pass finds no mistake. */
async function corrected(name: string, text: string): Promise<CommandOutcome & { readonly text: string }> {
  const path = folder.file(name);
  writeFileSync(path, text);
  const outcome = await runCommand(['validate', '--fix', path]);
  const after = readFileSync(path, 'utf8');
  const again = await runCommand(['validate', '--fix', path]);
  expect([readFileSync(path, 'utf8'), again.code]).toEqual([after, outcome.code]);
  expect(again.stdout).not.toMatch(/renamed|moved/);
  return { ...outcome, stdout: outcome.stdout.replaceAll(path, name), text: after };
}

const brian = readFileSync('fixtures/starters/brian.yaml', 'utf8');
const pynn = readFileSync('fixtures/starters/pynn.json', 'utf8');

const network = `<?xml version="1.0" encoding="UTF-8"?>
<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="example">

    <notes>Two cells</notes>
    <expOneSynapse id="s" gbase="1nS" erev="0mV" tauDecay="3ms"/>
    <iafCell id="iaf" leakReversal="-50mV" thresh="-55mV" reset="-70mV" C="0.2nF" leakConductance="0.01uS">
        <notes>Holds <![CDATA[</iafCell>]]> <!-- </iafCell> --></notes>
    </iafCell>
    <!-- A pulse
         of current -->
    <pulseGenerator id="pulse" delay="5ms" duration="10ms" amplitude="0.1nA"/> <!-- weak -->
    <!-- The network -->
    <network id="net">
        <population id="cells" component="iaf" size="2"/>
        <projection id="p" presynapticPopulation="cells" postsynapticPopulation="cells" synapse="s"/>
        <explicitInput target="cells[0]" input="pulse"/>
    </network>
</neuroml>
`;
const blocks = (/ {4}<notes>[^]*?(?=<\/neuroml>)/.exec(network)?.[0] ?? '').split(
  /(?<=Two cells<\/notes>\n|tauDecay="3ms"\/>\n|<\/iafCell>\n|weak -->\n)/,
);
const arranged = (order: readonly string[]): string => network.replace(blocks.join(''), () => order.join(''));

describe('keys', () => {
  it('in YAML get their names, and all else stays', async () => {
    const wrong = brian.replace('neuron_groups:', 'neuron_grups: # groups').replace(' threshold:', ' "treshold":');
    const outcome = await corrected('model.yaml', wrong);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).toMatch(
      /^model\.yaml:19: renamed neuron_grups to neuron_groups\nmodel\.yaml:25: renamed treshold to threshold\nmodel\.yaml: valid, brian/,
    );
    expect(outcome.text).toBe(
      brian.replace('neuron_groups:', 'neuron_groups: # groups').replace(' threshold:', ' "threshold":'),
    );
  });

  it('of PyNN, and parameters of its types', async () => {
    const wrong = pynn.replace('"populations"', '"Populations"').replace('"tau_refrac"', '"tau_refac"');
    expect(await corrected('pynn.json', wrong)).toMatchObject({ code: 0, text: pynn });
  });

  it('of a model in JSON, with comments', async () => {
    const right = `{
  "interneuron": 1, // the format
  "neurons": {
    "leaky": {
      "parameters": { "tau": "10 ms" },
      "state": { "v": { "unit": "1", "initial": "1" } },
      "derivatives": { "v": "-v/tau" }
    }
  },
  "populations": { "cells": { "type": "leaky", "size": 2 } },
  "experiment": { "dt": "0.1 ms", "protocol": [{ "run": "1 ms" }] }
}
`;
    expect(await corrected('model.json', right)).toMatchObject({ code: 0, text: right });
    const wrong = right.replace('"populations"', '"populatoins"').replace('"experiment"', '"Experiment"');
    expect(await corrected('model.json', wrong)).toMatchObject({ code: 0, text: right });
  });

  it('stay with the byte order mark and the ends of lines of their file', async () => {
    const windows = `\ufeff${brian.replaceAll('\n', '\r\n')}`;
    expect(await corrected('windows.yaml', windows.replace('synapses:', 'synapsess:'))).toMatchObject({
      code: 0,
      text: windows,
    });
  });

  it.each([
    ['a parameter that is similar to two', pynn.replace('"tau_refrac"', '"tau_syn_X"')],
    ['a short name', brian.replace('rates:', 'rate:')],
    ['a key that is there already', brian.replace('    delay: 1 ms', '    delay: 1 ms\n    dealy: 2 ms')],
    ['two keys that would become one', brian.replace('    delay: 1 ms', '    delayy: 1 ms\n    dealy: 2 ms')],
    ['a parameter of another type', pynn.replace('"tau_refrac"', '"tau_w"')],
  ])('stay if the correction is not certain: %s', async (_, text) => {
    const outcome = await corrected(text.startsWith('{') ? 'other.json' : 'other.yaml', text);
    expect(outcome).toMatchObject({ code: 1, text });
    expect(outcome.stdout).not.toContain('renamed');
  });

  it('are restored whichever are misspelt, without a change of other text', async () => {
    const slips = [
      ['namespace:', 'namspace:'],
      ['neuron_groups:', 'neuronGroups:'],
      [' threshold:', ' threshhold:'],
      ['refractory:', 'refactory:'],
      ['initializers:', 'initialisers:'],
      ['poisson_groups:', 'poison_groups:'],
      ['synapses:', 'synpases:'],
      ['source: input', 'sourcee: input'],
      ['spike_monitors:', 'spike_monitor:'],
      ['variables:', 'varaibles:'],
    ] as const;
    await fc.assert(
      fc.asyncProperty(fc.subarray([...slips]), async (chosen) => {
        const wrong = chosen.reduce((text, [right, slip]) => text.replace(right, slip), brian);
        expect((await corrected('any.yaml', wrong)).text).toBe(brian);
      }),
      { numRuns: 8 },
    );
  });
});

describe('elements of NeuroML', () => {
  it('move with their comments and lines', async () => {
    const [notes = '', synapse = '', cell = '', pulse = '', net = ''] = blocks;
    const outcome = await corrected('cells.nml', arranged([net, synapse, notes, pulse, cell]));
    expect(outcome).toMatchObject({ code: 0, stderr: '', text: network });
    expect(outcome.stdout).toContain('moved pulseGenerator before network\n');
  });

  it('move within elements', async () => {
    const [, population = '', projection = ''] = /( {8}<population.*\n)( {8}<projection.*\n)/.exec(network) ?? [];
    const wrong = network.replace(population + projection, projection + population);
    expect(await corrected('within.nml', wrong)).toMatchObject({ code: 0, text: network });
  });

  it('get lines of their own if they share one', async () => {
    const wrong = network
      .replace('    <notes>Two cells</notes>\n', '')
      .replace('    </network>', '    </network><notes>Two cells</notes>');
    expect(await corrected('shared.nml', wrong)).toMatchObject({ code: 0, text: network });
  });

  it('get their attributes', async () => {
    const outcome = await corrected('attribute.nml', network.replace('thresh=', 'tresh='));
    expect(outcome).toMatchObject({ code: 0, text: network });
    expect(outcome.stdout).toMatch(/^attribute\.nml:6: renamed tresh to thresh\n/);
  });

  // jNeuroML 0.14.0 computes (1 - x)*tau here, and does not need the last sign.
  it('get brackets that jNeuroML reads without', async () => {
    const right = `<Lems>
    <Dimension name="none"/>
    <ComponentType name="T">
        <Property name="tau" dimension="none"/>
        <Dynamics><StateVariable name="x" dimension="none"/><DerivedVariable name="y" dimension="none" value="(1 - x)*tau"/></Dynamics>
    </ComponentType>
</Lems>`;
    const wrong = right.replace('"(1 - x)', '"1 - x)').replace('</Lems>', '</Lems');
    const outcome = await corrected('brackets.xml', wrong);
    expect(outcome.text).toBe(right);
    expect(outcome.stdout).toContain('inserted >\nbrackets.xml:5: inserted (\n');
  });

  it('keep attributes that have no meaning: the model would be another', async () => {
    const text = network.replace('id="cells" component', 'id="cells" propertties="" component');
    expect(await corrected('extra.nml', text)).toMatchObject({ code: 0, text });
  });

  it('form the same model in any order, of the same lines', async () => {
    const modelOf = (stdout: string): string | undefined => /model [0-9a-f]{12}/.exec(stdout)?.[0];
    const right = modelOf((await corrected('order.nml', network)).stdout);
    expect(right).toBeDefined();
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(blocks, { minLength: blocks.length }), async (order) => {
        const { text, stdout } = await corrected('order.nml', arranged(order));
        expect([text, modelOf(stdout)]).toEqual([network, right]);
      }),
      { numRuns: 8 },
    );
  });
});

describe('files', () => {
  it('of standard input go to standard output, and all else to stderr', async () => {
    const outcome = await runCommand(['validate', '--fix', '-'], { input: brian.replace('synapses:', 'synapsess:') });
    expect(outcome).toMatchObject({ code: 0, stdout: brian });
    expect(outcome.stderr).toMatch(/<stdin>:36: renamed synapsess to synapses\n<stdin>: valid/);
  });

  it('go through standard input unchanged if they are right', async () => {
    expect(await runCommand(['validate', '--fix', '-'], { input: brian })).toMatchObject({ code: 0, stdout: brian });
  });

  it('are not printed with other output, or in another encoding', async () => {
    expect(await runCommand(['validate', '--fix', '-', '--output-format', 'sarif'], { input: brian })).toMatchObject({
      code: 2,
    });
    const latin = Buffer.from(network.replace('UTF-8', 'ISO-8859-1').replace('Two', 'Zwölf'), 'latin1');
    expect(await runCommand(['validate', '--fix', '-'], { input: latin })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('standard input is in ISO-8859-1'),
    });
  });

  it('keep their permissions and links', async () => {
    const [path, link] = [folder.file('read.yaml'), folder.file('link.yaml')];
    writeFileSync(path, brian.replace('synapses:', 'synapsess:'));
    chmodSync(path, 0o640);
    symlinkSync(path, link);
    await runCommand(['validate', '--fix', link]);
    expect(readFileSync(path, 'utf8')).toBe(brian);
    expect([lstatSync(link).isSymbolicLink(), statSync(path).mode & 0o777]).toEqual([true, 0o640]);
  });

  it('that are compressed stay as they are', async () => {
    const [path, bytes] = [folder.file('model.yaml.gz'), gzipSync(brian.replace('synapses:', 'synapsess:'))];
    writeFileSync(path, bytes);
    expect(await runCommand(['validate', '--fix', path])).toMatchObject({ code: 1 });
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  it('show findings that are left at their new lines, and corrections with --json', async () => {
    const [notes = '', ...others] = blocks;
    const path = folder.file('left.nml');
    writeFileSync(path, arranged([...others, notes]).replace('size="2"', 'size="-2"'));
    const { stdout } = await runCommand(['validate', '--fix', '--json', path]);
    expect(JSON.parse(stdout).documents[0]).toMatchObject({
      corrections: [{ line: 17, change: 'moved notes before expOneSynapse' }],
      diagnostics: expect.arrayContaining([expect.objectContaining({ place: expect.objectContaining({ line: 14 }) })]),
    });
  });
});
