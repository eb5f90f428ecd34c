/** SONATA's configs: variables of the manifest replaced, the circuit's and the simulation's merged. */

import { platform } from '#platform';
import type { Diagnostics, Finding, Place } from '../../src/diagnostics/diagnostic.js';
import { memberOf } from '../../src/diagnostics/member.js';
import { isRefused } from '../../src/diagnostics/system-error.js';
import type { Positions } from '../../src/diagnostics/positions.js';
import { child } from '../../src/model/pointer.js';
import { readDocument } from '../../src/model/text/read.js';
import type { Hdf5File, Hdf5Group } from '../shared/hdf5.js';
import { checkConfigKeys } from './keys.js';
import * as messages from './messages.js';

const { dirname, isAbsolute, join } = platform.paths;

/** Files of a circuit. Relative paths start from the folder of the config. */
export interface SonataFiles {
  text(path: string): { readonly text: string } | { readonly refused: string };
  /** @param only  names of the members of the root to read */
  hdf5(path: string, only: readonly string[]): Hdf5File;
}

/** A path as written in a config, relative to the folder of the main config. */
export interface PathAt {
  readonly path: string;
  /** The path for messages. */
  readonly document: string;
  /** Place of the path in the config. */
  readonly place: Place;
}

/** A config with the tools to read its values and files. */
export interface Config {
  /** Returns the value of a member or of a nested member, or undefined if it is missing. */
  get(...keys: readonly (string | number)[]): unknown;
  place(...keys: readonly (string | number)[]): Place;
  /** Returns the JSON pointer in the main config, for places of the canonical document. */
  pointer(...keys: readonly (string | number)[]): string;
  /**
   * Returns a path stated at these keys, below a folder if one is given. Returns undefined after reporting that it is
   * not a text.
   */
  path(...keys: readonly (string | number)[]): PathAt | undefined;
  /** Returns a file below a folder. */
  within(folder: PathAt | undefined, name: string, place: Place): PathAt;
  /** Returns the text of a file, or undefined after a report. */
  text(path: PathAt): string | undefined;
  /** Returns the text of a file, or undefined if it is not read. */
  textIfThere(path: PathAt): string | undefined;
  /** Returns members of the root of an HDF5 file with these names, or undefined after a report. */
  hdf5(path: PathAt, only: readonly string[]): Hdf5Group | undefined;
  /** Adds a finding. Returns undefined. */
  report(finding: Finding, place: Place): undefined;
  /** Names parts that were not read for a reported reason. */
  refuse(...parts: readonly string[]): void;
}

interface Part {
  readonly value: unknown;
  readonly positions: Positions;
  /** Folder of its file, relative to the folder of the main config. */
  readonly folder: string;
}

/** Config of the circuit of simulations that name none, beside theirs. @source libsonata 0.2.2, SimulationConfig */
const usualCircuit = 'circuit_config.json';

/** Checks whether a config has no circuit, neither its own nor the name of one. */
const isAlone = (config: unknown): boolean =>
  memberOf(config, 'networks') === undefined && memberOf(config, 'network') === undefined;

