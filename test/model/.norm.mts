import { readFileSync } from 'node:fs';
import { readDocument } from '/work/main/src/model/read.js';
import { normalise } from '/work/main/src/model/normalise.js';
import { hashModel } from '/work/main/src/model/hash.js';
import { Diagnostics } from '/work/main/src/diagnostics/diagnostic.js';
import { renderDiagnostics } from '/work/main/src/diagnostics/render.js';
for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, 'utf8');
  const r = readDocument(text, file); const d = new Diagnostics(); d.addAll(r.diagnostics);
  const valid = normalise(r.value, r.positions, d);
  if (d.list.length) console.log(renderDiagnostics(d.list, {}));
  if (!valid) { console.log(file, 'INVALID'); continue; }
  const text2 = JSON.stringify(valid.model);
  const d2 = new Diagnostics(); const r2 = readDocument(text2, 'again');
  const v2 = normalise(r2.value, r2.positions, d2);
  console.log(renderDiagnostics(d2.list, {}));
  console.log(file, 'fixed point', v2 !== null && JSON.stringify(v2.model) === text2, hashModel(valid.model).model.slice(0, 8));
  if (process.env.SHOW) console.log(JSON.stringify(valid.model, null, 1));
  if (v2 && JSON.stringify(v2.model) !== text2) { const a = JSON.stringify(valid.model, null, 1).split('\n'), b = JSON.stringify(v2.model, null, 1).split('\n'); for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) { console.log(i, a[i], '|', b[i]); break; } }
}
