/** LEMS's Poisson sources spike at most once per step: of several spikes that fall into one, all but the first wait. */

import { expect, test } from 'vitest';
import { spikesOf } from '../../../src/run/check-conversion.js';
import { convertModel, type TargetNotation } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';

/** Sources with a mean of half a spike in a step of 0.1 ms, for 100 ms; the second ones end before. */
const text = `<Lems>
  <Target component="sim"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="PyNN.xml"/><Include file="Simulation.xml"/>
  <spikeGeneratorPoisson id="always" averageRate="5000Hz"/>
  <SpikeSourcePoisson id="ending" start="10ms" duration="50ms" rate="5000Hz"/>
  <network id="net"><population id="a" component="always" size="100"/><population id="b" component="ending" size="100"/></network>
  <Simulation id="sim" length="100ms" step="0.1ms" target="net" seed="5">
    <EventOutputFile id="e" fileName="e.spikes" format="ID_TIME">
      <EventSelection id="0" select="a[0]" eventPort="spike"/><EventSelection id="1" select="b[0]" eventPort="spike"/>
    </EventOutputFile>
  </Simulation>
</Lems>`;
const { valid } = importModel({ name: 'model.xml', text });
const to = (notation: TargetNotation, strict: boolean) => convertModel(valid, notation, { strict });

/** Numbers of spikes of each source in steps [from, to). */
const countsOf = (trains: readonly (readonly number[])[], from: number, until: number): number[][] =>
  trains.map((train) => {
    const counts = new Array<number>(until + 100).fill(0);
    for (const time of train) counts[Math.round(time * 1e4)]! += 1;
    return counts.slice(from, until);
  });

/** Correlation of the numbers of a step with those of the next. */
function correlation(counts: readonly (readonly number[])[]): number {
  const all = counts.flat();
  const mean = all.reduce((sum, one) => sum + one, 0) / all.length;
  const [variance] = [all.reduce((sum, one) => sum + (one - mean) ** 2, 0)];
  const products = counts.map((row) =>
    row.slice(1).reduce((sum, one, k) => sum + (one - mean) * ((row[k] ?? 0) - mean), 0),
  );
  return products.reduce((sum, one) => sum + one, 0) / variance;
}

test('strictly they do so in Brian, too', async () => {
  const { files, outcome } = await to('brian-json', true);
  expect(outcome).toBe('equivalent');
  const spikes = await spikesOf(importModel({ name: 'model.json', text: files[0]?.text ?? '' }).valid);
  // jNeuroML: 0.213 with 0.5 spikes in a step on average.
  const always = countsOf(spikes.get('a') ?? [], 20, 990);
  expect(Math.max(...always.flat())).toBe(1);
  expect(correlation(always)).toBeCloseTo(0.213, 1.5);
  const ending = countsOf(spikes.get('b') ?? [], 120, 600);
  expect(correlation(ending)).toBeCloseTo(0.213, 1.5);
  // Spikes that wait come when the source has ended.
  const after = countsOf(spikes.get('b') ?? [], 600, 620).flat();
  expect(after.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(5);
});

test.each(['brian-json', 'pynn-json'] as const)(
  'in the words of %s the report says how many do not',
  async (notation) => {
    const { outcome, report } = await to(notation, false);
    expect(outcome).toBe('approximate');
    // (1 - exp(-m))/m of the spikes are the first of their step, for m = 0.5.
    expect(report).toContainEqual(
      expect.objectContaining({
        verdict: 'approximated',
        code: notation === 'brian-json' ? 'brian/poisson' : 'pynn/poisson',
        message:
          'the same process but for up to 21 % of its spikes, which follow others within a step: in LEMS they wait for the steps that follow',
      }),
    );
  },
);
