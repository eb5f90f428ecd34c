/** The version of this package, as in package.json. */

import { memberOf } from '../diagnostics/member.js';
import { platform } from '#platform';

/** Set when building; sources that run as they are read package.json. */
declare const INTERNEURON_VERSION: string | undefined;

/** Such as `0.1.0`. */
export const version: string = typeof INTERNEURON_VERSION === 'string' ? INTERNEURON_VERSION : readVersion();

function readVersion(): string {
  const description: unknown = JSON.parse(platform.asset('package.json'));
  const found = memberOf(description, 'version');
  return typeof found === 'string' ? found : 'unknown';
}
