/** A model as people read it: sections of sentences, tables and equations. */

/** A table of texts; the last column may be long. */
export interface DescriptionTable {
  readonly kind: 'table';
  /** Headings. */
  readonly columns: readonly string[];
  /** One text for each column. */
  readonly rows: readonly (readonly string[])[];
}

/** Preformatted lines, such as equations. */
export interface DescriptionCode {
  readonly kind: 'code';
  /** Title of the lines. */
  readonly caption: string;
  readonly lines: readonly string[];
}

interface DescriptionText {
  readonly kind: 'text';
  readonly text: string;
}

/** A part of the model, such as its neuron types. */
export interface DescriptionSection {
  readonly title: string;
  /** In order of reading. */
  readonly parts: readonly (DescriptionTable | DescriptionCode | DescriptionText)[];
}

/** Description that `describe` prints. */
export interface ModelDescription {
  /** The model's name. */
  readonly title: string;
  readonly sections: readonly DescriptionSection[];
}

/** Tables of cells, channels and inputs in the words of a document. */
export interface FurtherParts {
  readonly sections: readonly DescriptionSection[];
  /** Types whose equations they replace. */
  readonly replaced: ReadonlySet<string>;
  /** Parameters in them, by type: they need not be listed again. */
  readonly listed: ReadonlyMap<string, ReadonlySet<string>>;
  /** Types that are inputs rather than cells. */
  readonly inputs: ReadonlySet<string>;
}

/** Of models whose description has nothing further. */
export const noParts: FurtherParts = { sections: [], replaced: new Set(), listed: new Map(), inputs: new Set() };
