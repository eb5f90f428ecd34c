/** The HDF5 library, which is loaded on demand. */
import library from 'h5wasm';

export const h5 = library;
