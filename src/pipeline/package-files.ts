/** Files that come with the package: schemas and starting points. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { invariant } from '../diagnostics/diagnostic.js';

/** Returns the folder of the package: the nearest one above this file, bundled or not, that has the schemas. */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'schemas/model.schema.json'))) {
    const parent = dirname(folder);
    invariant(parent !== folder, 'run/package-files', 'the folder of the package has no schemas');
    folder = parent;
  }
  return folder;
}

/** Returns a file of the package. @param path  from the package's own folder, with `/` */
export const packageBytes = (path: string): Buffer => readFileSync(join(packageFolder(), path));

/** Returns the text of a file of the package. @param path  from the package's own folder, with `/` */
export const packageFile = (path: string): string => packageBytes(path).toString('utf8');
