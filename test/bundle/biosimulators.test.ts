/** `interneuron-biosimulators`: archives that are carried out by the conventions of BioSimulators. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openH5, valueOf } from '../../runtime/results/nwb/h5.js';
import type { Dataset, Group } from '../../runtime/results/nwb/h5-writer.js';
import { archiveBytes } from '../../src/bundle/write-archive.js';
import { textFile } from '../../src/bundle/contents.js';
import { manifestText } from '../../src/bundle/manifest.js';
import { runBiosimulators } from '../../src/cli/biosimulators.js';
import { runCommand, temporaryFolder, type CommandOutcome } from '../support/command.js';

const folder = temporaryFolder();
const model = {
  interneuron: 1,
  name: 'pair',
  neurons: {
    cell: {
      state: { v: { unit: 'mV', initial: '0 mV' } },
      derivatives: { v: '(15*mV - v)/(10*ms)' },
      events: { spike: { when: 'v > 10*mV', do: ['v = 0*mV'] } },
    },
  },
  populations: { cells: { type: 'cell', size: 2 } },
  record: [{ of: 'cells', variables: ['v'], every: '0.1 ms' }],
  experiment: { dt: '0.1 ms', duration: '5 ms' },
};

const execute = (archive: string, output: string, policy = ''): Promise<CommandOutcome> =>
  runCommand(['-i', folder.file(archive), '-o', folder.file(output)], {
    program: runBiosimulators,
    environment: { ALGORITHM_SUBSTITUTION_POLICY: policy },
  });

const logOf = (output: string): unknown => parse(readFileSync(folder.file(`${output}/log.yml`), 'utf8'));

/** Writes an archive with an experiment and the packed model. */
async function writeArchive(name: string, sedml: string): Promise<void> {
  const files = [textFile('experiments/run.sedml', sedml, 'about', ''), textFile('model.xml', lems, 'model', '')];
  const manifest = textFile('manifest.xml', manifestText(files, 'experiments/run.sedml'), 'about', '');
  writeFileSync(folder.file(name), archiveBytes([manifest, ...files]));
}

let lems = '';

beforeAll(async () => {
  writeFileSync(folder.file('pair.yaml'), JSON.stringify(model));
  const words = [folder.file('pair.yaml'), '--to', 'lems', '-o'];
  expect((await runCommand(['pack', ...words, folder.file('pair.omex')])).code).toBe(0);
  expect((await runCommand(['convert', ...words, folder.file('pair.xml')])).code).toBe(0);
  lems = readFileSync(folder.file('pair.xml'), 'utf8');
});

const experiment = `<sedML xmlns="http://sed-ml.org/sed-ml/level1/version4" level="1" version="4">
  <listOfModels>
    <model id="model" language="urn:sedml:language:lems" source="../model.xml"/>
  </listOfModels>
  <listOfSimulations>
    <uniformTimeCourse id="late" initialTime="0" outputStartTime="0.002" outputEndTime="0.004" numberOfSteps="10">
      <algorithm kisaoID="KISAO:0000030"/>
    </uniformTimeCourse>
  </listOfSimulations>
  <listOfTasks>
    <task id="task" modelReference="model" simulationReference="late"/>
  </listOfTasks>
  <listOfDataGenerators>
    <dataGenerator id="mV">
      <listOfVariables>
        <variable id="v" target="cells[0]/v" taskReference="task"/>
        <variable id="t" symbol="urn:sedml:symbol:time" taskReference="task"/>
      </listOfVariables>
      <listOfParameters><parameter id="scale" value="1000"/></listOfParameters>
      <math xmlns="http://www.w3.org/1998/Math/MathML">
        <apply><plus/><apply><times/><ci>v</ci><ci>scale</ci></apply><ci>t</ci></apply>
      </math>
    </dataGenerator>
  </listOfDataGenerators>
  <listOfOutputs>
    <report id="report" name="Potential"><listOfDataSets>
      <dataSet id="set" label="v" dataReference="mV"/>
    </listOfDataSets></report>
    <plot2D id="plot"><listOfCurves>
      <curve id="curve" xDataReference="mV" yDataReference="mV"/>
    </listOfCurves></plot2D>
  </listOfOutputs>
</sedML>
`;

