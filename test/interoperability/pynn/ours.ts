/** Runs a document on interneuron, with results in PyNN's terms. */

import type { RunRecord, RunSetup, ResultWriter, SampleBlock, SpikeTrains } from '../../../runtime/results/result.js';
import { elementAt, elementCount } from '../../../runtime/results/result.js';
import { importModel, runModel, type ImportedModel } from '../../../src/pipeline/pipeline.js';
import { standardCells } from '../../../src/library/pynn/index.js';
import type { Results, Segment, Signal } from './results.js';

/** PyNN's units as multiples of SI's, by SI's. */
const scales: Readonly<Record<string, number>> = { V: 1e3, A: 1e9, S: 1e6, 'V*s**-1': 1, '1': 1, s: 1e3 };

/** A document, read. */
export const read = (document: object, name = 'probe.json'): ImportedModel =>
  importModel({ name, text: JSON.stringify(document) });

/** Runs a model on one thread of WebAssembly. */
export async function runHere(imported: Pick<ImportedModel, 'valid' | 'hashes'>): Promise<Results> {
  const collector = new Collector(imported);
  const result = await runModel(imported, { target: 'wasm', threads: 1, writers: [collector] });
  if (result.kind !== 'run') throw new Error('nothing was run');
  result.dispose();
  const faults = result.diagnostics.filter(({ severity }) => severity === 'error');
  if (faults.length > 0) throw new Error(faults.map(({ message }) => message).join('\n'));
  return collector.results();
}

/** Keeps all samples and spikes. */
class Collector implements ResultWriter {
  readonly #imported: Pick<ImportedModel, 'valid' | 'hashes'>;
  #setup: RunSetup | undefined;
  readonly #blocks: SampleBlock[] = [];
  #record: RunRecord | undefined;
  #trains: { readonly population: string; readonly cells: readonly (readonly [cell: number, steps: Uint32Array])[] }[] =
    [];

  constructor(imported: Pick<ImportedModel, 'valid' | 'hashes'>) {
    this.#imported = imported;
  }

  open(setup: RunSetup): Promise<void> {
    this.#setup = setup;
    return Promise.resolve();
  }

  samples(block: SampleBlock): void {
    this.#blocks.push({ ...block, steps: block.steps.slice(), values: block.values.slice() });
  }

  advance(): void {
    // Nothing waits for a step here.
  }

  close(record: RunRecord, trains: readonly SpikeTrains[]): Promise<readonly string[]> {
    this.#record = record;
    this.#trains = trains
      .filter(({ plan }) => plan.event === 'spike')
      .map((train) => ({ population: train.plan.population, cells: trainsOf(train) }));
    return Promise.resolve([]);
  }

  abandon(): Promise<void> {
    return Promise.resolve();
  }

  results(): Results {
    const [setup, record] = [this.#setup, this.#record];
    if (setup === undefined || record === undefined) throw new Error('the run did not end');
    const segments = segmentsOf(record);
    const populations: Record<string, Segment[]> = {};
    const of = (population: string): Segment[] =>
      (populations[population] ??= segments.map(() => ({ spikes: {}, signals: {} })));
    const ms = (steps: number): number => Math.round(steps * record.dt * 1e9) / 1e6;
    for (const { population, cells } of this.#trains) {
      segments.forEach(({ begin, end }, k) => {
        for (const [cell, steps] of cells) {
          const inside = [...steps].filter((step) => step >= begin && step < end);
          const spikes = of(population)[k]!.spikes as Record<string, readonly number[]>;
          spikes[String(cell)] = inside.map((step) => ms(step - begin + record.spikeLabel));
        }
      });
    }
    const synapses: Record<string, Record<string, readonly (readonly number[])[]>> = {};
    setup.series.forEach((plan, series) => {
      const width = plan.elements === null ? 1 : elementCount(plan.elements);
      const cells =
        plan.elements === null ? [0] : Array.from({ length: width }, (_, k) => elementAt(plan.elements!, k));
      const { name, scale } = this.#inPynn(plan.owner, plan.variable, plan.unit);
      const rows = this.#blocks
        .filter((block) => block.series === series)
        .flatMap(({ steps, values }) =>
          [...steps].map((step, row) => ({
            step,
            values: Array.from({ length: width }, (_, column) => Number(values[row * width + column]) * scale),
          })),
        );
      if (plan.ownerKind === 'projection') {
        (synapses[plan.owner] ??= {})[plan.variable] = rows.map((row) => row.values);
        return;
      }
      // The last sample before a reset and the first after it are of one step.
      let current = 0;
      const segmentOfRow = rows.map(({ step }, k) => {
        while (step + plan.label > (segments[current]?.end ?? Infinity)) current++;
        if (step === rows[k - 1]?.step) current++;
        return current;
      });
      segments.forEach(({ begin }, k) => {
        const inside = rows.filter((_, row) => segmentOfRow[row] === k);
        (of(plan.owner)[k]!.signals as Record<string, Signal>)[name] = {
          cells,
          times: inside.map(({ step }) => ms(step + plan.label - begin)),
          values: inside.map((row) => row.values),
        };
      });
    });
    return { populations, synapses };
  }

  /** Returns PyNN's name of a variable, and the factor for SI's numbers. */
  #inPynn(owner: string, variable: string, unit: string): { readonly name: string; readonly scale: number } {
    const { model } = this.#imported.valid;
    const type = model.neurons[model.populations[owner]?.type ?? ''];
    const claimed = type?.conformsTo?.type.replace('pynn/', '') ?? '';
    const cell = standardCells.get(claimed);
    const name = Object.entries(cell?.recordable ?? {}).find(([, ours]) => ours === variable)?.[0];
    const dotted = /^(\w+)_([gi]syn)$/.exec(variable);
    const composed = claimed === 'PointNeuron' && dotted !== null ? `${dotted[1]}.${dotted[2]}` : variable;
    return { name: name ?? composed, scale: variable === 'g_s' || variable === 'g_r' ? 1e9 : (scales[unit] ?? 1) };
  }
}

function trainsOf(train: SpikeTrains): readonly (readonly [number, Uint32Array])[] {
  const { cells } = train.plan;
  return Array.from(
    { length: elementCount(cells) },
    (_, row) => [elementAt(cells, row), train.read(row, row + 1)] as const,
  );
}

/** Stretches of steps between resets. */
function segmentsOf(record: RunRecord): readonly { readonly begin: number; readonly end: number }[] {
  const spans = new Map<string, { begin: number; end: number }>();
  for (const { segment, begin, end } of record.phases) {
    const known = spans.get(segment);
    if (known === undefined) spans.set(segment, { begin, end });
    else known.end = Math.max(known.end, end);
  }
  return spans.size === 0 ? [{ begin: 0, end: record.steps }] : [...spans.values()];
}
