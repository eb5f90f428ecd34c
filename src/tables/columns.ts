/** Columns of a table that are to be read. */

/** Contents of a column: indices of cells from 0, real numbers, or identifiers. */
export type ColumnKind = 'index' | 'number' | 'identifier';

/** A column to read: its name in the header, or its number from 0 in tables without one. */
export interface WantedColumn {
  readonly name: string | number;
  readonly kind: ColumnKind;
}

/** Chooses columns by the names in a table, if it has names, and by the number of its columns. */
type ChooseColumns = (names: readonly string[] | null, width: number) => readonly WantedColumn[];

/** The columns, or a function that chooses them. */
export type WantedColumns = readonly WantedColumn[] | ChooseColumns;
