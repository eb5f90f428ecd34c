/** A certificate as one self-contained page of HTML, which prints on two pages of A4. */

import { markupText } from '../../diagnostics/display.js';
import {
  countText,
  isReproduced,
  judgedOutputs,
  meanings,
  outputGrades,
  type Certificate,
  type CertifiedOutput,
  type OutputGrade,
  type Person,
} from './certificate.js';
import type { CheckedFile } from '../verify-bundle.js';
import type { DrawnPicture } from './certify.js';

/** Rows of a table that are shown; all are in the JSON. */
const mostRows = 14;
/** Sentences of a list that are shown. */
const mostSentences = 8;
/** Longest text in a cell of a table. */
const longestText = 220;
/** Longest statement on an output, which names each tolerance. */
const longestStatement = 1000;

/** The colours and letters of reports (`src/present`), and less space in print. */
const styles = `
@page { size: A4; margin: 14mm 15mm; }
:root { color-scheme: light dark; --ink: #1c2024; --paper: #fff; --quiet: #5b6470; --line: #dfe3e8; --wash: #f6f7f9;
  --good: #17704a; --fair: #8a6100; --bad: #a8262b; --none: #5b6470; }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --paper: #16191d; --quiet: #a3abb5; --line: #363c44; --wash: #20242a;
  --good: #63c99c; --fair: #dcb04d; --bad: #f08a8e; --none: #a3abb5; }
  figure img { filter: invert(0.91) hue-rotate(180deg); mix-blend-mode: lighten; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1.25rem 3rem; color: var(--ink); background: var(--paper);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
@media print { body { padding: 0; max-width: none; font-size: 9.2pt; line-height: 1.42; } }
header { border-top: 2.2mm solid var(--tone); padding-top: 4mm; display: flex; flex-wrap: wrap; justify-content: space-between; gap: 3mm 8mm; }
.kind { text-transform: uppercase; letter-spacing: .08em; font-size: .83em; color: var(--quiet); margin: 0 0 1mm; }
h1 { font-size: 1.9em; line-height: 1.2; letter-spacing: -.015em; margin: 0 0 1.5mm; }
.people { margin: 0; color: var(--quiet); }
.badge { align-self: start; text-align: center; border: .5mm solid var(--tone); color: var(--tone); border-radius: 2mm; padding: 2.5mm 4mm; min-width: 34mm; }
.badge b { display: block; font-size: 1.36em; line-height: 1.15; }
.badge span { font-size: .87em; }
.lead { width: 100%; margin: 0; padding: 2.5mm 0 3mm; border-bottom: .25mm solid var(--line); }
h2 { font-size: 1.13em; margin: 5mm 0 1.6mm; break-after: avoid; }
dl { display: grid; grid-template-columns: minmax(0, 31mm) minmax(0, 1fr); gap: .7mm 3mm; margin: 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
th { text-align: left; font-weight: 600; font-size: .87em; color: var(--quiet); border-bottom: .3mm solid var(--ink); padding: 0 2mm 1mm 0; }
td { vertical-align: top; border-bottom: .2mm solid var(--line); padding: 1.2mm 2mm 1.2mm 0; overflow-wrap: anywhere; }
tr { break-inside: avoid; }
td small { display: block; color: var(--quiet); font-size: .87em; }
.grade { font-weight: 600; }
.grade::before { content: ""; display: inline-block; width: .62em; height: .62em; border-radius: 50%; margin-right: .45em; background: currentColor; }
.good { color: var(--good); } .fair { color: var(--fair); } .bad { color: var(--bad); } .none { color: var(--none); }
code, pre { font: .89em/1.4 ui-monospace, "DejaVu Sans Mono", monospace; }
pre { background: var(--wash); border-radius: 1.2mm; padding: 2mm 3mm; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
ul { margin: 0; padding-left: 4.5mm; }
figure { margin: 4mm 0 0; text-align: center; break-inside: avoid; overflow-x: auto; }
figure img { width: 100%; max-width: 840px; }
figcaption { color: var(--quiet); font-size: .87em; }
.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 0 8mm; break-inside: avoid; }
.columns dl { grid-template-columns: minmax(0, 24mm) minmax(0, 1fr); }
@media print { figure img { width: auto; max-width: 100%; max-height: 74mm; } }
@media screen and (max-width: 52rem) { figure { margin-inline: -1rem; } }
@media screen and (max-width: 47.9rem) { figure img { max-width: 480px; } }
@media screen and (max-width: 40rem) { .columns { grid-template-columns: minmax(0, 1fr); }
  table, tbody, tr, td { display: block; } thead { display: none; } td { border: 0; padding: .5mm 0; } tr { border-bottom: .2mm solid var(--line); padding: 1.2mm 0; } }
footer { margin-top: 5mm; border-top: .25mm solid var(--line); padding-top: 2mm; color: var(--quiet); font-size: .87em; }
`;

