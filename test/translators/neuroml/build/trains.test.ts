/**
 * Long lists of events: as times that are replayed, with the same events and the same traces as the conditions that
 * they are written as.
 */

import { describe, expect, it } from 'vitest';
import { simulate, stepsOf, trace } from '../../../support/simulate.js';
import { cellTypes, documentOf, networkTypes } from '../support/importing.js';
import { lems } from '../support/reading.js';
import '../../../../translators/neuroml/road.js';

/** A clock that goes off once, and a list of many clocks; no name in it is one of NeuroML's. */
const types = `
  <ComponentType name="Alarm"><Parameter name="when" dimension="time"/><EventPort name="rings" direction="out"/>
    <Dynamics><StateVariable name="rung" dimension="none"/>
      <OnCondition test="(rung .eq. 0) .and. (t .geq. when)"><StateAssignment variable="rung" value="1"/><EventOut port="rings"/></OnCondition></Dynamics>
    <Structure><With instance="this" as="me"/><With instance="parent" as="it"/><EventConnection from="me" to="it"/></Structure></ComponentType>
  <ComponentType name="Alarms"><Children name="all" type="Alarm"/><EventPort name="hears" direction="in"/><EventPort name="spike" direction="out"/><Exposure name="since" dimension="time"/>
    <Dynamics><StateVariable name="since" dimension="time" exposure="since"/><TimeDerivative variable="since" value="1"/>
      <OnEvent port="hears"><StateAssignment variable="since" value="0"/><EventOut port="spike"/></OnEvent></Dynamics></ComponentType>
  <ComponentType name="Timed" extends="Current"><Children name="all" type="Alarm"/><ComponentReference name="by" type="Current"/><Property name="weight" dimension="none" defaultValue="1"/>
    <Requirement name="u" dimension="voltage"/><EventPort name="hears" direction="in"/><EventPort name="spike" direction="out"/>
    <Dynamics><DerivedVariable name="amount" exposure="amount" dimension="current" select="by/amount"/>
      <OnEvent port="hears"><EventOut port="spike"/></OnEvent></Dynamics>
    <Structure><ChildInstance component="by"/><With instance="this" as="me"/><With instance="by" as="it"/><EventConnection from="me" to="it"/></Structure></ComponentType>`.replace(
  /\n\s*/g,
  '',
);

/** Times in ms that no step falls on, in an order of their own. */
const times = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, k) => Math.round((((k * 37) % count) * 40_000) / count + 313) / 1000);
const alarms = (of: readonly number[]): string => of.map((time) => `<Alarm when="${time}ms"/>`).join('');

const document = (of: readonly number[], column = '', more = ''): string =>
  lems(`${networkTypes}${cellTypes}${types}<Leaky id="cell" tau="10ms" rest="-60mV" top="-50mV" perSiemens="2e9per_F"/>
<Conductance id="syn" peak="1nS" towards="0mV" decay="5ms"/><Alarms id="list">${alarms(of)}</Alarms><Timed id="timed" by="syn">${alarms(of)}</Timed>
<Net id="net"><Group id="s" of="list" count="2"/><Group id="p" of="cell" count="2"/><Bundle id="b" by="syn"><Link a="../s[1]" b="../p[0]" w="1" d="0ms"/></Bundle>
<Drive on="p[1]" by="timed"/></Net><Run id="r" length="50ms" step="0.05ms" target="net"><File id="f" name="x"><Column id="u" q="p[0]/u"/><Column id="w" q="p[1]/u"/>${column}</File>
<List id="l" name="y" order="ID_TIME"><Source id="s" of="s[0]" port="spike"/><Source id="c" of="p[0]" port="out"/></List></Run><Target component="r"/>${more}`);

/** Returns the first step with an accumulated time at which each event is due. */
function due(of: readonly number[], dt: number, steps: number): readonly number[] {
  const left = of.map((time) => Number(`${time}e-3`)).sort((a, b) => a - b);
  const found: number[] = [];
  let t = 0;
  for (let step = 0; step < steps; step += 1) {
    t += dt;
    while (left.length > 0 && left[0]! <= t) {
      left.shift();
      found.push(step);
    }
  }
  return found;
}

