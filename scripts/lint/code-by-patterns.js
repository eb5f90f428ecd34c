/**
 * Files that still read code or JSON of a model by regular expressions, each with the form that will take its place.
 * The list may only become shorter: a file without such an expression is reported until it is removed.
 */
const listed = {
  // Names that other parts of a model read: the references of its typed form.
  'src/library/gather/generators.ts': 'prefixes of names in code',
  'src/library/readable/renamed.ts': 'ends of synapses in the JSON of a part',
  // Texts of a notation, before a parser has read them.
  'src/xml/lists.ts': 'attributes of an element of XML',
};

const searches = /^(?:match|matchAll|replace|replaceAll|search|split)$/;

const isJson = (node) =>
  node?.type === 'CallExpression' && node.callee.object?.name === 'JSON' && node.callee.property?.name === 'stringify';

/** Whether a node is a regular expression that contains the value of an expression. */
const isMade = (node) =>
  (node.type === 'NewExpression' || node.type === 'CallExpression') &&
  node.callee.name === 'RegExp' &&
  node.arguments[0]?.type === 'TemplateLiteral' &&
  node.arguments[0].expressions.length > 0;

/**
 * Rejects regular expressions over code or JSON of a model: those that contain a name, and those that search JSON. The
 * typed form tells variables, units and functions of one name apart.
 */
export const noCodeByPatterns = {
  create(context) {
    const reason = Object.entries(listed).find(([file]) => context.filename.endsWith(`/${file}`))?.[1];
    let found = 0;
    const report = (node, message) => {
      found += 1;
      if (reason === undefined) context.report({ node, message });
    };
    const made = (node) => {
      if (isMade(node)) report(node, 'Names in code mean what the typed form says: walk its expressions.');
    };
    return {
      NewExpression: made,
      CallExpression(node) {
        made(node);
        const { object, property } = node.callee;
        const isSearch = isJson(object) && searches.test(property?.name ?? '') && node.arguments[0]?.type !== 'Literal';
        const isPattern = isJson(object) && node.arguments[0]?.regex !== undefined;
        if (isSearch || isPattern || (property?.name === 'test' && isJson(node.arguments[0])))
          report(node, 'JSON of a model is no text to search: read the members of the model.');
      },
      'Program:exit'(node) {
        if (reason !== undefined && found === 0)
          context.report({ node, message: 'Remove this file from the list in scripts/lint/code-by-patterns.js.' });
      },
    };
  },
};
