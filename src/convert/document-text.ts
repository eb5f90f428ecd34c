/** Documents of JSON and YAML as text. */

import { jsonText } from './json-text.js';

/** Longer documents with the suffix of YAML get the layout of JSON, which is also YAML. */
const mostInYaml = 1e6;

/** Returns the text of a document in the notation of its name: YAML or JSON. */
export async function documentText(document: unknown, name: string): Promise<string> {
  const json = jsonText(document);
  if (!/\.ya?ml$/i.test(name) || json.length > mostInYaml) return json;
  const { yamlText } = await import('./yaml-text.js');
  return yamlText(JSON.parse(json));
}
