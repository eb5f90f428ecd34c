/** What is known of a run before its first step, for results to hold. */

import canonicalize from 'canonicalize';
import type { RunHeader, RunMetadata } from '../../runtime/results/result.js';
import type { Program } from '../ir/program.js';
import type { ModelHashes } from '../model/hash.js';
import type { ValidModel } from '../model/model.js';
import { version } from './version.js';

/** The part of a result that lets anyone run it again: the model, and what it runs on. */
export function runHeader(
  { valid, hashes }: { readonly valid: ValidModel; readonly hashes: ModelHashes },
  program: Program,
  engine: { readonly target: string; readonly device: string; readonly threads: number },
): RunHeader {
  const { model } = valid;
  return {
    name: model.name,
    model: canonicalize(model) ?? '',
    hashes,
    seed: model.experiment.seed,
    dt: program.dt,
    precision: program.precision,
    numericsVersion: program.numericsVersion,
    ...engine,
    versions: { interneuron: version, node: process.versions.node },
    started: new Date().toISOString(),
  };
}

/**
 * What the model says of people and of the subject; nothing is invented.
 *
 * @param subject  more about the subject, by NWB's names; replaces what the model says
 */
export function runMetadata({ model }: ValidModel, subject: Readonly<Record<string, string>> = {}): RunMetadata {
  const { description, authors, doi, species } = model.metadata;
  const fields = { ...(species === undefined ? {} : { species }), ...subject };
  return {
    ...(description === undefined ? {} : { description }),
    ...(authors ? { experimenters: authors.map(({ name }) => name) } : {}),
    ...(doi === undefined ? {} : { publications: [doi] }),
    ...(Object.keys(fields).length === 0 ? {} : { subject: fields }),
  };
}
