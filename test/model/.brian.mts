import { readFileSync, readdirSync } from 'node:fs';
import { readDocument } from '/work/main/src/model/read.js';
import { normalise } from '/work/main/src/model/normalise.js';
import { Diagnostics } from '/work/main/src/diagnostics/diagnostic.js';
import { renderDiagnostics } from '/work/main/src/diagnostics/render.js';
import { importBrian } from '/work/main/translators/brian/import.js';
const files = process.argv.slice(2).length ? process.argv.slice(2) : readdirSync('fixtures/brian').filter((f) => f.endsWith('.yaml')).map((f) => 'fixtures/brian/' + f);
for (const file of files) {
  const text = readFileSync(file, 'utf8');
  const r = readDocument(text, file); const d = new Diagnostics(); d.addAll(r.diagnostics);
  const t0 = performance.now();
  const imported = importBrian(r.value, r.positions, d);
  if (!imported) { console.log(renderDiagnostics(d.list, {})); console.log(file, 'IMPORT FAILED'); continue; }
  const t1 = performance.now();
  const valid = normalise(imported.document, imported.positions, d);
  const t2 = performance.now();
  if (d.list.length) console.log(renderDiagnostics(d.list, {}));
  if (!valid) { console.log(file, 'INVALID'); if (process.env.SHOW) console.log(JSON.stringify(imported.document, null, 1)); continue; }
  const text2 = JSON.stringify(valid.model);
  const d2 = new Diagnostics(); const r2 = readDocument(text2, 'again');
  const v2 = normalise(r2.value, r2.positions, d2);
  console.log(renderDiagnostics(d2.list, {}), file, 'ok; fixed point', v2 !== null && JSON.stringify(v2.model) === text2, (t1 - t0).toFixed(0), (t2 - t1).toFixed(0));
}
