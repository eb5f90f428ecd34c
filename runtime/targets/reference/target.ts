/**
 * The reference target: interprets the kernel program in plain TypeScript. Its results are the meaning of the program.
 */

import { InvariantError } from '../../../src/diagnostics/diagnostic.js';
import { checkProgram } from '../../../src/ir/check.js';
import { printProgram } from '../../../src/ir/text.js';
import type { Target } from '../target.js';
import { trustJavaScript } from '../trust.js';
import { showing } from '../shown.js';
import { startSession } from './session.js';

/** Runs everywhere, slowly, on one thread; refuses programs that break a rule of the IR. */
export const referenceTarget: Target = {
  name: 'reference',
  async probe() {
    return { target: 'reference', available: true, devices: ['interpreter'] };
  },
  async compile(program) {
    const violations = checkProgram(program);
    if (violations.length > 0) throw new InvariantError('ir/check', violations.slice(0, 10).join('; '));
    return {
      sources: new Map([['program.ir', printProgram(program)]]),
      start: async () => {
        trustJavaScript('before the model runs');
        return showing(startSession(program), program);
      },
    };
  },
};