const toneOf = (grade: OutputGrade): string =>
  grade === 'different' ? 'bad' : isReproduced(grade) ? 'good' : grade === 'cannot say' ? 'fair' : 'none';

const tones: Readonly<Record<Certificate['verdict'], string>> = {
  reproduced: 'good',
  'reproduced in part': 'fair',
  'not reproduced': 'bad',
  'nothing to check': 'none',
};

const short = (text: string, longest = longestText): string =>
  text.length > longest ? `${text.slice(0, longest - 1)}…` : text;

const peopleText = (people: readonly Person[]): string =>
  people.map(({ name, orcid }) => (orcid === undefined ? name : `${name} (${orcid.replace(/^.*\//, '')})`)).join(', ');

/** Returns a list of terms; entries without a value are left out. */
function terms(entries: readonly (readonly [string, string | null | undefined])[]): string {
  const items = entries.flatMap(([term, value]) =>
    value === null || value === undefined || value === ''
      ? []
      : [`<dt>${markupText(term)}</dt><dd>${markupText(value)}</dd>`],
  );
  return `<dl>${items.join('')}</dl>`;
}

function listOf(sentences: readonly string[]): string {
  const shown = sentences.slice(0, mostSentences);
  const more = sentences.length - shown.length;
  const items = [
    ...shown.map((sentence) => short(sentence)),
    ...(more > 0 ? [`and ${more} more, in certificate.json`] : []),
  ];
  return `<ul>${items.map((entry) => `<li>${markupText(entry)}</li>`).join('')}</ul>`;
}

function outputRow({ path, kind, grade, statement, model, engine, sha256 }: CertifiedOutput): string {
  const how = [
    kind,
    ...(model === null ? [] : [`model ${model}`]),
    ...(engine === null ? [] : [`engine ${engine}`]),
    `SHA-256 ${sha256.slice(0, 16)}…`,
  ].join(' · ');
  return (
    `<tr><td>${markupText(short(path))}<small>${markupText(short(how))}</small></td>` +
    `<td><span class="grade ${toneOf(grade)}">${markupText(grade)}</span></td><td>${markupText(short(statement, longestStatement))}</td></tr>`
  );
}

function filesSection({ files, sha256 }: Certificate): readonly string[] {
  if (files.length === 0) return [];
  const namesOf = (verdict: CheckedFile['verdict']): string =>
    files.flatMap((file) => (file.verdict === verdict ? [file.path] : [])).join(', ');
  const lists = terms([
    ['read', namesOf('read')],
    ['the same model', namesOf('same model')],
    ['not checked', namesOf('not checked')],
  ]);
  if (sha256 === null) return ['<h2>Other files of the folder</h2>', lists];
  const wrong = files.filter(({ verdict }) => verdict === 'different' || verdict === 'unlisted');
  return [
    '<h2>Files of the bundle</h2>',
    ...(wrong.length === 0
      ? [
          '<p style="margin:0 0 1mm">All files are listed, all checksums fit, and no file contradicts the model that is run.</p>',
        ]
      : [listOf(wrong.map(({ path, reason }) => `${path}: ${reason ?? ''}`))]),
    lists,
  ];
}

