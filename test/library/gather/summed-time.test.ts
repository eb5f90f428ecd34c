/** Times since events, which LEMS adds up, in strict conversion for Brian, which multiplies steps. */

import { expect, test } from 'vitest';
import { checkConversion } from '../../../src/run/check-conversion.js';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';
import { expectSameRun } from '../../support/same-run.js';

/** A cell that spikes at a time that rests on the rounding of a sum, and a pulse that lasts so long after each spike. */
const timed = (when: string): string => `interneuron: 1
timing: lems-euler
neurons:
  cell:
    parameters: { wait: 2 ms }
    state: { v: 0, last: { unit: s } }
    derived: { since: { unit: s, value: t - last }, open: { unit: "1", value: "1 if since < 0.7*ms else 0" } }
    derivatives: { v: (open - v)/(5*ms) }
    events: { spike: { when: ${when}, do: [last = t] } }
    sequence: [{ derived: [since, open], state: [v], events: [spike] }]
populations: { p: { type: cell, size: 1 } }
recordings: [{ of: { population: p }, events: spike }, { of: { population: p }, variables: [v, last] }]
experiment: { dt: 0.1 ms, protocol: [{ run: 200 ms }] }
`;

test.each(['since >= 2*ms', 't - last > wait', 't >= last + wait and t < 190*ms'])(
  '%s holds in the steps of LEMS, whose time is a sum',
  async (when) => {
    const { valid } = importModel({ name: 'model.yaml', text: timed(when) });
    const usual = await convertModel(valid, 'brian-json');
    expect(usual.report).toContainEqual(
      expect.objectContaining({ verdict: 'approximated', code: 'brian/summed-time', pointer: '/neurons/cell' }),
    );
    const { report } = await convertModel(valid, 'brian-json', { strict: true });
    expect(report.filter(({ verdict }) => verdict === 'approximated')).toEqual([]);
    expectSameRun(await checkConversion(valid, 'brian-json', { strict: true }), 90);
  },
);
