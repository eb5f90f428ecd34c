import type { ValidModel } from '../../src/model/model.js';
import { hashModel } from '../../src/model/hash.js';
import { runModel } from '../../src/pipeline/pipeline.js';
import { inFolder } from '../runtime/results/formats.js';

/** The fingerprint of a run of a model on WebAssembly, by one thread. */
export const fingerprint = (valid: ValidModel): Promise<string> =>
  inFolder(async (outputFolder) => {
    const options = { target: 'wasm', threads: 1, outputFolder };
    const result = await runModel({ valid, hashes: hashModel(valid.model) }, options);
    if (result.kind !== 'run') throw new Error('nothing was run');
    const { total } = result.record.fingerprint;
    result.dispose();
    return total;
  });
