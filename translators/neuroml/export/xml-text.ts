/** Elements as XML text. */

import { XMLBuilder } from 'fast-xml-parser';

/** An element without text. */
export interface Element {
  readonly tag: string;
  /** In the order in which they are written. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
}

export function element(tag: string, attributes: Readonly<Record<string, string>> = {}, children: readonly Element[] = []): Element {
  return { tag, attributes, children };
}

/** A document with one root, indented by two spaces. */
export function xmlText(root: Element): string {
  const builder = new XMLBuilder({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    format: true,
    indentBy: '  ',
    suppressEmptyNode: true,
  });
  return `${builder.build([ordered(root)]).trim()}\n`;
}

const ordered = ({ tag, attributes, children }: Element): Record<string, unknown> => ({ [tag]: children.map(ordered), ':@': attributes });
