import { importModel, readSource } from '/work/wt-engines/src/pipeline/pipeline.js';
import { registerNotations } from '/work/wt-engines/src/notations.js';
import { instrumented } from '/work/wt-engines/src/simulators/instrumented.js';
import { runOn } from '/work/wt-engines/src/simulators/run-on.js';
import { engines } from '/work/wt-engines/src/simulators/engines.js';
import { readBack } from '/work/wt-engines/src/verify/read-back.js';
import { limitWith } from '/work/wt-engines/src/verify/check-with.js';
import { limitText } from '/work/wt-engines/src/verify/limit-text.js';
import { isLeftOut, isLoss } from '/work/wt-engines/src/model/conversion-report.js';
registerNotations();
const F = '/work/wt-engines/fixtures/';
const models = process.argv.slice(2);
const env: Record<string, string> = { nest: '.venv-nestml', neuron: '.venv-pynn', brian2: '.venv', jneuroml: '.venv-neuroml' };
for (const model of models)
  for (const simulator of ['brian2', 'nest', 'neuron', 'jneuroml'] as const) {
    const python = `/work/wt-engines/${env[simulator]}`;
    const name = model.replace(/\W/g, '_');
    const began = performance.now();
    let line = '';
    try {
      const imported = importModel(readSource(F + model));
      const how = { freeze: true, partial: false };
      const m = await instrumented(imported, simulator, how, (valid, { converted, to }) => readBack(valid, to, { converted, freeze: true }));
      const loss = m.converted.report.find((e) => isLeftOut(e) && isLoss(e));
      if (loss) throw new Error(`loses: ${loss.pointer} ${loss.message}`);
      const r = await runOn(m, { ...how, verdict: '', drawn: [], env: python, outputs: [`/tmp/engines/ten/${name}-${simulator}.nwb`], force: true });
      const spikes = r.record.populations.map(({ name, spikes }) => `${name} ${spikes}`).join(', ');
      line = `ran: ${spikes}; not read: ${r.notRead.join('; ') || 'nothing'}`;
      r.dispose();
      const old = process.env['PATH'];
      process.env['PATH'] = `${python}/bin:${old}`;
      try { line += ` | ${limitText(await limitWith(imported.valid, engines[simulator].writes, simulator, { python, seconds: 3 })).slice(0, 150)}`; }
      finally { process.env['PATH'] = old; }
    } catch (error) { line += ` | FAIL ${(error as Error).message.slice(0, 260)}`; }
    console.log(`${model} | ${simulator} | ${line} | ${((performance.now() - began) / 1000).toFixed(0)} s`);
  }
