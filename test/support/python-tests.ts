/** Which tests need environments of Python. */

import { present } from './changes.js';
import { namesIn, reachedFrom } from './reach.js';

/** Returns the test files that reach an environment of Python, or the site that is made with it, and the others. */
export function testsByPython(): Readonly<Record<'with-python' | 'without-python', readonly string[]>> {
  const repository = present();
  const names = namesIn(repository);
  const users = new Set(
    repository.files.filter(
      (path) =>
        /^(?:test|scripts)\/.*\.(?:[cm]?[jt]s|sh)$/.test(path) && /\.venv|'out\/site'/.test(repository.text(path)),
    ),
  );
  const tests = repository.files.filter((path) => path.endsWith('.test.ts'));
  const needs = (test: string): boolean => [...reachedFrom(test, names)].some((path) => users.has(path));
  return { 'with-python': tests.filter(needs), 'without-python': tests.filter((test) => !needs(test)) };
}
