/** Regular expressions over code or JSON of a model. */

const searches = /^(?:match|matchAll|replace|replaceAll|search|split)$/;

const isJson = (node) =>
  node?.type === 'CallExpression' && node.callee.object?.name === 'JSON' && node.callee.property?.name === 'stringify';

/** Whether a node is a regular expression that contains the value of an expression. */
const isMade = (node) =>
  (node.type === 'NewExpression' || node.type === 'CallExpression') &&
  node.callee.name === 'RegExp' &&
  node.arguments[0]?.type === 'TemplateLiteral' &&
  node.arguments[0].expressions.length > 0;

/** A name between the ends of words, as it is searched for in code: `\bv\b`, `\bgsyn_(exc|inh)\b`. */
const wholeName = /^\\b(?=\w)\w*(?:\([\w|?:]*\))?\\b$/;

/**
 * Rejects regular expressions over code or JSON of a model: those that contain a name, and those that search JSON. The
 * typed form tells variables, units and functions of one name apart.
 */
export const noCodeByPatterns = {
  create(context) {
    const report = (node) =>
      context.report({ node, message: 'Names in code mean what the typed form says: walk its expressions.' });
    const made = (node) => {
      if (isMade(node)) report(node);
    };
    return {
      NewExpression: made,
      Literal(node) {
        if (node.regex !== undefined && wholeName.test(node.regex.pattern)) report(node);
      },
      CallExpression(node) {
        made(node);
        const { object, property } = node.callee;
        const isSearch = isJson(object) && searches.test(property?.name ?? '') && node.arguments[0]?.type !== 'Literal';
        const isPattern = isJson(object) && node.arguments[0]?.regex !== undefined;
        const message = 'JSON of a model is no text to search: read the members of the model.';
        if (isSearch || isPattern || (property?.name === 'test' && isJson(node.arguments[0])))
          context.report({ node, message });
      },
    };
  },
};
