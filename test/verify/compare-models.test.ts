/** Differences of models, within a notation and across notations. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareAcross } from '../../src/verify/compare-across.js';
import { compareModels, type ModelComparison } from '../../src/verify/compare-models.js';
import { convertModel, type TargetNotation } from '../../src/convert/convert.js';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import { runCommand, temporaryFolder } from '../support/command.js';

const cuba = 'fixtures/brian/vogels-abbott-cuba.yaml';
const folder = temporaryFolder();

const edited = (edit: (text: string) => string): ModelComparison => {
  const text = readFileSync(cuba, 'utf8');
  expect(edit(text)).not.toBe(text);
  return compareModels(importModel({ name: 'a.yaml', text }), importModel({ name: 'b.yaml', text: edit(text) }));
};

describe('models of one notation', () => {
  it('are the same with other units, order and comments', () => {
    const comparison = edited((text) => text.replace('dt: 0.1 ms', '# a comment\ndt: 100 us'));
    expect(comparison).toMatchObject({ sameModel: true, sameExperiment: true, differences: [] });
  });

  it('differ in a weight, and in a probability of two projections, which is one difference', () => {
    const { sameModel, differences } = edited((text) =>
      text.replace('we: 60*0.27/10*mV', 'we: 1.7*mV').replaceAll('p: 0.02', 'p: 0.03'),
    );
    expect(sameModel).toBe(false);
    expect(differences).toEqual([
      { property: 'we', parts: ['projection Ce'], first: '1.62 mV', second: '1.7 mV' },
      { property: 'connect.p', parts: ['projection Ce', 'projection Ci'], first: '0.02', second: '0.03' },
    ]);
  });

  it('differ in the experiment only', () => {
    const { sameModel, sameExperiment, differences } = edited((text) => text.replace('dt: 0.1 ms', 'dt: 0.05 ms'));
    expect([sameModel, sameExperiment]).toEqual([true, false]);
    expect(differences).toEqual([{ property: 'dt', parts: ['experiment'], first: '0.1 ms', second: '0.05 ms' }]);
    expect(edited((text) => text.replace(/run: .*/, 'run: 300 ms')).differences).toEqual([
      { property: 'protocol.run', parts: ['experiment'], first: '1 s', second: '0.3 s' },
    ]);
  });

  it('differ in an equation', () => {
    const { differences } = edited((text) => text.replace('dge/dt = -ge/taue', 'dge/dt = -2*ge/taue'));
    expect(differences).toEqual([
      { property: 'derivatives.ge.rate', parts: ['population P'], first: '-ge/taue', second: '-2*ge/taue' },
    ]);
  });

  it('have a count of the values that only one side has, if these are many', () => {
    const cells = (names: readonly string[]): ReturnType<typeof importModel> =>
      importModel({
        name: 'm.json',
        text: JSON.stringify({
          format: 'interneuron/brian',
          dt: '0.1 ms',
          neuron_groups: { G: { N: 1, model: names.map((name) => `d${name}/dt = -${name}/ms : 1`).join('\n') } },
          run: '1 ms',
        }),
      });
    const [first, second] = ['a', 'b'].map((letter) => cells(Array.from({ length: 20 }, (_, k) => `${letter}${k}`)));
    const { differences } = compareModels(first!, second!);
    const values = expect.stringMatching(/^\d+ values under other names$/);
    expect(differences).toEqual([
      { property: 'equations', parts: ['population G'], first: values, second: null },
      { property: 'equations', parts: ['population G'], first: null, second: values },
    ]);
  });

  it('lack a part, and match parts of other names by their structure', () => {
    const pynn = (first: string, second: string | null): ReturnType<typeof importModel> => {
      const population = (label: string, size: number): object => ({
        label,
        size,
        cell: { type: 'IF_curr_exp', params: {} },
      });
      const populations = [population(first, 3), ...(second === null ? [] : [population(second, 5)])];
      const document = { format: 'interneuron/pynn', version: 1, setup: { timestep: 0.1 }, populations };
      return importModel({ name: 'm.json', text: JSON.stringify(document) });
    };
    const { renamed, differences } = compareModels(pynn('exc', 'inh'), pynn('excitatory', null));
    expect(renamed).toEqual([{ part: 'population', first: 'exc', second: 'excitatory' }]);
    expect(differences).toEqual([
      { property: '', parts: ['population inh'], first: 'type pynn/IF_curr_exp, size 5', second: null },
    ]);
  });
});

