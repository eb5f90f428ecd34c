/** Comments of the model's document, before the elements that they describe. */

import { Comments, commentsKey } from '../../../../src/model/comments.js';
import type { Model } from '../../../../src/model/model.js';
import { child } from '../../../../src/model/pointer.js';
import type { Element } from './xml-text.js';

/** Suffixes of component types and components after the name of their type in the model. */
const endings = /_(?:cells?|synapses?|spikes)$/;

/** Returns a document with the comments of a model. Comments without an element in it stand at its beginning. */
export function withXmlComments(root: Element, { annotations }: Model): Element {
  if (annotations[commentsKey] === undefined) return root;
  const comments = new Comments(annotations);
  const head = comments.take('');
  const named = (sections: readonly string[], name: string): readonly string[] =>
    [...new Set([name, name.replace(endings, '')])].flatMap((one) =>
      sections.flatMap((section) => comments.takeAll(child(`/${section}`, one))),
    );
  /** With comments before the equations of a component type. */
  const withEquations = (type: Element, name: string): Element => ({
    ...type,
    children: type.children.map((part) => ({
      ...part,
      children: part.children.map((equation) => {
        const { variable, name: own } = equation.attributes;
        const about =
          equation.tag === 'TimeDerivative' ? variable : /DerivedVariable$/.test(equation.tag) ? own : undefined;
        const kind = equation.tag === 'TimeDerivative' ? 'derivatives' : 'derived';
        const lines =
          about === undefined
            ? []
            : [...new Set([name, name.replace(endings, '')])].flatMap((one) =>
                ['neurons', 'synapses'].flatMap((section) =>
                  comments.take(child(`${child(`/${section}`, one)}/${kind}`, about)),
                ),
              );
        return commented(equation, lines);
      }),
    })),
  });
  const inNetwork = (part: Element): Element => {
    const { id } = part.attributes;
    return id === undefined ? part : commented(part, named(['populations', 'projections', 'stimuli'], id));
  };
  const networks = root.children.map((part) =>
    part.tag === 'network' ? { ...part, children: part.children.map(inNetwork) } : part,
  );
  const whole = networks.map((part): Element => {
    const { tag, attributes } = part;
    const name = attributes['name'] ?? attributes['id'];
    if (tag === 'network' || name === undefined) return part;
    if (tag === 'Simulation')
      return {
        ...commented(part, comments.takeAll('/experiment')),
        children: part.children.map((output) =>
          commented(output, named(['recordings'], output.attributes['id'] ?? '')),
        ),
      };
    const inner = tag === 'ComponentType' ? withEquations(part, name) : part;
    return commented(inner, [...named(['neurons', 'synapses'], name), ...named(['neurons', 'synapses'], tag)]);
  });
  const [first, ...others] = whole;
  return first === undefined
    ? root
    : { ...root, children: [commented(first, [...head, ...comments.takeRest()]), ...others] };
}

const commented = (element: Element, lines: readonly string[]): Element =>
  lines.length === 0 ? element : { ...element, comment: [...lines, ...(element.comment ?? [])] };
