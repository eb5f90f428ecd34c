/** The HDF5 library, which is loaded on demand. */
export { default } from 'h5wasm';
