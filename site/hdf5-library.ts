/** The HDF5 library, which is loaded on demand. */
export { default } from 'h5wasm'; // oxlint-disable-line import/no-default-export -- as the library exports it
