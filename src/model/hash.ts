import { platform } from '#platform';
import canonicalize from 'canonicalize';
import { oncePerObject } from '../diagnostics/memoise.js';
import { checkArgument, object } from '../diagnostics/public-arguments.js';
import { hashedForm } from './hashed-form.js';
import type { Model } from './model.js';

/** SHA-256 digests, in hexadecimal, of a model's contents at three depths. */
export interface ModelHashes {
  /** Types, populations, projections, stimuli, operations, tables, with their ids. */
  readonly model: string;
  /** The same, with timing, clocks, time step, seed and protocol. */
  readonly experiment: string;
  /** The same, with names, metadata, recordings, annotations, claims of conformance. */
  readonly document: string;
}

const normalisedModel = object('the property valid.model of a model that importModel returns', [
  'annotations',
  'experiment',
]);

/**
 * Returns the three identities of a normalised model.
 *
 * Each is the SHA-256 of the RFC 8785 canonical JSON of the normalised form without its defaults. So key order, white
 * space, comments, the spelling of units, and keys that later versions add make no difference.
 *
 * @param model  a normalised model; large arrays count by their digests
 * @source RFC 8785 (JSON Canonicalization Scheme), FIPS 180-4 (SHA-256)
 */
export function hashModel(model: Model): ModelHashes {
  checkArgument('hashModel', model, normalisedModel);
  return {
    get model() {
      return digests.model(model);
    },
    get experiment() {
      return digests.experiment(model);
    },
    get document() {
      return digests.document(model);
    },
  };
}

const formOf = oncePerObject(hashedForm);

/** Hashes of large models take seconds, and few callers read all of them. */
const digests = {
  model: oncePerObject((model: Model): string => digest({ interneuron: 'model', ...formOf(model).model })),
  experiment: oncePerObject((model: Model): string =>
    digest({ interneuron: 'experiment', model: digests.model(model), ...formOf(model).experiment }),
  ),
  document: oncePerObject((model: Model): string =>
    digest({ interneuron: 'document', experiment: digests.experiment(model), ...formOf(model).document }),
  ),
};

/** Returns the SHA-256, in hexadecimal, of the RFC 8785 canonical JSON of a value that JSON can hold. */
export function digest(value: unknown): string {
  return platform
    .sha256()
    .update(canonicalize(value) ?? 'null')
    .hex();
}
