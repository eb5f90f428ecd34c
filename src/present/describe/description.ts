/** A model as people read it: sections of sentences, tables and equations. */

import type { Expression, Statement } from '../../lang/ast.js';
import { printExpression, printStatement } from '../../lang/print.js';

/** A table of texts; the last column may be long. */
export interface DescriptionTable {
  readonly kind: 'table';
  /** Headings. */
  readonly columns: readonly string[];
  /** One text for each column. */
  readonly rows: readonly (readonly string[])[];
}

/** A part of a line: words, or a part of a formula. */
export type LinePart =
  | string
  | { readonly kind: 'operator'; readonly symbol: string }
  | { readonly kind: 'variable' | 'derivative' | 'start'; readonly name: string }
  | { readonly kind: 'quantity'; readonly number: number; readonly unit: string }
  | { readonly kind: 'code'; readonly code: Expression | Statement; readonly declared: ReadonlySet<string> };

/** A line of words, or of parts. A line of a part begins with two spaces. */
export type Line = string | readonly LinePart[];

/** Preformatted lines, such as equations. */
export interface DescriptionCode<L extends Line = string> {
  readonly kind: 'code';
  /** Title of the lines. */
  readonly caption: string;
  readonly lines: readonly L[];
}

interface DescriptionText {
  readonly kind: 'text';
  readonly text: string;
}

/** A part of the model, such as its neuron types. */
export interface DescriptionSection<L extends Line = string> {
  readonly title: string;
  /** In order of reading. */
  readonly parts: readonly (DescriptionTable | DescriptionCode<L> | DescriptionText)[];
}

/** Description that `describe` prints. */
export interface ModelDescription<L extends Line = string> {
  /** The model's name. */
  readonly title: string;
  readonly sections: readonly DescriptionSection<L>[];
}

/** Returns a line as text. */
export const lineText = (line: Line): string => (typeof line === 'string' ? line : line.map(partText).join(''));

const operatorTexts: Readonly<Record<string, string>> = { '∑': 'sum of ', ',': ';' };

function partText(part: LinePart): string {
  if (typeof part === 'string') return part;
  switch (part.kind) {
    case 'operator':
      return operatorTexts[part.symbol] ?? ` ${part.symbol} `;
    case 'variable':
      return part.name;
    case 'derivative':
      return `d${part.name}/dt`;
    case 'start':
      return `${part.name}(0)`;
    case 'quantity':
      return part.unit === '1' ? String(part.number) : `${part.number} ${part.unit}`;
    case 'code': {
      const { code } = part;
      const options = { taken: (name: string) => part.declared.has(name) };
      return code.kind === 'assignment' || code.kind === 'send'
        ? printStatement(code, options)
        : printExpression(code, options);
    }
    default:
      return part satisfies never;
  }
}

/** Returns a description with its lines as texts. */
export const withTextLines = ({ title, sections }: ModelDescription<Line>): ModelDescription => ({
  title,
  sections: sections.map((section) => ({
    ...section,
    parts: section.parts.map((part) => (part.kind === 'code' ? { ...part, lines: part.lines.map(lineText) } : part)),
  })),
});

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

/** Parts of a description without such tables. */
export const noParts: FurtherParts = { sections: [], replaced: new Set(), listed: new Map(), inputs: new Set() };
