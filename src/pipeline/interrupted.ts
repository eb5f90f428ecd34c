/** The run was stopped before its first step, so it has no results. */
export class InterruptedError extends Error {
  constructor() {
    super('stopped before the first step');
    this.name = 'InterruptedError';
  }
}
