import type { Dataset } from 'h5wasm';

/** Returns the number that 16 bits stand for. */
export function halfOf(bits: number): number;

/** Returns what `read` reads of a dataset. Numbers of 16 bits, which the library does not decode, become doubles. */
export function withHalves(dataset: Dataset, read: (dataset: Dataset) => Dataset['value']): Dataset['value'];
