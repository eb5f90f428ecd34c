import { readFileSync, writeFileSync } from 'node:fs';
import { check, findings } from './support.js';
const { base, rows } = JSON.parse(readFileSync('/tmp/w/rows.json', 'utf8'));
console.log(findings(base));
const out = [];
for (const [name, from, to] of rows) {
  const text = base.replace(from, to);
  const f = findings(text);
  out.push([name, from, to, f]);
  console.log(`${name}: ${f.join(' ')}`);
  for (const d of check(text).list) console.log(`      ${d.message} | exp ${d.expected} | found ${d.found} | ${d.hint ?? ''}`);
}
writeFileSync('/tmp/w/rows-out.json', JSON.stringify(out));
