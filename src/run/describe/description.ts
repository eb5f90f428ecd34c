/** A model as people read it: sections of sentences, tables and equations. */

/** A table whose cells are text; the last column may be long. */
export interface DescriptionTable {
  readonly kind: 'table';
  readonly columns: readonly string[];
  /** One text for each column. */
  readonly rows: readonly (readonly string[])[];
}

/** Lines that stand as they are, such as equations. */
export interface DescriptionCode {
  readonly kind: 'code';
  readonly caption: string;
  readonly lines: readonly string[];
}

interface DescriptionText {
  readonly kind: 'text';
  readonly text: string;
}

export interface DescriptionSection {
  readonly title: string;
  readonly parts: readonly (DescriptionTable | DescriptionCode | DescriptionText)[];
}

export interface ModelDescription {
  readonly title: string;
  readonly sections: readonly DescriptionSection[];
}
