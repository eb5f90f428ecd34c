/**
 * Whether JavaScript itself computes as IEEE 754 has it: the reference target, and every number that a host computes,
 * rest on it.
 */

import { UsageError } from '../../src/diagnostics/diagnostic.js';

/**
 * Checks that JavaScript itself still computes with denormal numbers: a library built with -Ofast switches the
 * processor to flush them when it is loaded.
 *
 * @throws UsageError when it does not
 */
export function trustJavaScript(when: string): void {
  const tiny = Number('1e-310');
  if (tiny * Number('0.5') !== 0) return;
  throw new UsageError(
    `arithmetic in this process cannot be trusted ${when}: denormal numbers are flushed to zero`,
    'a library loaded into the process was built with -ffast-math or -Ofast; run without it',
  );
}