it('a short list with two events in a step is replayed, so that both are recorded', () => {
  expect(documentOf(document([1.01, 5, 1.03])).populations?.['s']).not.toHaveProperty('type');
  expect(documentOf(document([1.01, 5, 1.07])).populations?.['s']).toHaveProperty('type');
});

describe('a long list of events', () => {
  const many = times(200);

  it('is a population that replays them, if it only passes them on', () => {
    const { populations } = documentOf(document(many));
    expect(populations?.['s']).toMatchObject({ size: 2, spikes: { indices: expect.any(Array) } });
    expect(populations?.['s']).not.toHaveProperty('type');
    const spikes = populations?.['s']?.spikes as unknown as {
      readonly indices: readonly number[];
      readonly times: { readonly array: readonly number[] };
    };
    expect(spikes.indices).toEqual(Array.from({ length: 400 }, (_, k) => Math.floor(k / 200)));
    expect(spikes.times.array.slice(200).map((time) => Math.round(time * 1e6) / 1e3)).toEqual(many);
  });

  it('stays as it is if it is short', () => {
    expect(documentOf(document(times(20))).populations?.['s']).toHaveProperty('type');
  });

  it('comes in the first step that has reached each time', async () => {
    const run = await simulate(document(many));
    expect(stepsOf(run, 's.spike')).toEqual(due(many, 5e-5, 1000));
  });

  /** Each time on a component of its own, so that no list is long. */
  const few = (): string => {
    const chunks = Array.from({ length: 10 }, (_, k) => many.slice(20 * k, 20 * (k + 1)));
    return document([])
      .replace(
        /<Alarms id="list"><\/Alarms>/,
        chunks.map((chunk, k) => `<Alarms id="list${k}">${alarms(chunk)}</Alarms>`).join(''),
      )
      .replace(
        /<Timed id="timed" by="syn"><\/Timed>/,
        chunks.map((chunk, k) => `<Timed id="timed${k}" by="syn">${alarms(chunk)}</Timed>`).join(''),
      )
      .replace(
        /<Group id="s" of="list" count="2"\/>/,
        chunks.map((_, k) => `<Group id="s${k}" of="list${k}" count="2"/>`).join(''),
      )
      .replace(
        /<Link a="..\/s\[1\]"[^>]*\/>/,
        chunks.map((_, k) => `<Link a="../s${k}[1]" b="../p[0]" w="1" d="0ms"/>`).join(''),
      )
      .replace(/<Drive on="p\[1\]" by="timed"\/>/, chunks.map((_, k) => `<Drive on="p[1]" by="timed${k}"/>`).join(''))
      .replace('<Source id="s" of="s[0]" port="spike"/>', '');
  };

  it('equals the same events as conditions, in ten short lists', async () => {
    const [whole, parts] = [await simulate(document(many)), await simulate(few())];
    expect(stepsOf(whole, 'p.out').length).toBeGreaterThan(5);
    expect(stepsOf(whole, 'p.out')).toEqual(stepsOf(parts, 'p.out'));
    // Ten conductances decay to other last digits than one.
    trace(whole, 'p.u').forEach((value, row) =>
      expect(Math.abs(value - trace(parts, 'p.u')[row]!), `row ${row}`).toBeLessThan(1e-12),
    );
  });

  it('is received by an instance with variables that are recorded', async () => {
    const run = await simulate(document(many, '<Column id="since" q="s[0]/since"/>'));
    const steps = due(many, 5e-5, 1000);
    const since = trace(run, 's.since');
    // An instance receives an event before it is advanced: its clock then shows one step.
    for (const step of steps.slice(0, 20)) expect(since[step + 1]).toBeCloseTo(5e-5, 12);
    expect(stepsOf(run, 's.spike')).toEqual(steps);
  });

  it('of a hundred thousand times is read and run', async () => {
    const apart = Array.from({ length: 100_000 }, (_, k) => k + 0.5);
    const run = await simulate(
      document(apart)
        .replace(/<Timed id[\s\S]*?<\/Timed>/, '')
        .replace('<Drive on="p[1]" by="timed"/>', ''),
    );
    expect(stepsOf(run, 's.spike')).toHaveLength(50);
  });
});