describe('models of different notations', () => {
  const converted = async (fixture: string, to: TargetNotation): Promise<ModelComparison> => {
    const source = importModel(readSource(fixture));
    const { files, data } = await convertModel(source.valid, to);
    const target = importModel({ name: files[0]!.name, text: files[0]!.text }, { data, origin: false });
    return compareModels(source, target);
  };

  it('agree in all parameters of a standard cell', async () => {
    expect((await converted('fixtures/pynn/if-cond-exp.json', 'brian-json')).differences).toEqual([]);
  });

  it('differ in the rule that connects cells, as one difference', async () => {
    const { differences } = await converted('fixtures/pynn/connector-fixed-probability.json', 'brian-json');
    expect(differences).toMatchObject([
      { property: 'connect', parts: ['projection recurrent'], second: 'rule pairs, p 0.3, copies 1, self false' },
    ]);
  });
});

describe('interneuron same', () => {
  it('of two models prints a line for each difference, and exits with 1', async () => {
    writeFileSync(folder.file('b.yaml'), readFileSync(cuba, 'utf8').replace('we: 60*0.27/10*mV', 'we: 1.7*mV'));
    const { code, stdout } = await runCommand(['same', cuba, folder.file('b.yaml'), '--no-run']);
    expect(stdout).toBe('different models\n  projection Ce: we 1.62 mV → 1.7 mV\n');
    expect(code).toBe(1);
    expect((await runCommand(['same', cuba, cuba])).stdout).toBe('the same model and experiment\n');
    const { stdout: json } = await runCommand(['same', cuba, folder.file('b.yaml'), '--json', '--no-run']);
    expect(JSON.parse(json)).toMatchObject({ sameModel: false, differences: [{ property: 'we' }] });
  });

  it('of a model and a broken one reports the mistake', async () => {
    writeFileSync(folder.file('broken.yaml'), 'format: interneuron/brian\nneuron_groups: 3\n');
    const { code, stderr } = await runCommand(['same', cuba, folder.file('broken.yaml')]);
    expect(stderr).toMatch(/^error\[/);
    expect(code).toBe(2);
  });
});

describe('a result and the document of its model', () => {
  it('differ from the first other spike on, since nothing is drawn', async () => {
    const [model, result, changed] = ['lif.yaml', 'lif.nwb', 'changed.yaml'].map((name) => folder.file(name));
    const text = readFileSync('fixtures/brian/single-lif.yaml', 'utf8');
    writeFileSync(model!, text);
    expect(await runCommand(['run', model!, '-q', '-o', result!])).toMatchObject({ code: 0 });
    const [, before, after] = /tau: (\d+)( ms)/.exec(text) ?? [];
    writeFileSync(changed!, text.replace(`tau: ${before}${after}`, `tau: 17 ms`));
    const { code, stdout } = await runCommand(['same', result!, changed!]);
    const first =
      'different from [\\d.]+ ms on: 18 and 11 spikes of G\nthe model is not the one that made the result\n';
    expect([code, stdout]).toEqual([1, expect.stringMatching(new RegExp(`^${first}`))]);
    expect((await runCommand(['same', changed!, result!])).stdout).toBe(stdout);
    expect((await runCommand(['same', result!, model!])).code).toBe(0);
  });
});

describe('a specification and its own conversion', () => {
  it.each([
    ['custom-event.yaml', 'sourcePort="half" delay="0.5ms"', 'delay of pre', '[0] 0.5 ms', '[0] 0.7 ms'],
    ['summed.yaml', ' tau="10ms"', 'tau', '10 ms', '0.7 ms'],
  ])('in NeuroML: %s', async (fixture, text, property, first, second) => {
    const source = importModel(readSource(`fixtures/brian/${fixture}`));
    const { files, data } = await convertModel(source.valid, 'neuroml');
    const [file] = files;
    expect(file!.text).toContain(text);
    const read = (changed: string): typeof source =>
      importModel({ name: file!.name, text: changed }, { data, origin: false });
    expect((await compareAcross(source, read(file!.text))).comparison.differences).toEqual([]);
    const changed = file!.text.replace(text, text.replace(/[\d.]+ms/, '0.7ms'));
    expect((await compareAcross(source, read(changed))).comparison.differences).toMatchObject([
      { property, first, second },
    ]);
  });

  it('in PyNN with another interval of an operation', async () => {
    const source = importModel(readSource('fixtures/brian/run-regularly.yaml'));
    const { files, data } = await convertModel(source.valid, 'pynn-json');
    const text = files[0]!.text.replace('"every": 0.001', '"every": 0.002');
    const target = importModel({ name: 'model.json', text }, { data, origin: false });
    expect((await compareAcross(source, target)).comparison.differences).toMatchObject([{ property: 'every' }]);
  });

  const projections = ['A A', 'A B', 'B A', 'B B'].map((ends) => ends.split(' '));
  const cell = {
    N: 10,
    model: 'dv/dt = (11*mV - v)/tau : volt',
    threshold: 'v > 10*mV',
    reset: 'v = 0*mV',
    method: 'exact',
  };
  const document = {
    format: 'interneuron/brian',
    name: 'four',
    dt: '0.1 ms',
    seed: 1,
    namespace: { w_e: '1.2 mV', tau: '10 ms' },
    neuron_groups: { A: cell, B: cell },
    synapses: Object.fromEntries(
      projections.map(([source, target]) => [
        `${source}${target}`,
        { source, target, on_pre: 'v_post += w_e', connect: { p: 0.3 } },
      ]),
    ),
    spike_monitors: { s: { source: 'A' } },
    run: '100 ms',
  };

  it.each([
    { to: 'neuroml', property: 'weight', unit: '' },
    { to: 'lems', property: 'w_e', unit: ' mV' },
  ])('to $to differ in the parameter that was changed there', async ({ to, property, unit }) => {
    writeFileSync(folder.file('four.json'), JSON.stringify(document));
    const output = folder.file(to === 'lems' ? 'four.xml' : 'four.nml');
    const words = ['convert', folder.file('four.json'), '--to', to, '-o', output, '-q', '--no-check'];
    expect(await runCommand(words)).toMatchObject({ code: 0 });
    const changed = [output, folder.file('four_types.xml')].find((path) => {
      const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
      writeFileSync(path, text.replaceAll('"1.2mV"', '"1.25mV"').replaceAll('weight="1.2"', 'weight="1.25"'));
      return /"1.2mV"|weight="1.2"/.test(text);
    });
    expect(changed).toBeDefined();
    const { code, stdout } = await runCommand(['same', folder.file('four.json'), output, '--no-run']);
    expect(stdout).toBe(`different models\n  ${property} 1.2${unit} → 1.25${unit} (4 projections)\n`);
    expect(code).toBe(1);
    const [first, second] = [folder.file('four.json'), output].map((path) => importModel(readSource(path)));
    expect((await compareAcross(second!, first!)).comparison.differences).toMatchObject([
      { property, first: `1.25${unit}`, second: `1.2${unit}` },
    ]);
  });

  it('to NeuroML differ in the connections that the document lists and the rule draws', async () => {
    writeFileSync(folder.file('drawn.json'), JSON.stringify(document));
    const output = folder.file('drawn.nml');
    const words = ['convert', folder.file('drawn.json'), '--to', 'neuroml', '-o', output, '-q', '--no-check'];
    expect(await runCommand(words)).toMatchObject({ code: 0 });
    const text = readFileSync(output, 'utf8');
    const projection = /<projection id="AB"[^]*?<\/projection>/.exec(text)![0];
    const connections = projection.match(/<connection\w* [^>]*\/>/g)!;
    writeFileSync(output, text.replace(projection, projection.replace(connections.at(-1)!, '')));
    const { stdout } = await runCommand(['same', folder.file('drawn.json'), output, '--no-run']);
    const [, first, second] = /\n {2}projection AB: connect\.pairs (\d+) .* → (\d+) .*\n$/.exec(stdout) ?? [stdout];
    expect([Number(first), Number(second)]).toEqual([connections.length, connections.length - 1]);
  });
});
