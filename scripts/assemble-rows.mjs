// Assembles the WebAssembly that writes tables as text, since loading an assembler for each run costs more than it
// saves.
//
//   node scripts/assemble-rows.mjs           writes the generated file
//   node scripts/assemble-rows.mjs --check   exits with 1 when it is not what its source yields
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import loadWabt from 'wabt';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../runtime/results/dat');
const output = join(folder, 'rows.generated.ts');

const wabt = await loadWabt();
const module = wabt.parseWat('rows.wat', readFileSync(join(folder, 'rows.wat'), 'utf8'));
module.resolveNames();
module.validate();
const lines = Buffer.from(module.toBinary({}).buffer)
  .toString('base64')
  .match(/.{1,120}/g);
const text = `/** rows.wat as a binary, in base64; scripts/assemble-rows.mjs writes this file. */
export const rowsBinary =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`;

if (!process.argv.includes('--check')) writeFileSync(output, text);
else if (!existsSync(output) || readFileSync(output, 'utf8') !== text) {
  console.error('rows.generated.ts is not what rows.wat yields; run node scripts/assemble-rows.mjs');
  process.exitCode = 1;
}
