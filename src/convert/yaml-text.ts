/** YAML for people: equations as they stand in papers, short maps and lists on one line. */

import { Document, isCollection, isPair, isScalar, Scalar, visit, type ScalarTag } from 'yaml';
import { wrappedEquations } from '../../translators/shared/wrapped-equations.js';

const longestLine = 100;

/** Numbers as readers of YAML 1.1, such as PyYAML, know them: `1e-7` is a text to them. */
const float: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value) => typeof value === 'number' && /^-?\de/.test(String(value)),
  // Texts are read by the tags that are there already.
  test: /(?!)/,
  resolve: Number,
  stringify: ({ value }) => String(value).replace('e', '.0e'),
};

/** Words that YAML 1.1 takes for true and false. */
const booleans = /^(on|off|yes|no)$/i;

/** Checks whether a text is written as a block: several lines, or equations with their units. */
const isBlock = (value: unknown): boolean => typeof value === 'string' && /\n| : /.test(value);

/** Returns the text of a value that JSON can hold, ending with a newline. */
export function yamlText(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false, customTags: (tags) => [float, ...tags] });
  visit(document, {
    Collection(_key, node, path) {
      if (path.length <= 1) return undefined;
      // Width of the text before it on its line, and its indentation: two spaces for each level.
      const [parent] = path.slice(-1);
      const before = isPair(parent) ? String(parent.key).length + 2 : 2;
      const indent = 2 * (path.filter(isCollection).length - 1);
      const plain: unknown = node.toJSON();
      const isList = Array.isArray(plain) && plain.every((item) => typeof item === 'number');
      const line = JSON.stringify(plain).replaceAll('"', '');
      node.flow = isList || (indent + before + line.length <= longestLine && !hasBlocks(plain));
      return undefined;
    },
    Scalar(_key, node, path) {
      const [parent] = path.slice(-1);
      if (isPair(parent) && isScalar(parent.key) && parent.key.value === 'model' && typeof node.value === 'string')
        node.value = wrappedEquations(node.value, 2 * path.filter(isCollection).length);
      if (isBlock(node.value)) node.type = Scalar.BLOCK_LITERAL;
      else if (typeof node.value === 'string' && booleans.test(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** Checks whether anything in a value is a block of text. */
const hasBlocks = (value: unknown): boolean =>
  isBlock(value) || (typeof value === 'object' && value !== null && Object.values(value).some(hasBlocks));
