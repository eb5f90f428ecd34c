/** Writes the page in which models run as a site of static files: `npm run site [FOLDER]`. */
import { resolve } from 'node:path';
import { writeSite } from './page.js';

const folder = resolve(process.argv[2] ?? 'out/page');
await writeSite(folder);
console.log(`wrote ${folder}`);
