/** Every feature under every timing profile: the same result within the method's error, or a refusal by name. */

import { askedEffort, someOf, triesAll } from '../../support/effort.js';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { timingProfilesPage } from '../../../src/lower/features/page.js';
import type { Support } from '../../../src/lower/features/table.js';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.js';
import { features, placePhrases, selectionPhrases, selections } from '../../../src/lower/features/table.js';
import { protocolOf } from '../../../src/lower/context/protocol.js';
import type { TimingProfile } from '../../../src/model/model.js';
import { validateModel } from '../../../src/pipeline/pipeline.js';
import type { Simulation } from '../../support/simulate.js';
import { simulate } from '../../support/simulate.js';
import type { Case, Tree } from './cases.js';
import { cases, combinations, laidOver, network, selecting } from './cases.js';
import { withReason } from '../../support/skip-reasons.js';
import '../../../translators/brian/road.js';

const timings = ['brian', 'grid', 'lems-euler'] as const satisfies readonly TimingProfile[];
const dt = 0.02;

/** A run of a document, or the codes and messages of its diagnostics. */
type Outcome = { readonly run: Simulation } | { readonly findings: string };

const known = new Map<string, Promise<Outcome>>();

async function outcome(text: string, timing: TimingProfile): Promise<Outcome> {
  try {
    const run = await simulate(text, { engines: [{ target: 'wasm', threads: 1 }] });
    // A document that runs under one profile passes the preflight of the others in the same passes.
    if (askedEffort === 'thorough' || (triesAll && timing === 'grid')) expect(await predicted(text)).toEqual([]);
    return { run };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    // Validation predicts the diagnostics of a run, each with its place.
    expect(await predicted(text)).toEqual(error.diagnostics.map(({ code, message }) => `${code}: ${message}`));
    return { findings: error.diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n') };
  }
}

/**
 * Returns the predictions of validation for a document's run: the diagnostic of each warning and error, all with a
 * line.
 */
async function predicted(text: string): Promise<readonly string[]> {
  const found = await validateModel({ name: 'model.json', text }).then(
    ({ diagnostics }) => diagnostics.filter(({ severity }) => severity === 'warning'),
    (error: unknown) => (error instanceof DiagnosticError ? error.diagnostics : []),
  );
  for (const { place, expected, hint, message } of found) {
    expect(place?.pointer, message).not.toBe('');
    expect(expected ?? hint, message).toBeDefined();
  }
  return found.map(({ code, message }) => `${code}: ${message}`);
}

/** Returns the outcome of a document under a profile, from a cache if repeated. */
function outcomeOf(tree: Tree, timing: TimingProfile): Promise<Outcome> {
  const text = JSON.stringify({ ...tree, timing });
  const found = known.get(text) ?? outcome(text, timing);
  known.set(text, found);
  return found;
}

/** Returns the observable results of a run: events, samples, faults, and the recordings. */
const shown = ({ events, samples, faults, program, valid }: Simulation): string =>
  JSON.stringify([
    [...events],
    [...samples],
    faults,
    program.manifest.eventRecordings,
    protocolOf(valid, program).filter(({ kind }) => kind === 'record'),
  ]);

/** Elements emit the same events at nearly the same times, and samples are near on the average. */
function expectNear(one: Simulation, other: Simulation): void {
  expect(other.faults).toEqual(one.faults);
  for (const [source, events] of one.events) {
    // Conditions become separate events when stepping by slots.
    if (!other.events.has(source)) continue;
    const times = [events, other.events.get(source) ?? []].map(
      (list) =>
        (index: number): number[] =>
          list.filter(([, k]) => k === index).map(([step]) => step * dt),
    );
    for (const index of new Set([...events, ...(other.events.get(source) ?? [])].map(([, k]) => k))) {
      const [here, there] = times.map((of) => of(index));
      expect(there!.length, `${source}[${index}]`).toBe(here!.length);
      here!.forEach((time, k) => expect(Math.abs(time - there![k]!), `${source}[${index}]`).toBeLessThan(0.25));
    }
  }
  expect([...other.samples.keys()]).toEqual([...one.samples.keys()]);
  for (const [variable, rows] of one.samples) {
    const ofOther = other.samples.get(variable)!;
    // Samples of the end of a step begin with one of the first state, and there is one more of them.
    const common = Math.min(rows.length, ofOther.length);
    expect(Math.abs(rows.length - ofOther.length), variable).toBeLessThanOrEqual(2);
    let [apart, size] = [0, 0];
    for (let k = 0; k < common; k++)
      rows[k]!.forEach((value, i) => {
        apart += Math.abs(value - ofOther[k]![i]!);
        size += Math.abs(value);
      });
    expect(apart, variable).toBeLessThanOrEqual(0.04 * size + 1e-9);
  }
}

/** Checks a case under all profiles. `phrase`: the message of a rejection, without the name of the owner. */
async function check(
  { network: own = network, base = {}, adds, drawn }: Case,
  support: Readonly<Record<TimingProfile, Support>>,
  phrase: RegExp,
): Promise<void> {
  const without = laidOver(own, base);
  const having = laidOver(without, adds);
  const runs: Simulation[] = [];
  for (const timing of timings) {
    const found = await outcomeOf(having, timing);
    if (support[timing] === 'refused') {
      expect('findings' in found && found.findings, timing).toMatch(phrase);
      continue;
    }
    expect('findings' in found && found.findings, timing).toBe(false);
    if ('findings' in found) continue;
    const { run } = found;
    const other = await outcomeOf(without, timing);
    const plain = 'run' in other ? other.run : null;
    if (support[timing] === 'unread') {
      expect(plain && shown(plain), `${timing} does not read it`).toBe(shown(run));
      expect(run.program.manifest.notes.join('\n'), timing).toMatch(phrase);
      continue;
    }
    expect(plain && shown(plain), `its effect under ${timing}`).not.toBe(shown(run));
    runs.push(run);
  }
  const [first, ...others] = runs;
  if (first && !drawn) for (const other of others) expectNear(first, other);
}

const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A phrase with any name. */
const anyName = (phrase: (name: string) => string): RegExp =>
  new RegExp(phrase('\u0000').split('\u0000').map(literally).join('.*'));

test('docs/timing-profiles.md is the table', () => {
  expect(readFileSync('docs/timing-profiles.md', 'utf8')).toBe(timingProfilesPage());
});

describe('features', () => {
  // The slot shows by a delay of zero steps, which grid refuses. test/translators/nir runs networks with it.
  const runAlike = Object.entries(features).filter(([name]) => name !== 'spikesSlot');
  test.skip(withReason('spikesSlot', 'no network shows it under all profiles'), () => undefined);

  test.each(someOf(runAlike, 6, 'features'))('%s', async (name, { phrase, support }) => {
    await check(cases[name as keyof typeof features], support, anyName(phrase));
  });
});

const everywhere = { brian: 'runs', grid: 'runs', 'lems-euler': 'runs' } as const;

test.each(someOf(Object.entries(combinations), 4, 'combinations'))('%s', (_, combination) =>
  check(combination, everywhere, /never/),
);

describe.each(Object.entries(selections))('selections: %s', (place, kinds) => {
  test.each(someOf(Object.entries(kinds), 6, 'kinds'))('%s', async (kind, support) => {
    const [at, of] = [place as keyof typeof selections, kind as keyof typeof kinds];
    const own = new RegExp(literally(placePhrases[at](selectionPhrases[of])));
    // Selections unsupported everywhere for synapses are rejected by validation, or by the draws before lowering.
    const phrase =
      of === 'synapses' ? /^(?:model|draw|lower)\/[\w-]+: .*(?:projection|synapses|no variable|no event)/m : own;
    await check(selecting[at](of), support, phrase);
  });
});