/** The potential in V after n steps of forward Euler from 0, without spikes. */
function euler(steps: number, dt: number): number {
  let v = 0;
  for (let step = 0; step < steps; step++) v += (dt * (15e-3 - v)) / 10e-3;
  return v;
}

describe('interneuron-biosimulators', () => {
  it('writes the reports of an archive that interneuron has packed', async () => {
    const { code, stdout } = await execute('pair.omex', 'packed');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `wrote ${folder.file('packed/reports.h5')}, ${folder.file('packed/log.yml')}\n`,
    });
    const file = await openH5(folder.file('packed/reports.h5'));
    const report = file.get('run.sedml/report') as Dataset;
    const values = valueOf(report) as Float64Array;
    expect(report.shape).toEqual([3, 51]);
    expect([values[0], values[50]]).toEqual([0, 0.005]);
    for (const step of [0, 1, 10, 50]) expect(values[51 + step]).toBeCloseTo(euler(step, 1e-4), 15);
    const attributes = ['_type', 'uri', 'sedmlId', 'sedmlDataSetLabels', 'sedmlDataSetShapes'];
    expect(attributes.map((name) => report.attrs[name]?.value)).toEqual([
      'SedReport',
      'run.sedml/report',
      'report',
      ['time', 'cells[0]/v', 'cells[1]/v'],
      ['51', '51', '51'],
    ]);
    expect((file.get('run.sedml') as Group).attrs['combineArchiveLocation']?.value).toBe('run.sedml');
    file.close();
    expect(logOf('packed')).toMatchObject({
      status: 'SUCCEEDED',
      sedDocuments: [{ location: 'run.sedml', tasks: [{ id: 'task', algorithm: 'KISAO:0000030' }] }],
    });
  });

  it('reads LEMS in the language that jNeuroML states', async () => {
    await writeArchive('neuroml2.omex', experiment.replace('language:lems', 'language:neuroml2'));
    expect(await execute('neuroml2.omex', 'neuroml2')).toMatchObject({ code: 0 });
  });

  it('computes data generators over the time that is reported, and draws plots', async () => {
    const surface = '<plot3D id="surface"/></listOfOutputs>';
    await writeArchive('late.omex', experiment.replace('</listOfOutputs>', surface));
    expect((await execute('late.omex', 'late')).code).toBe(0);
    const plots = unzipSync(readFileSync(folder.file('late/plots.zip')));
    expect(Object.keys(plots)).toEqual(['experiments/run.sedml/plot.svg']);
    const picture = new TextDecoder().decode(plots['experiments/run.sedml/plot.svg']);
    // Eleven values, each against itself: a straight line from corner to corner, as many points as values.
    const lines = [...picture.matchAll(/ d="(M[^"]*)"/g)].map(([, line = '']) => line.split('L').length);
    expect(Math.max(...lines)).toBe(11);
    expect(picture).toContain('>mV</text>');
    const file = await openH5(folder.file('late/reports.h5'));
    const report = file.get('experiments/run.sedml/report') as Dataset;
    const values = valueOf(report) as Float64Array;
    expect([report.shape, report.attrs['sedmlName']?.value]).toEqual([[1, 11], 'Potential']);
    // 2 ms are 10 steps of 0.2 ms.
    values.forEach((value, row) => expect(value).toBeCloseTo(1e3 * euler(10 + row, 2e-4) + 0.002 + row * 2e-4, 12));
    file.close();
    expect(logOf('late')).toMatchObject({
      sedDocuments: [
        {
          outputs: [
            { id: 'report', status: 'SUCCEEDED' },
            { id: 'plot', status: 'SUCCEEDED', curves: [{ id: 'curve', status: 'SUCCEEDED' }] },
            { id: 'surface', status: 'SKIPPED' },
          ],
        },
      ],
    });
  });

  it('reports all mistakes with their places, and writes only the log', async () => {
    const wrong = experiment
      .replace('simulationReference="late"', 'simulationReference="early"')
      .replace('target="cells[0]/v" taskReference="task"', 'target="cells[0]/v" taskReference="tusk"')
      .replace('<ci>scale</ci>', '<ci>scales</ci>')
      .replace('dataReference="mV"', 'dataReference="volt"')
      .replace('yDataReference="mV"', 'yDataReference="V"');
    await writeArchive('wrong.omex', wrong);
    const { code, stderr } = await execute('wrong.omex', 'wrong');
    expect(code).toBe(1);
    const found = [...stderr.matchAll(/error\[([^\]]+)\].*\n\s+--> (.*?):(\d+):/g)].map(([, rule, path, line]) => [
      rule,
      path?.replace(folder.file('wrong.omex'), ''),
      Number(line),
    ]);
    const place = '/experiments/run.sedml';
    expect(found).toEqual([
      ['sedml/unknown-reference', place, 11],
      ['sedml/unknown-reference', place, 16],
      ['sedml/unknown-reference', place, 21],
      ['sedml/unknown-reference', place, 27],
      ['sedml/unknown-reference', place, 30],
    ]);
    expect(existsSync(folder.file('wrong/reports.h5'))).toBe(false);
    expect(logOf('wrong')).toMatchObject({ status: 'FAILED', exception: { category: 'DiagnosticError' } });
  });

  it.each([
    ['twice', experiment.replace('<plot2D', '<report id="report"/><plot2D')],
    ['with a path', experiment.replace('id="report"', 'id="../report"')],
    ['that is absent', experiment.replace('<report id="report"', '<report')],
  ])('reports an id %s', async (name, text) => {
    await writeArchive('ids.omex', text);
    const { code, stderr } = await execute('ids.omex', `ids ${name}`);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/sedml\/(bad-id|missing-attribute)/),
    });
    expect(logOf(`ids ${name}`)).toMatchObject({ status: 'FAILED' });
  });

  it('reports paths that the model lacks at the variables', async () => {
    await writeArchive('path.omex', experiment.replace('cells[0]/v', 'cells[7]/u'));
    const { code, stderr } = await execute('path.omex', 'path');
    expect(code).toBe(1);
    expect(stderr).toContain(`--> ${folder.file('path.omex')}/experiments/run.sedml:16:`);
  });

  // Computed by get_substitutable_algorithms of the KiSAO library (2.34) for KISAO_0000030 as the substitute.
  it.each([
    ['KISAO:0000032', '', true],
    ['KISAO:0000019', 'SIMILAR_APPROXIMATIONS', true],
    ['KISAO_0000088', 'SAME_FRAMEWORK', true],
    ['KISAO:0000032', 'SAME_MATH', false],
    ['KISAO:0000032', 'NONE', false],
    ['KISAO:0000029', '', false],
    ['KISAO:0000039', 'SAME_FRAMEWORK', false],
    ['KISAO:0000286', '', false],
  ])('replaces the method %s under the policy %j: %s', async (method, policy, replaced) => {
    await writeArchive('method.omex', experiment.replace('KISAO:0000030', method));
    const { code, stderr } = await execute('method.omex', 'method', policy);
    expect(code).toBe(replaced ? 0 : 1);
    expect(stderr).toContain(method.replace('_', ':'));
    expect(logOf('method')).toMatchObject({
      status: replaced ? 'SUCCEEDED' : 'FAILED',
      sedDocuments: [
        {
          status: replaced ? 'SUCCEEDED' : 'FAILED',
          tasks: [
            replaced
              ? { status: 'SUCCEEDED', algorithm: 'KISAO:0000030' }
              : { status: 'FAILED', exception: { category: 'AlgorithmCannotBeSubstitutedException' } },
          ],
          outputs: [{ id: 'report', status: replaced ? 'SUCCEEDED' : 'FAILED' }, { id: 'plot' }],
        },
      ],
    });
  });

  it('names what a bundle without an experiment lacks', async () => {
    const { duration: _, ...endless } = model.experiment;
    writeFileSync(folder.file('endless.yaml'), JSON.stringify({ ...model, experiment: endless }));
    const { stdout } = await runCommand(['pack', folder.file('endless.yaml'), '-o', folder.file('endless.omex')]);
    expect(stdout).toContain("no SED-ML: the model has no duration (pack --duration '1 s' states one)");
    const { code, stderr } = await execute('endless.omex', 'endless');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('error[bundle/no-experiment]') });
  });

  it('refuses a policy that BioSimulators does not have', async () => {
    const { code, stderr } = await execute('pair.omex', 'policy', 'SOME');
    expect([code, stderr]).toEqual([2, expect.stringContaining('ALGORITHM_SUBSTITUTION_POLICY cannot be SOME')]);
  });

  // LEMS records no values at spikes, so the second model is run in the canonical form.
  it.each(['lems', 'canonical'])('reports spikes of a bundle with its model in %s', async (language) => {
    const spiking = {
      ...model,
      record: [{ of: 'cells', events: 'spike', ...(language === 'lems' ? {} : { variables: ['v'] }) }],
      experiment: { dt: '0.1 ms', duration: '30 ms' },
    };
    writeFileSync(folder.file('spiking.yaml'), JSON.stringify(spiking));
    const words = ['pack', folder.file('spiking.yaml'), '-o', folder.file('spiking.omex'), '--force'];
    const { code: packed, stdout } = await runCommand(words);
    expect([packed, stdout.includes('notations/lems/LEMS_model.xml')]).toEqual([0, language === 'lems']);
    const { code, stderr } = await execute('spiking.omex', `spiking-${language}`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const file = await openH5(folder.file(`spiking-${language}/reports.h5`));
    const report = file.get('run.sedml/spikes') as Dataset;
    const values = [...(valueOf(report) as Float64Array)];
    const labels = report.attrs['sedmlDataSetLabels']?.value;
    expect([report.shape, labels]).toEqual([
      [2, 4],
      ['cells: times of spikes (s)', 'cells: cells of spikes'],
    ]);
    file.close();
    // Forward Euler crosses 10 mV in this step, from 0 mV again and again; both cells do.
    const perSpike = Array.from({ length: 200 }, (_, n) => euler(n, 1e-4)).findIndex((v) => v > 10e-3);
    expect(values.slice(4)).toEqual([0, 1, 0, 1]);
    for (const [k, time] of values.slice(0, 4).entries())
      expect(Math.abs(time - (Math.floor(k / 2) + 1) * perSpike * 1e-4)).toBeLessThanOrEqual(3e-4);
  });

  it.each([
    ['pynn', 'pynn/if-curr-exp.json'],
    ['sonata', 'sonata/glif-adapting/config.json'],
    ['nir', 'nir/affine-lif.nir'],
  ])('carries out the experiment of a bundle of %s', async (notation, path) => {
    const archive = folder.file(`${notation}.omex`);
    const words = ['pack', `fixtures/${path}`, '--duration', '20 ms', '-o', archive, '-q'];
    expect(await runCommand(words)).toMatchObject({ code: 0, stderr: '' });
    expect(await execute(`${notation}.omex`, notation)).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(folder.file(`${notation}/log.yml`), 'utf8')).not.toMatch(/FAILED|SKIPPED|QUEUED/);
    // Nothing in it contradicts the model.
    const { stdout, stderr } = await runCommand(['verify', archive]);
    expect([stdout, stderr]).toEqual(['', expect.stringContaining('holds no result of interneuron')]);
  });

  it.each([
    [[], 'no archive is given'],
    [['--archives', 'x'], "Unknown option '--archives'"],
  ])('refuses %j', async (words, message) => {
    const { code, stderr } = await runCommand(words, { program: runBiosimulators });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
