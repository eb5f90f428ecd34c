/** Notations that are read. */

/** A notation that models are read from. */
interface Source {
  /** Name in sentences. */
  readonly title: string;
  /** Names that `--from` takes. */
  readonly names: readonly string[];
  /** Members that mark a document, for notations that are trees of JSON or YAML. */
  readonly heading?: Readonly<Record<string, unknown>>;
  /** Value of `format` at the top of a document. */
  readonly format?: string;
}

const marked = <Format extends string>(format: Format): { format: Format; heading: { format: Format } } => ({
  format,
  heading: { format },
});

/** Each notation that is read. */
const sources = {
  canonical: {
    title: 'the canonical form',
    names: ['canonical'],
    format: 'interneuron/model',
    heading: { interneuron: 1 },
  },
  brian: { title: 'a Brian-like specification', names: ['brian', 'brian-json'], ...marked('interneuron/brian') },
  pynn: { title: 'PyNN-style JSON', names: ['pynn', 'pynn-json'], ...marked('interneuron/pynn') },
  neuroml: { title: 'NeuroML or LEMS', names: ['neuroml', 'lems', 'nml'] },
  sonata: { title: 'a config of SONATA', names: ['sonata'], heading: { networks: { edges: [] } } },
  nir: { title: 'a graph of NIR', names: ['nir'] },
  nmodl: { title: 'a mechanism in NMODL', names: ['nmodl', 'mod'] },
  swc: { title: 'a shape in SWC', names: ['swc'] },
} as const satisfies Readonly<Record<string, Source>>;

/** Notations that are read. */
export type Notation = keyof typeof sources;

/** Notations that are trees of JSON or YAML. */
export type TreeNotation = {
  [N in Notation]: (typeof sources)[N] extends { readonly heading: unknown } ? N : never;
}[Notation];

const entries = Object.entries(sources) as readonly (readonly [Notation, Source])[];

/** Returns the name of a notation in sentences. */
export const titleOf = (notation: Notation): string => sources[notation].title;

/** Returns the members that mark a document of a notation. */
export const headingOf = (notation: Notation): Source['heading'] => (sources[notation] as Source).heading;

/** Notations by the value of `format` at the top of their documents. */
export const notationsByFormat: ReadonlyMap<string, TreeNotation> = new Map(
  entries.flatMap(([notation, { format }]) =>
    format === undefined ? [] : [[format, notation as TreeNotation] as const],
  ),
);

/** Notations by the names that `--from` takes. */
export const notationsByName: ReadonlyMap<string, Notation> = new Map(
  entries.flatMap(([notation, { names }]) => names.map((name) => [name, notation] as const)),
);