function paperSection({ paper, doi }: Certificate): readonly string[] {
  if (!paper) return doi === null ? [] : ['<h2>Publication</h2>', terms([['DOI', doi]])];
  return [
    '<h2>Publication</h2>',
    terms([
      ['article', paper.title],
      ['authors', peopleText(paper.authors)],
      ['reference', paper.reference],
      ['checked by', peopleText(paper.codechecker)],
      ['certificate', `CODECHECK ${paper.certificate}`],
      ['report', paper.report],
    ]),
  ];
}

const addressOf = (svg: string): string => `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;

/**
 * Returns the page.
 *
 * @param picture  of a result
 */
export function certificatePage(certificate: Certificate, picture: DrawnPicture | null): string {
  const { title, name, date, verdict, outputs, models, environment, authors, licence, sha256, repeat } = certificate;
  const shown = outputs.slice(0, mostRows);
  const more = outputs.length - shown.length;
  const used = outputGrades.filter((grade) => outputs.some((output) => output.grade === grade));
  const body = [
    `<header style="--tone: var(--${tones[verdict]})"><div><p class="kind">Certificate of computational reproduction</p>`,
    `<h1>${markupText(short(title))}</h1><p class="people">${markupText(short(peopleText(authors)))}</p></div>`,
    `<div class="badge"><b>${markupText(verdict)}</b><span>${markupText(date)}</span></div>`,
    `<p class="lead">${markupText(leadOf(certificate))}</p></header>`,
    '<h2>Outputs</h2>',
    '<table><thead><tr><th style="width:44%">output</th><th style="width:22%">grade</th><th>compared</th></tr></thead><tbody>',
    ...shown.map(outputRow),
    '</tbody></table>',
    ...(more > 0 ? [`<p>And ${more} more, in certificate.json.</p>`] : []),
    ...(picture === null
      ? []
      : [
          `<figure tabindex="0"><picture><source media="screen and (max-width: 47.9rem)" srcset="${addressOf(picture.phone)}">`,
          `<img alt="Picture of ${markupText(outputs.find(({ kind }) => kind === 'result')?.path ?? 'a result')}" src="${addressOf(picture.wide)}"></picture>`,
          `<figcaption>${markupText(outputs.find(({ kind }) => kind === 'result')?.path ?? '')}</figcaption></figure>`,
        ]),
    '<h2>What was run</h2>',
    terms([
      [sha256 === null ? 'folder' : 'bundle', name],
      ['SHA-256', sha256],
      ...models
        .slice(0, 6)
        .map(({ path, name: model, hash }) => ['model', `${model} (${path}), hash ${hash}`] as const),
      ['licence', licence],
    ]),
    ...paperSection(certificate),
    ...filesSection(certificate),
    '<h2>How to repeat it</h2>',
    `<pre>${repeat.map(markupText).join('\n')}</pre>`,
    '<div class="columns"><div><h2>Environment</h2>',
    terms([
      ['interneuron', `${environment.interneuron}, numerics version ${environment.numerics}`],
      ['engines', environment.engines.join(', ')],
      ['system', environment.system],
      ['processor', environment.processor],
      ['Node.js', environment.node],
    ]),
    '</div><div><h2>Meaning of the grades</h2>',
    terms(used.map((grade) => [grade, meanings[grade]] as const)),
    '</div></div>',
    '<h2>Not checked</h2>',
    listOf(certificate.unchecked),
    '<footer>Written by interneuron. The certificate states which outputs a new computation gives again; it does not judge the model or the conclusions of an article.</footer>',
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<title>Certificate: ${markupText(title)}</title>
<style>${styles}</style></head>
<body>
<main>
${body.join('\n')}
</main>
</body></html>
`;
}

function leadOf({ outputs, verdict, description }: Certificate): string {
  const judged = judgedOutputs(outputs);
  const good = judged.filter(({ grade }) => isReproduced(grade)).length;
  const counted =
    judged.length === 0
      ? 'No output could be compared'
      : `${good} of ${judged.length} compared outputs ${good === 1 ? 'was' : 'were'} made again`;
  const contradiction =
    verdict !== 'reproduced' && good === judged.length && good > 0 ? ' Files of the bundle contradict each other.' : '';
  const about = description === null ? '' : ` ${short(description.trim().replace(/\s+/g, ' '))}`;
  return `${counted}: ${countText(outputs)}.${contradiction}${about}`;
}
