/** The version of this package, as in package.json. */

import { memberOf } from '../diagnostics/member.js';
import { platform } from '#platform';

/** Set when building; sources that run as they are read package.json. */
declare const INTERNEURON_VERSION: string | undefined;
declare const INTERNEURON_COMMIT: string | null | undefined;

/** Such as `0.1.0`. */
export const version: string = typeof INTERNEURON_VERSION === 'string' ? INTERNEURON_VERSION : readVersion();

/** The commit that the program was built from; null if its sources were changed, or are no clone. */
export const commit: string | null = typeof INTERNEURON_COMMIT === 'string' ? INTERNEURON_COMMIT : null;

function readVersion(): string {
  const description: unknown = JSON.parse(platform.asset('package.json'));
  const found = memberOf(description, 'version');
  return typeof found === 'string' ? found : 'unknown';
}
