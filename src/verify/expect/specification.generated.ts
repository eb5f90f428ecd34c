// Generated from schemas/expectations.schema.json by scripts/build-schemas.mjs; do not edit.
export type Run = {
  /** Seed for all random numbers. */
  readonly seed?: number | string;
  /** Time step, such as 0.1 ms. */
  readonly dt?: string;
  /** Duration of the run, such as 1 s. */
  readonly duration?: string;
  /** Order of operations within a step. */
  readonly timing?: "brian" | "grid" | "lems-euler";
  /** Floating-point type of the state. */
  readonly precision?: "float64" | "float32";
  /** Engine that runs the model. */
  readonly target?: "auto" | "wasm" | "c" | "opencl" | "cuda" | "reference";
  /** Values of parameters of the model, by name. */
  readonly set?: Readonly<Record<string, string | number>>;
};

export type Spikes = {
  /** Number of spikes of all cells. */
  readonly count?: Quantity;
  /** Mean rate of a cell. */
  readonly rate?: Quantity;
  /** Mean coefficient of variation of intervals. */
  readonly cv?: Quantity;
  /** Mean CV2 of Holt et al. (1996). */
  readonly cv2?: Quantity;
  /** Mean local variation of Shinomoto et al. (2003). */
  readonly lv?: Quantity;
  /** Mean revised local variation of Shinomoto et al. (2009), with R = 5 ms. */
  readonly lvr?: Quantity;
  /** All spike times of one cell, such as 21.3 ms. */
  readonly times?: readonly (string)[];
  /** Largest distance of a spike from its time; absent: 0.1 ms, or one step if that is longer. */
  readonly within?: string;
};

/** A number with its unit, and a tolerance after ± or +- : 12.5 Hz ± 5 %, -65 mV ± 0.1 mV. Without a tolerance, all written digits must agree. */
export type Quantity = string | number;

/** Results that a model must give, checked by interneuron test: expect.yaml, or NAME.expect.yaml. */
export type ExpectationsDocument = {
  /** Version of this format. */
  readonly expect: 1;
  /** Path of the model, relative to this file; a model in any supported notation, or a result that holds one. */
  readonly model: string;
  /** Options of the run, as of interneuron run. */
  readonly run?: Run;
  /** Fingerprint of the run, or its beginning: all spikes and the final state, bit for bit. */
  readonly fingerprint?: string;
  /** Spikes of populations (exc), of some of their cells (exc[0:80]), of one cell (exc[3]), or of another event (exc.dendritic). */
  readonly spikes?: Readonly<Record<string, Spikes>>;
  /** Values of recorded or other variables of a cell (exc[3].v), each by its time on the grid of samples. */
  readonly values?: Readonly<Record<string, Readonly<Record<string, Quantity>>>>;
};
