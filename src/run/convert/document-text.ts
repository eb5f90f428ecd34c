/** Documents of JSON and YAML as text. */

import { jsonText } from '../json-text.js';

/** A longer document under the name of YAML has the layout of JSON, which is YAML, too. */
const mostInYaml = 1e6;

/** Returns the text of a document in the notation of its name: YAML or JSON. */
export async function documentText(document: unknown, name: string): Promise<string> {
  const json = jsonText(document);
  if (!/\.ya?ml$/i.test(name) || json.length > mostInYaml) return json;
  const { yamlText } = await import('../yaml-text.js');
  return yamlText(JSON.parse(json));
}
