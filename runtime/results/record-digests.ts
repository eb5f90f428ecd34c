/**
 * The digests of a record. They protect facts that a new run cannot reproduce (target, versions, environment), so that
 * later changes are detected. They are not a signature: a person who changes the record and all its digests is not
 * detected.
 */

import { platform } from '#platform';

import canonicalize from 'canonicalize';

import type { RunRecord } from './result.js';

/** Fields outside the digests: the digests themselves, and the model, which has a separate hash. */
const outside: ReadonlySet<string> = new Set(['model', 'digests', 'digest']);
/** The part that describes the machine: it has a digest too, but is not part of the record's own. */
const described = 'environment';

/** The record with its digests. */
export function withDigests(record: Omit<RunRecord, 'digests' | 'digest'>): RunRecord {
  const digests = digestsOf(record);
  return { ...record, digests, digest: digestOf(digests) };
}

/** Names of fields that do not match the digests of the record, in its order; empty for an unchanged record. */
export function changedDigests(record: RunRecord): readonly string[] {
  const now = digestsOf(record);
  const names = [...new Set([...Object.keys(now), ...Object.keys(record.digests)])];
  const broken = names.filter((name) => now[name] !== record.digests[name]);
  return record.digest === digestOf(record.digests) ? broken : [...broken, 'digest'];
}

function digestsOf(record: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record)
      .filter(([name, value]) => !outside.has(name) && value !== undefined)
      .map(([name, value]) => [name, sha256(value)]),
  );
}

function digestOf(digests: Readonly<Record<string, string>>): string {
  return sha256(Object.fromEntries(Object.entries(digests).filter(([name]) => name !== described)));
}

/** SHA-256 of the canonical JSON (RFC 8785) of a value, as it reads back from a file. */
function sha256(value: unknown): string {
  return platform
    .sha256()
    .update(canonicalize(JSON.parse(JSON.stringify(value)) as unknown) ?? '')
    .hex();
}
