/**
 * Networks as they are built, here and by PyNN itself (pyNN.mock, which draws as every simulator does and runs no
 * simulation).
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawModel } from '../../../src/draw/draw.js';
import { targets } from '../../../runtime/targets/registry.js';
import { freeze } from '../../../src/convert/freeze.js';
import type { ValidModel } from '../../../src/model/model.js';
import { exportPynn } from '../../../translators/pynn/export.js';
import type { PeerRecords } from '../../support/peer-records.js';
import { failed, networksThere, type Network } from './backend.js';
import { read } from './ours.js';
import { documentOf, type Section } from './probe.js';

/** A document for a test of its network only. */
export interface NetworkProbe {
  readonly section: Section;
  readonly name: string;
  readonly document: Readonly<Record<string, unknown>>;
  /** Files next to the document. */
  readonly files?: Readonly<Record<string, string>>;
  /** Whether PyNN builds the same: each pair, and values and positions within a distance relative to their size. */
  readonly same?: { readonly within: number; readonly refuses?: RegExp; readonly because?: string };
  /** Distances from the theory. */
  readonly exact?: {
    readonly what: string;
    readonly within: Readonly<Record<string, number>>;
    readonly distances: (network: Network) => Readonly<Record<string, readonly [distance: number, unit: string]>>;
  };
  readonly note?: string;
}

export interface MeasuredNetwork {
  readonly probe: NetworkProbe;
  readonly exact: Readonly<Record<string, readonly [distance: number, unit: string]>>;
  /** Largest relative distance from PyNN's network, infinite if pairs differ; or how PyNN refused the script. */
  readonly same?: number | string;
}

/** The network of a model, with all that was drawn. */
export async function networkHere(valid: ValidModel): Promise<Network> {
  const frozen = await freeze(valid, targets['wasm']!);
  const { document } = await exportPynn(frozen.valid);
  const { places } = drawModel(valid);
  const positions = Object.fromEntries(
    [...places].map(
      ([name, { x, y, z }]) => [name, Array.from(x, (_, k) => [x[k] ?? NaN, y[k] ?? NaN, z[k] ?? NaN])] as const,
    ),
  );
  const synapses = Object.fromEntries(
    (document.projections ?? []).map(({ label = '', connector, synapse }) => {
      const rows = (connector.params?.['conn_list'] ?? []) as readonly (readonly number[])[];
      const extra = (rows[0]?.length ?? 2) - 2;
      const names = (connector.params?.['column_names'] ??
        (extra === 2 ? ['weight', 'delay'] : [])) as readonly string[];
      const valueOf = (row: readonly number[], name: string): number => {
        const column = names.indexOf(name);
        const constant = synapse?.params?.[name];
        return column >= 0 ? (row[column + 2] ?? NaN) : typeof constant === 'number' ? constant : 0;
      };
      return [
        label,
        rows.map((row) => [row[0] ?? NaN, row[1] ?? NaN, valueOf(row, 'weight'), valueOf(row, 'delay')] as const),
      ] as const;
    }),
  );
  return { positions, synapses };
}

/** Returns the model of a probe, with its document in a folder with its files. */
function modelOf({ document, files = {} }: NetworkProbe): ValidModel {
  const folder = mkdtempSync(join(tmpdir(), 'interneuron-probe-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return read(documentOf(document), join(folder, 'probe.json')).valid;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Builds all networks, here and, for probes that expect the same network, by PyNN. */
export async function measureNetworks(
  probes: readonly NetworkProbe[],
  records: PeerRecords,
): Promise<readonly MeasuredNetwork[]> {
  const models = probes.map(modelOf);
  const wanted = probes.flatMap(({ same }, k) => (same === undefined ? [] : [k]));
  const theirs = await networksThere(
    records,
    'mock',
    wanted.map((k) => ({ what: `${probes[k]!.section}: ${probes[k]!.name}`, valid: models[k]! })),
  );
  const result: MeasuredNetwork[] = [];
  for (const [k, probe] of probes.entries()) {
    const ours = await networkHere(models[k]!);
    const outcome = theirs[wanted.indexOf(k)];
    result.push({
      probe,
      exact: probe.exact?.distances(ours) ?? {},
      ...(outcome === undefined ? {} : { same: failed(outcome) ? outcome.error : distance(ours, outcome) }),
    });
  }
  return result;
}

const byPost = (rows: Network['synapses'][string]): Network['synapses'][string] =>
  [...rows].sort((a, b) => a[1] - b[1] || a[0] - b[0] || a[2] - b[2]);

const relative = (a: number, b: number): number => (a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b)));

/** A frozen network has delays in whole steps of 0.1 ms. */
const inSteps = (delay: number): number => Number((Math.round(delay / 0.1) * 0.1).toFixed(6));

/** Largest relative distance of two networks. */
function distance(ours: Network, theirs: Network): number {
  let largest = 0;
  for (const [label, rows] of Object.entries(theirs.synapses)) {
    const [a, b] = [byPost(ours.synapses[label] ?? []), byPost(rows)];
    if (a.length !== b.length) return Infinity;
    a.forEach((row, k) => {
      const other = b[k]!;
      if (row[0] !== other[0] || row[1] !== other[1]) largest = Infinity;
      largest = Math.max(largest, relative(row[2], other[2]), relative(row[3], inSteps(other[3])));
    });
  }
  for (const [label, places] of Object.entries(ours.positions)) {
    places.forEach((place, k) =>
      place.forEach(
        (x, axis) => (largest = Math.max(largest, relative(x, theirs.positions[label]?.[k]?.[axis] ?? NaN))),
      ),
    );
  }
  return largest;
}
