/** The version of this package, as in package.json. */

import { readFileSync } from 'node:fs';

/** Set when building; sources that run as they are read package.json. */
declare const INTERNEURON_VERSION: string | undefined;

/** Such as `0.1.0`. */
export const version: string = typeof INTERNEURON_VERSION === 'string' ? INTERNEURON_VERSION : readVersion();

function readVersion(): string {
  const description: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const found =
    description !== null && typeof description === 'object' && 'version' in description
      ? description.version
      : undefined;
  return typeof found === 'string' ? found : 'unknown';
}
