/** The common interface of compilers for CUDA C++. */

/**
 * The target of a compiler: `sm_90` is one architecture's machine code, `compute_90` a form that drivers translate for
 * it and for later ones.
 */
export type Architecture = `sm_${number}` | `compute_${number}`;

/** The result of a compilation. */
export type Compiled = { readonly image: Uint8Array } | { readonly log: string };

/** A compiler for CUDA C++, a library or a command. */
export interface CudaCompiler {
  /** `NVRTC 13.0`, `nvcc 13.0.88`. */
  readonly title: string;
  /** All inputs of its output other than options and source. */
  readonly identity: string;
  /** The version of CUDA it belongs to, such as 13000 for 13.0. */
  readonly version: number;
  /** Ten times the compute capabilities that it makes code for, ascending. */
  readonly capabilities: readonly number[];
  /** Compiles a source for one architecture, which the options name. */
  compile(source: string, options: readonly string[]): Promise<Compiled>;
}
