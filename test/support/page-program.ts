/** Builds the program of pages once if `npm run build` has not: `page` puts it into its files. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bundleProgram } from '../../scripts/page.js';
import { root } from './import-graph.js';

export async function setup(): Promise<void> {
  if (!existsSync(join(root, 'dist/page/main.js.br'))) await bundleProgram(join(root, 'dist'));
}
