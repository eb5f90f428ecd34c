/**
 * What a test reaches: the sources that it imports, and the files and folders that these sources name, such as
 * fixtures, templates, schemas and programs in Python, to any depth. Imports of types alone do not count.
 */

import { posix } from 'node:path';

/** The files of a repository, as paths from its root. */
export interface Repository {
  readonly files: readonly string[];
  /** Returns the text of a file. */
  text(path: string): string;
}

/** Folders of sources: who names one of them as a whole does not depend on every text in it. */
const roots: ReadonlySet<string> = new Set(['src', 'test', 'translators', 'runtime', 'scripts', 'site', 'bench']);

/** Files on which every test depends. */
const general = /^(?:package(?:-lock)?\.json|vitest\.config\.ts)$/;

const isSource = (path: string): boolean => /\.[cm]?[jt]s$/.test(path);

/** Returns the folders that hold a path, from the innermost on. */
function foldersOf(path: string): string[] {
  const words = path.split('/').slice(0, -1);
  return words.map((_, k) => words.slice(0, words.length - k).join('/')).filter((folder) => !roots.has(folder));
}

/** Returns the paths that a file imports or names. */
type Names = (path: string) => readonly string[];

const namesOf = new WeakMap<Repository, Names>();

/** Returns who names whom in a repository: each source is read once. */
export function namesIn(repository: Repository): Names {
  const found = namesOf.get(repository) ?? readNames(repository);
  namesOf.set(repository, found);
  return found;
}

function readNames(repository: Repository): Names {
  const known = new Set(repository.files.flatMap((path) => [path, ...foldersOf(path)]));
  const files = new Set(repository.files);
  const aliases = files.has('package.json') ? aliasesIn(repository.text('package.json')) : new Map<string, string[]>();
  const all = new Map<string, readonly string[]>();
  return (path) => {
    let names = all.get(path);
    if (names === undefined && isSource(path) && files.has(path))
      names = namedPaths(path, repository.text(path), known, aliases);
    // Programs in Python import their neighbours.
    names ??= path.endsWith('.py') ? foldersOf(path).slice(0, 1) : [];
    all.set(path, names);
    return names;
  };
}

/** Returns a file, and what it reaches. */
export function* reachedFrom(file: string, names: Names): Generator<string> {
  const reached = new Set([file]);
  for (const path of reached) {
    yield path;
    for (const name of names(path)) reached.add(name);
  }
}

/** Returns whether a file reaches a changed file, itself included. @param changed includes removed files */
export function reaches(file: string, changed: readonly string[], names: Names): boolean {
  // A source matters where it is imported, any other file also where a folder of it is read.
  const marked = new Set(changed.flatMap((path) => [path, ...(isSource(path) ? [] : foldersOf(path))]));
  for (const path of reachedFrom(file, names)) if (marked.has(path)) return true;
  return false;
}

/**
 * Returns the tests that reach a changed file.
 *
 * @param changed  includes removed files
 * @param concerns whether a change of a file may concern a test that reaches it
 */
export function testsReaching(
  changed: readonly string[],
  tests: readonly string[],
  repository: Repository,
  concerns: (path: string, test: string) => boolean = () => true,
): ReadonlySet<string> {
  if (changed.some((path) => general.test(path))) return new Set(tests);
  const names = namesIn(repository);
  return new Set(
    tests.filter((test) => {
      const here = changed.filter((path) => concerns(path, test));
      return reaches(test, here, names);
    }),
  );
}

/** Returns the files that stand for each name of `imports` in package.json. */
function aliasesIn(text: string): ReadonlyMap<string, readonly string[]> {
  const { imports = {} } = JSON.parse(text) as { imports?: Readonly<Record<string, Readonly<Record<string, string>>>> };
  return new Map(
    Object.entries(imports).map(([name, targets]) => [
      name,
      Object.values(targets).map((target) => posix.normalize(target)),
    ]),
  );
}

/**
 * Returns the known paths that a source text imports or names, outside its comments.
 *
 * @param known   files and folders of the repository
 * @param aliases files by the names of `imports` in package.json
 */
export function namedPaths(
  path: string,
  text: string,
  known: ReadonlySet<string>,
  aliases: ReadonlyMap<string, readonly string[]> = new Map(),
): string[] {
  const code = text.replace(/^\s*(?:\/?\*|\/\/).*$/gm, '').replace(/^(?:import|export) type [^;]*? from [^;]*;/gm, '');
  const names = new Set<string>();
  // Tests start a bundle of the program, which is made before them.
  if (code.includes("inject('program')")) names.add('test/support/program-bundle.ts');
  for (const [alias, targets] of aliases)
    if (code.includes(`'${alias}'`)) for (const target of targets) names.add(target);
  for (const [written] of code.matchAll(
    /(?<=['"`])[\w@][\w@.-]*(?=['"`])|(?:(?:\.{1,2}\/)+[\w@]|[\w@][\w@.-]*\/)[\w@./-]*/g,
  )) {
    const word = written.replace(/\/$/, '');
    const fromRoot = word.replace(/^(?:\.{1,2}\/)+/, '');
    for (const whole of [posix.join(posix.dirname(path), word), fromRoot]) {
      // Of a name that goes on with a variable the folder is known.
      const candidates = [
        whole.replace(/(?<=\.[cm]?)js$/, 'ts'),
        whole,
        ...(word.includes('/') ? [posix.dirname(whole)] : []),
      ];
      const found = candidates.find((one) => known.has(one));
      if (found !== undefined) names.add(found);
    }
  }
  return [...names];
}
