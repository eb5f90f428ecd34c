/** Comments of a document, with the parts of the model that they are about. */

import { Parser } from 'yaml';
import type { Positions } from '../../diagnostics/positions.js';
import { commentsKey } from '../../model/comments.js';
import { linesOf, type Lines } from '../../model/text/lines.js';
import type { Model, ValidModel } from '../../model/model.js';
import { child } from '../../model/pointer.js';
import { isPhase } from '../../model/tagged.js';
import { factsOf, notationOfSuffix } from './notation.js';
import { placeOf } from './placed.js';
import type { Source } from './read-source.js';
import { isMarkup } from './recognise.js';

/** A comment in a text. */
interface Comment {
  readonly text: string;
  /** Lines that it takes, from 1. */
  readonly first: number;
  readonly last: number;
  /** Whether it is the first text on its line. */
  readonly alone: boolean;
}

/** Returns a model with the comments of its document or script as annotations. Included files keep theirs. */
export function withComments(valid: ValidModel, source: Source, positions: Positions): ValidModel {
  const { name, text } = source.script ?? source;
  const { model } = valid;
  const notation = notationOfSuffix(name);
  const pattern = notation && factsOf(notation).comments;
  if (!pattern && !/#|<!--|\/[/*]/.test(text)) return valid;
  const known = linesOfParts(model, positions, name);
  const comments = new Map<string, string>();
  const partOf = source.script ? partsOfScript(text, known) : partsOfDocument(text, known);
  const linesOfText = text.split(/\r\n|[\r\n]/);
  const found = source.script
    ? scriptComments(text)
    : pattern
      ? commentsIn(text, pattern)
      : isMarkup(text)
        ? commentsIn(text, /<!--([\s\S]*?)-->/g)
        : treeComments(text);
  for (const comment of joined(found)) {
    const pointer = partOf(comment);
    if (pointer === undefined) continue;
    const before = comments.get(pointer);
    const content = source.script ? comment.text : named(comment, linesOfText, known);
    comments.set(pointer, before === undefined ? content : `${before}\n${content}`);
  }
  if (comments.size === 0) return valid;
  const given: unknown = model.annotations[commentsKey];
  const all = { ...(typeof given === 'object' ? given : {}), ...Object.fromEntries(comments) };
  return { ...valid, model: { ...model, annotations: { ...model.annotations, [commentsKey]: all } } };
}

// --- Comments of a text ---------------------------------------------------------------------------------------------

/** Returns the texts that the groups of a pattern match. */
function commentsIn(text: string, pattern: RegExp): readonly Comment[] {
  const lines = linesOf(text);
  return [...text.matchAll(pattern)].flatMap((match) => {
    const [all, ...groups] = match;
    const inner = groups.find((group) => group !== undefined);
    return inner === undefined ? [] : commentAt(text, lines, match.index, match.index + all.length, inner);
  });
}

function commentAt(text: string, lines: Lines, from: number, to: number, inner: string): readonly Comment[] {
  const written = inner
    .split(/\r\n|[\r\n]/)
    .map((line) => line.trim())
    .filter((line) => !isForTools(line));
  const content = written.join('\n').trim();
  if (content === '') return [];
  const { line: first, column } = lines.at(from);
  const alone = text.slice(from - column + 1, from).trim() === '';
  return [{ text: content, first, last: lines.at(to - 1).line, alone }];
}

/**
 * Checks whether a comment is for tools rather than for readers: interpreters, editors, formatters; or a heading in a
 * script.
 */
const isForTools = (line: string): boolean =>
  /^(?:!|-\*-|%%|-{3,}|={3,}|(?:en)?coding[:=]|fmt: |noqa\b|type: ignore|pylint: |yaml-language-server: )/.test(line);

/** Comments of JSON and YAML. */
function treeComments(text: string): readonly Comment[] {
  if (/^\s*[[{]/.test(text)) return commentsIn(text, /"(?:[^"\\]|\\.)*"|\/\/(.*)|\/\*([\s\S]*?)\*\//g);
  if (!text.includes('#')) return [];
  const lines = linesOf(text);
  const found: Comment[] = [];
  const add = (offset: number, source: string): void => {
    found.push(...commentAt(text, lines, offset, offset + source.length, source.replace(/^#+/, '')));
  };
  const visit = (token: unknown, key?: string): void => {
    if (Array.isArray(token)) for (const member of token) visit(member, key);
    else if (isToken(token)) {
      const { type, offset = 0, source = '' } = token;
      if (type === 'comment') add(offset, source);
      else if (type === 'block-scalar' && equations.has(key ?? '')) inEquations(text, offset, source, add);
      else for (const inner of Object.values(token)) visit(inner, isToken(token.key) ? token.key.source : key);
    }
  };
  for (const token of new Parser().parse(text)) visit(token);
  return found;
}

interface Token {
  readonly type?: string;
  readonly offset?: number;
  readonly source?: string;
  readonly key?: unknown;
}

const isToken = (value: unknown): value is Token => typeof value === 'object' && value !== null;

/** Keys that have multi-line text with separate comments. */
const equations: ReadonlySet<string> = new Set([
  'model',
  'equations',
  'reset',
  'on_pre',
  'on_post',
  'code',
  'on_event',
]);

function inEquations(
  text: string,
  offset: number,
  source: string,
  add: (offset: number, source: string) => void,
): void {
  const start = text.indexOf(source, offset);
  for (const match of source.matchAll(/#.*/g)) add(start + match.index, match[0]);
}

/** Returns the comments of a Python script, excluding `#` in strings. */
const scriptComments = (text: string): readonly Comment[] =>
  commentsIn(text, /"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#+(.*)/g);

/** Comments on lines that follow one another as one. */
function joined(comments: readonly Comment[]): readonly Comment[] {
  const all: Comment[] = [];
  for (const comment of comments) {
    const last = all.at(-1);
    if (last?.alone && comment.alone && comment.first === last.last + 1)
      all[all.length - 1] = { ...last, text: `${last.text}\n${comment.text}`, last: comment.last };
    else all.push(comment);
  }
  return all;
}

// --- Which part a comment is about ----------------------------------------------------------------------------------

/** Lines between a comment and its subject: lists have headings. */
const headings = 1;

/** Returns the subject of a comment in a document: the part that follows it, or the part on its line. */
function partsOfDocument(text: string, known: ReadonlyMap<number, string>): (comment: Comment) => string {
  const lines = text.split(/\r\n|[\r\n]/);
  // Comments before the first element within the root are about all of the document.
  const inRoot = /<(?:Lems|neuroml)\b[^>]*>(?:\s|<!--[\s\S]*?-->)*/i.exec(text);
  const start = inRoot ? linesOf(text).at(inRoot.index + inRoot[0].length).line : lines.findIndex(isContent) + 1;
  const inOrder = [...known.keys()].sort((a, b) => a - b);
  return ({ first, last, alone }) => {
    if (alone && first < start) return '';
    if (alone)
      for (let line = last + 1, seen = 0; line <= lines.length && seen <= headings; line++) {
        const pointer = known.get(line);
        if (pointer !== undefined) return pointer;
        if (isContent(lines[line - 1] ?? '')) seen++;
      }
    return known.get(inOrder.findLast((line) => line <= first) ?? 0) ?? '';
  };
}

/**
 * Returns the subject of a comment in a script; undefined if the code does not make a part. Comments before constants
 * are headings.
 */
function partsOfScript(text: string, known: ReadonlyMap<number, string>): (comment: Comment) => string | undefined {
  const lines = text.split(/\r\n|[\r\n]/);
  const start = lines.findIndex(isContent) + 1;
  return ({ first, last, alone }) => {
    if (!alone) return known.get(first);
    if (first < start) return '';
    const pointer = known.get(last + 1);
    return pointer !== undefined && /\/(?:parameters|values)\//.test(pointer) ? undefined : pointer;
  };
}

/**
 * Prefixes a comment with its key, if the key is not a part of the model. An example is a constant that only occurs in
 * other values.
 */
function named({ text, first, alone }: Comment, lines: readonly string[], known: ReadonlyMap<number, string>): string {
  const key = /^\s*(?:- *)?(["']?)([A-Za-z_]\w*)\1\s*:/.exec(lines[first - 1] ?? '')?.[2];
  return alone || key === undefined || known.has(first) ? text : `${key}: ${text}`;
}

const isContent = (line: string): boolean => /^\s*[^\s#]/.test(line) && !/^\s*<[?!]/.test(line);

/** Returns the lines of a document, with the part of the model that each defines. */
function linesOfParts(model: Model, positions: Positions, document: string): ReadonlyMap<number, string> {
  const lines = new Map<number, string>();
  const add = (pointer: string, called = pointer): void => {
    for (const place of [positions.keyPlace?.(pointer), placeOf(positions, pointer)]) {
      if (place?.line === undefined || place.document !== document || lines.has(place.line)) continue;
      lines.set(place.line, called);
    }
  };
  const each = (pointer: string, parts: object): void => {
    for (const key of Object.keys(parts)) add(child(pointer, key));
  };
  for (const section of ['populations', 'projections', 'stimuli', 'operations', 'tables'] as const)
    each(`/${section}`, model[section]);
  model.recordings.forEach(({ name }, k) => {
    add(`/recordings/${k}`, child('/recordings', name));
  });
  let runs = 0;
  model.experiment.protocol.forEach((phase, k) => {
    add(`/experiment/protocol/${k}`, `/experiment/runs/${runs}`);
    if (isPhase(phase, 'run') || isPhase(phase, 'runUntil')) runs++;
  });
  for (const section of ['neurons', 'synapses'] as const) {
    each(`/${section}`, model[section]);
    for (const [name, type] of Object.entries(model[section])) {
      const pointer = child(`/${section}`, name);
      for (const inner of ['derivatives', 'derived', 'state', 'parameters', 'events', 'pathways'] as const)
        each(`${pointer}/${inner}`, (type as Readonly<Record<string, object>>)[inner] ?? {});
    }
  }
  for (const [name, { values }] of Object.entries(model.populations))
    each(`${child('/populations', name)}/values`, values);
  for (const [name, { values }] of Object.entries(model.projections))
    each(`${child('/projections', name)}/values`, values);
  return lines;
}
