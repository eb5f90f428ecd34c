/** The run was stopped before its first step, so there is nothing to keep. */
export class InterruptedError extends Error {
  constructor() {
    super('stopped before the first step');
    this.name = 'InterruptedError';
  }
}
