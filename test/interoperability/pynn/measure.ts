/** Runs probes here and on PyNN's simulators, and measures the distances. */

import { read, runHere } from './ours.js';
import { failed, runThere, type Failure } from './backend.js';
import { documentOf, type Probe } from './probe.js';
import type { PeerRecords } from '../../support/peer-records.js';
import { thinned, type Results } from './results.js';

export const simulators = ['nest', 'neuron', 'brian2'] as const;
export type Named = (typeof simulators)[number];

/** The results of one simulator for one probe. */
export interface Comparison {
  /** How it refused the script. */
  readonly refused?: string;
  readonly distances: Readonly<Record<string, number>>;
}

/** Measurements with one probe. */
export interface Measured {
  readonly probe: Probe;
  readonly exact: Readonly<Record<string, readonly [distance: number, unit: string]>>;
  readonly simulators: Readonly<Partial<Record<Named, Comparison>>>;
}

/** Runs all probes; the probes of a simulator run in one go. */
export async function measure(probes: readonly Probe[], records: PeerRecords): Promise<readonly Measured[]> {
  const models = probes.map(({ document }) => read(documentOf(document)));
  const ours: Results[] = [];
  for (const model of models) ours.push(await runHere(model));
  const theirs = new Map<Named, ReadonlyMap<Probe, Results | Failure>>();
  for (const simulator of simulators) {
    const wanted = probes
      .map((probe, k) => ({ probe, model: models[k]! }))
      .filter(({ probe }) => runs(probe, simulator));
    const outcomes = await runThere(
      records,
      simulator,
      wanted.map(({ probe, model }) => ({ what: `${probe.section}: ${probe.name}`, valid: model.valid })),
      (outcome) => (failed(outcome) ? outcome : thinned(outcome)),
    );
    theirs.set(simulator, new Map(wanted.map(({ probe }, k) => [probe, outcomes[k]!] as const)));
  }
  return probes.map((probe, k) => ({
    probe,
    exact: probe.exact?.distances(ours[k]!) ?? {},
    simulators: Object.fromEntries(
      simulators.flatMap((simulator) => {
        const outcome = theirs.get(simulator)?.get(probe);
        return outcome === undefined ? [] : [[simulator, compared(probe, simulator, ours[k]!, outcome)] as const];
      }),
    ),
  }));
}

/** Simulators without an expectation do not run. */
const runs = (probe: Probe, simulator: Named): boolean => {
  const expectation = probe.simulators[simulator];
  return expectation?.within !== undefined || expectation?.refuses !== undefined;
};

function compared(probe: Probe, simulator: Named, ours: Results, outcome: Results | Failure): Comparison {
  if (failed(outcome)) return { refused: outcome.error, distances: {} };
  const names = Object.keys(probe.simulators[simulator]?.within ?? {});
  return {
    distances: Object.fromEntries(
      names.map((name) => [name, probe.quantities[name]?.distance(ours, outcome, simulator) ?? NaN] as const),
    ),
  };
}
