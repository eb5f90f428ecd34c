/** Elements of the page, by their ids. */

/** Returns an element of the page. @throws Error when the page lacks it, which is a mistake of the program */
export function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

export const button = (id: string): HTMLButtonElement => element(id, HTMLButtonElement);
export const select = (id: string): HTMLSelectElement => element(id, HTMLSelectElement);

/** Writes text into an element, which is hidden while it has none. */
export function write(id: string, text: string): void {
  const target = element(id, HTMLElement);
  target.textContent = text;
  target.hidden = text === '';
}

/** Makes an element with properties and children. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]> = {},
  children: readonly (Node | string)[] = [],
): HTMLElementTagNameMap[Name] {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export const option = (value: string, text = value): HTMLOptionElement => make('option', { value, textContent: text });
