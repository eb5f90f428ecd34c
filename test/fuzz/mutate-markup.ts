/** Documents in XML with a few elements and attributes changed. */

import { exchanged, line } from './expressions.js';
import { names, numbers, quantities } from './nasty.js';
import type { Random } from './random.js';

/** An element of XML, or text. */
export type Markup = string | { name: string; attributes: [string, string][]; children: Markup[] };

type Element = Exclude<Markup, string>;

const token =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<\/([\w:.-]+)\s*>|<([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|[^<]+/g;

/** The tree of a document that is well formed; comments are left out. */
export function markupOf(text: string): Element {
  const root: Element = { name: '', attributes: [], children: [] };
  const open = [root];
  for (const [all, closes, name, attributes = '', empty] of text.matchAll(token)) {
    const parent = open.at(-1) ?? root;
    if (closes !== undefined) open.pop();
    else if (name !== undefined) {
      const found = [...attributes.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)];
      const element: Element = {
        name,
        attributes: found.map(([, key = '', double, single]) => [key, unescaped(double ?? single ?? '')]),
        children: [],
      };
      parent.children.push(element);
      if (empty === '') open.push(element);
    } else if (!all.startsWith('<!') && !all.startsWith('<?') && all.trim() !== '')
      parent.children.push(unescaped(all));
  }
  return root.children.find((child) => typeof child !== 'string') ?? root;
}

const entities: readonly (readonly [string, string])[] = [['&lt;', '<'], ['&gt;', '>'], ['&quot;', '"'], ['&apos;', "'"], ['&amp;', '&']]; // prettier-ignore
const unescaped = (text: string): string => entities.reduce((all, [said, meant]) => all.replaceAll(said, meant), text);
const escaped = (text: string): string =>
  [...entities].reverse().reduce((all, [said, meant]) => all.replaceAll(meant, said), text);

/** The document as text. */
export function textOf(markup: Markup): string {
  if (typeof markup === 'string') return escaped(markup);
  const attributes = markup.attributes.map(([key, value]) => ` ${key}="${escaped(value)}"`).join('');
  return markup.children.length === 0
    ? `<${markup.name}${attributes}/>`
    : `<${markup.name}${attributes}>\n${markup.children.map(textOf).join('\n')}</${markup.name}>`;
}

function copyOf(markup: Markup): Markup {
  return typeof markup === 'string'
    ? markup
    : {
        name: markup.name,
        attributes: markup.attributes.map(([key, value]) => [key, value]),
        children: markup.children.map(copyOf),
      };
}

function elementsOf(markup: Markup, into: Element[] = []): Element[] {
  if (typeof markup === 'string') return into;
  into.push(markup);
  for (const child of markup.children) elementsOf(child, into);
  return into;
}

/** A document with one to four changes; `others` lend elements. */
export function mutateMarkup(seed: Element, others: readonly Element[], random: Random): Element {
  const tree = copyOf(seed) as Element;
  for (let changes = random.once(2) ? 1 : 1 + random.below(4); changes > 0; changes--) change(tree, others, random);
  return tree;
}

function change(tree: Element, others: readonly Element[], random: Random): void {
  const element = random.pick(elementsOf(tree));
  const { attributes, children } = element;
  const other = (): Element => copyOf(random.pick(elementsOf(random.pick(others)))) as Element;
  const at = random.below(children.length);
  switch (random.below(10)) {
    case 0:
      children.splice(at, 1);
      return;
    case 1:
      if (children.length > 0) children.push(copyOf(random.pick(children)));
      return;
    case 2:
      children.splice(at, 0, other());
      return;
    case 3:
      element.name = random.once(6) ? random.pick(names.filter((name) => /^[\w.]+$/.test(name))) : other().name;
      return;
    case 4:
      attributes.splice(random.below(attributes.length), 1);
      return;
    case 5:
      attributes.push(random.pick(other().attributes) ?? ['id', random.pick(names)]);
      return;
    default: {
      const attribute = random.pick(attributes);
      if (attribute) attribute[1] = otherValue(attribute[1], others, random);
    }
  }
}

function otherValue(value: string, others: readonly Element[], random: Random): string {
  switch (random.below(8)) {
    case 0:
      return random.pick(names);
    case 1:
      return random.pick(quantities);
    case 2:
      return String(random.pick(numbers));
    case 3:
      return line(random);
    case 4:
      return random.pick(random.pick(elementsOf(random.pick(others))).attributes)?.[1] ?? '';
    default:
      return exchanged(value, random);
  }
}