/** Reads a config with the other configs that it names. If several state a part, the main config takes precedence. */
export function readConfig(
  document: unknown,
  positions: Positions,
  diagnostics: Diagnostics,
  files: SonataFiles,
): Config {
  const home = dirname(positions.place('').document);
  const report = (finding: Finding, place: Place): undefined => void diagnostics.add(finding, place);
  let hasBackslashes = false;
  /** Returns a path with `/` between folders; reports the first one without. */
  const withSlashes = (path: string, where: Place): string => {
    if (path.includes('\\') && !hasBackslashes) report(messages.backslashes(), where);
    hasBackslashes ||= path.includes('\\');
    return path.replaceAll('\\', '/');
  };
  const main: Part = { value: withoutVariables(document, positions, report), positions, folder: '' };
  const parts = [main];
  for (const key of ['simulation', 'network']) {
    const stated = memberOf(main.value, key);
    const isUsual = key === 'network' && stated === undefined && parts.every(({ value }) => isAlone(value));
    if (!isUsual && typeof stated !== 'string') continue;
    const name = isUsual ? usualCircuit : withSlashes(String(stated), positions.place(`/${key}`));
    const found = files.text(name);
    if (isRefused(found)) {
      if (isUsual)
        report(
          messages.missingKey('network', `the path of the circuit; ${usualCircuit} beside it`),
          positions.place(''),
        );
      else report(messages.unreadableFile(name, found.refused), positions.place(`/${key}`));
      continue;
    }
    const read = readDocument(found.text, isAbsolute(name) ? name : join(home, name));
    diagnostics.addAll(read.diagnostics);
    const value = withoutVariables(read.value, read.positions, report);
    parts.push({ value, positions: read.positions, folder: dirname(name) });
  }
  /** Reports an unreadable file, unless its path has a variable that was reported. */
  const refuse = (path: PathAt, reason: string): undefined => {
    if (!/\$\{?\w/.test(path.path)) report(messages.unreadableFile(path.document, reason), path.place);
    diagnostics.refuse(path.document);
    return undefined;
  };
  type Keys = readonly (string | number)[];
  const partOf = ([key = '']: Keys): Part =>
    parts.find(({ value }) => memberOf(value, String(key)) !== undefined) ?? main;
  const pointerOf = (keys: Keys): string => keys.reduce<string>((pointer, key) => child(pointer, key), '');
  const get = (...keys: Keys): unknown =>
    keys.reduce<unknown>(
      (value, key) =>
        Array.isArray(value) && typeof key === 'number' ? (value as unknown[])[key] : memberOf(value, String(key)),
      partOf(keys).value,
    );
  const place = (...keys: Keys): Place => partOf(keys).positions.place(pointerOf(keys));
  const at = (path: string, where: Place): PathAt => ({
    path,
    document: isAbsolute(path) ? path : join(home, path),
    place: where,
  });
  for (const { value, positions: own } of parts) checkConfigKeys(value, own, report);
  return {
    get,
    place,
    pointer: (...keys) => (partOf(keys) === main ? pointerOf(keys) : ''),
    path: (...keys) => {
      const stated = get(...keys);
      const text = typeof stated === 'string' ? withSlashes(stated, place(...keys)) : stated;
      if (typeof text === 'string')
        return at(isAbsolute(text) ? text : join(partOf(keys).folder, text), place(...keys));
      if (text !== undefined && text !== null)
        report(messages.wrongValue(String(keys.at(-1)), 'a path', text), place(...keys));
      return undefined;
    },
    within: (folder, name, where) => at(isAbsolute(name) || !folder ? name : join(folder.path, name), where),
    text: (path) => {
      const found = files.text(path.path);
      return isRefused(found) ? refuse(path, found.refused) : found.text;
    },
    textIfThere: (path) => {
      const found = files.text(path.path);
      return isRefused(found) ? undefined : found.text;
    },
    hdf5: (path, only) => {
      const found = files.hdf5(path.path, only);
      return isRefused(found) ? refuse(path, found.refused) : found;
    },
    report,
    refuse: (...parts) => {
      diagnostics.refuse(...parts);
    },
  };
}

/** Most variables that contain one another, and longest text with the values of variables. */
const mostVariables = 100;
const longestPath = 10_000;

const variable = /\$(?:\{(\w+)\}|(\w+))/g;

/**
 * Returns a tree with the manifest's variables replaced in its texts. A text that is one variable becomes its value.
 */
function withoutVariables(
  tree: unknown,
  positions: Positions,
  report: (finding: Finding, place: Place) => void,
): unknown {
  const manifest = memberOf(tree, 'manifest');
  const written = new Map<string, { readonly value: unknown; readonly pointer: string }>();
  for (const [key, value] of Object.entries(typeof manifest === 'object' && manifest !== null ? manifest : {}))
    written.set(key.replace(/^\$\{?|\}$/g, ''), { value, pointer: child('/manifest', key) });
  const resolved = new Map<string, unknown>([
    ['configdir', '.'],
    ['workingdir', '.'],
  ]);
  const open: string[] = [];
  const reported = new Set<string>();
  const complain = (name: string, finding: Finding, pointer: string): string => {
    if (!reported.has(name)) report(finding, positions.place(pointer));
    reported.add(name);
    return `$${name || '_'}`;
  };
  const valueOf = (name: string, pointer: string): unknown => {
    const known = written.get(name);
    if (resolved.has(name) || !known)
      return resolved.has(name)
        ? resolved.get(name)
        : complain(name, messages.unknownVariable(name, [...written.keys()]), pointer);
    if (open.length >= mostVariables) return complain('', messages.variableDepth(mostVariables), known.pointer);
    if (open.includes(name))
      return complain(name, messages.variableCycle([...open.slice(open.indexOf(name)), name]), known.pointer);
    open.push(name);
    const value = typeof known.value === 'string' ? replaced(known.value, known.pointer) : known.value;
    open.pop();
    resolved.set(name, value);
    return value;
  };
  const replaced = (text: string, pointer: string): unknown => {
    const whole = /^\$(?:\{(\w+)\}|(\w+))$/.exec(text);
    if (whole) return valueOf(whole[1] ?? whole[2] ?? '', pointer);
    let length = 0;
    const result = text.replace(variable, (_, braced?: string, bare?: string) => {
      const value = length > longestPath ? '' : String(valueOf(braced ?? bare ?? '', pointer));
      length += value.length;
      return value;
    });
    return length > longestPath ? complain('', messages.variableLength(longestPath), pointer) : result;
  };
  const walk = (node: unknown, pointer: string): unknown => {
    if (typeof node === 'string') return replaced(node, pointer);
    if (Array.isArray(node)) return node.map((item, index) => walk(item, child(pointer, index)));
    if (node === null || typeof node !== 'object') return node;
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, walk(value, child(pointer, key))]));
  };
  return walk(tree, '');
}
