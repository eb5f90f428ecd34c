/** Targets in Node, which are loaded when they are needed: most commands run nothing. */

import type { Target } from './target.js';

/** Returns all targets by name. */
export const loadTargets = async (): Promise<Readonly<Record<string, Target>>> =>
  (await import('./registry.js')).targets;
