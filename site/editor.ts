/** The editor of a document, with findings at their places. */

import { autocompletion, closeBrackets } from '@codemirror/autocomplete';
import { json } from '@codemirror/lang-json';
import { xml } from '@codemirror/lang-xml';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, foldGutter, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState, type Extension } from '@codemirror/state';
import { tags } from '@lezer/highlight';
import { highlightActiveLine, highlightActiveLineGutter, lineNumbers } from '@codemirror/view';
import { EditorView, minimalSetup } from 'codemirror';
import { completeKey } from './completion.js';
import type { Diagnostic } from '../src/diagnostics/diagnostic.js';

/** An editor. */
export interface Editor {
  text(): string;
  /** Shows another document. */
  open(name: string, text: string): void;
  /** Marks findings in the document. */
  mark(findings: readonly Diagnostic[]): void;
  /** Moves the cursor to a place, from 1, and takes the keyboard. */
  goTo(line: number, column: number): void;
}

/** Colours of the page, on light and on dark backgrounds. */
const colours = [
  syntaxHighlighting(
    HighlightStyle.define([
      { tag: [tags.propertyName, tags.tagName, tags.definition(tags.propertyName)], color: 'var(--code-key)' },
      { tag: [tags.string, tags.attributeValue, tags.number, tags.literal], color: 'var(--code-text)' },
      { tag: [tags.comment, tags.meta, tags.processingInstruction], color: 'var(--code-note)' },
      { tag: [tags.keyword, tags.attributeName, tags.bool, tags.null], color: 'var(--code-word)' },
    ]),
  ),
  EditorView.theme({
    '&': { color: 'var(--ink)', backgroundColor: 'var(--paper)', fontSize: '14px' },
    '.cm-scroller': { overflow: 'auto', maxHeight: '34em' },
    '.cm-content': { caretColor: 'var(--ink)' },
    '.cm-cursor': { borderLeftColor: 'var(--ink)' },
    '.cm-gutters': { color: 'var(--muted)', backgroundColor: 'var(--wash)', borderRightColor: 'var(--line)' },
    '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--accent) 8%, transparent)' },
    '.cm-tooltip, .cm-panels': { color: 'var(--ink)', backgroundColor: 'var(--wash)' },
    '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
      backgroundColor: 'color-mix(in srgb, var(--accent) 25%, transparent)',
    },
  }),
];

const heldSchema = (name: string): string | undefined => document.getElementById(`schema-${name}`)?.textContent;

const languageOf = (name: string, text: string): Extension =>
  /^\s*</.test(text) ? xml() : /\.json$/.test(name) ? json() : yaml();

/** What an editor of a page needs: a panel for searching and several cursors would make every page larger. */
const setup: Extension = [
  lineNumbers(),
  highlightActiveLineGutter(),
  foldGutter(),
  minimalSetup,
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  highlightActiveLine(),
];

/** Creates an editor. @param changed  called after each change by the user */
export function createEditor(parent: HTMLElement, changed: () => void): Editor {
  let opening = false;
  const stateOf = (name: string, text: string): EditorState =>
    EditorState.create({
      doc: text,
      extensions: [
        setup,
        ...colours,
        languageOf(name, text),
        lintGutter(),
        autocompletion({ override: [(context) => completeKey(context, heldSchema)] }),
        EditorView.contentAttributes.of({ 'aria-label': `Text of ${name}`, tabindex: '0' }),
        // The page opens files that are dropped on the editor; by itself the editor would insert their text.
        EditorView.domEventHandlers({ drop: ({ dataTransfer }) => (dataTransfer?.files.length ?? 0) > 0 }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !opening) changed();
        }),
      ],
    });
  const view = new EditorView({ parent, state: stateOf('the model', '') });
  const at = (line: number, column: number): number => {
    const { doc } = view.state;
    const found = doc.line(Math.max(1, Math.min(line, doc.lines)));
    return Math.min(found.to, found.from + Math.max(0, column - 1));
  };
  return {
    text: () => view.state.doc.toString(),
    open: (name, text) => {
      opening = true;
      view.setState(stateOf(name, text));
      opening = false;
    },
    mark: (findings) => {
      const marks = findings.flatMap(({ severity, message, hint, place }) => {
        if (place?.line === undefined) return [];
        const from = at(place.line, place.column ?? 1);
        const to = Math.min(view.state.doc.length, from + Math.max(1, place.length ?? 1));
        const kind = severity === 'note' ? ('info' as const) : severity;
        return [{ from, to, severity: kind, message: hint === undefined ? message : `${message}. ${hint}` }];
      });
      view.dispatch(setDiagnostics(view.state, marks));
    },
    goTo: (line, column) => {
      const anchor = at(line, column);
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
      view.focus();
    },
  };
}
