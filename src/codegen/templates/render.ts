/** Program frames: Handlebars templates without logic that receive a flat view of texts. */

import { platform } from '#platform';
import Handlebars from 'handlebars';
import { InvariantError } from '../../diagnostics/diagnostic.js';

const compiled = new Map<string, Handlebars.TemplateDelegate>();

function templateOf(name: string): Handlebars.TemplateDelegate {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const source = platform.asset(`src/codegen/templates/${name}.hbs`);
  const template = Handlebars.compile(source, { noEscape: true, strict: true });
  compiled.set(name, template);
  return template;
}

/**
 * The text of a frame.
 *
 * @param name  of a file `<name>.hbs` in this folder
 * @throws InvariantError when the view lacks a value that the template names
 */
export function renderTemplate(name: string, view: Readonly<Record<string, unknown>>): string {
  try {
    return templateOf(name)(view);
  } catch (error) {
    throw new InvariantError(`template ${name}`, error instanceof Error ? error.message : String(error));
  }
}
