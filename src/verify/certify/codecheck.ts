/**
 * The article of a certificate, and the configuration of a CODECHECK.
 *
 * @source specification 2.0 of CODECHECK's configuration file, https://codecheck.org.uk/spec/config/2.0, and its rules
 */

import { stringify } from 'yaml';
import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { isObject } from '../../diagnostics/member.js';
import { child } from '../../model/pointer.js';
import { readDocument } from '../../model/text/read.js';
import { countText, type Certificate, type Paper, type Person } from './certificate.js';
import { messages } from './messages.js';

/** Keys of `paper.yaml`, and whether a CODECHECK needs them. */
const keys = {
  title: true,
  authors: true,
  reference: true,
  codechecker: true,
  certificate: true,
  report: true,
  summary: false,
  repository: false,
  'reference-other': false,
} as const;

/** Facts that a CODECHECK needs and no file of a model states. */
export const neededForCodecheck: readonly string[] = [
  'title, authors with ORCIDs, and reference (a URL) of the article',
  'codechecker: the names of the people who check',
  'certificate: the number in the register, such as 2026-001',
  'report: the DOI of the published certificate',
];

const placeholder = /FIXME|TODO|XXXXX/i;

/** Checks an ORCID with its check digit. @source ISO 7064, MOD 11-2 */
export function isOrcid(text: string): boolean {
  if (!/^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$/.test(text)) return false;
  const digits = text.replaceAll('-', '');
  const total = [...digits.slice(0, 15)].reduce((sum, digit) => (sum + Number(digit)) * 2, 0);
  const check = (12 - (total % 11)) % 11;
  return digits[15] === (check === 10 ? 'X' : String(check));
}

/** Reads `paper.yaml`. @throws DiagnosticError with everything that is wrong with it */
export function readPaper(text: string, document: string): Paper {
  const diagnostics = new Diagnostics();
  const { value, positions, diagnostics: found } = readDocument(text, document);
  diagnostics.addAll(found);
  diagnostics.throwIfErrors();
  const place = (pointer: string): ReturnType<typeof positions.place> => positions.place(pointer);
  const given = isObject(value) ? value : {};
  if (!isObject(value))
    diagnostics.add(messages.wrongPaper('the document', 'a map of keys', JSON.stringify(value)), place(''));
  for (const key of Object.keys(given))
    if (!Object.hasOwn(keys, key))
      diagnostics.add(
        messages.unknownPaperKey(key, Object.keys(keys)),
        positions.keyPlace?.(child('', key)) ?? place(child('', key)),
      );
  for (const [key, isNeeded] of Object.entries(keys))
    if (isNeeded && given[key] === undefined) diagnostics.add(messages.missingInPaper(key), place(''));
  const textAt = (owner: Readonly<Record<string, unknown>>, key: string, at: string): string | undefined => {
    const stated = owner[key];
    const pointer = child(at, key);
    if (stated === undefined) return undefined;
    if (typeof stated !== 'string' || stated.trim() === '')
      diagnostics.add(messages.wrongPaper(key, 'a text', JSON.stringify(stated)), place(pointer));
    else if (placeholder.test(stated)) diagnostics.add(messages.placeholder(key, stated), place(pointer));
    else return stated.trim();
    return undefined;
  };
  const matching = (key: string, form: RegExp, expected: string): string | undefined => {
    const stated = textAt(given, key, '');
    if (stated !== undefined && !form.test(stated))
      diagnostics.add(messages.wrongPaper(key, expected, stated), place(child('', key)));
    return stated;
  };
  const people = (key: string, needsOrcid: boolean): readonly Person[] => {
    const list = given[key];
    if (list === undefined) return [];
    if (!Array.isArray(list) || list.length === 0) {
      diagnostics.add(messages.wrongPaper(key, 'a list of people', JSON.stringify(list)), place(child('', key)));
      return [];
    }
    return (list as readonly unknown[]).map((entry, k): Person => {
      const at = child(child('', key), String(k));
      const person = isObject(entry) ? entry : { name: entry };
      const name = textAt(person, 'name', at);
      const orcidKey = person['orcid'] === undefined ? 'ORCID' : 'orcid';
      const orcid = textAt(person, orcidKey, at);
      if (person['name'] === undefined)
        diagnostics.add(messages.missingInPaper(`the name of entry ${k + 1} of ${key}`), place(at));
      if (orcid !== undefined && !isOrcid(orcid))
        diagnostics.add(messages.wrongOrcid(name ?? '', orcid), place(child(at, orcidKey)));
      if (needsOrcid && person[orcidKey] === undefined)
        diagnostics.add(messages.missingInPaper(`the ORCID of ${name ?? `entry ${k + 1} of ${key}`}`), place(at));
      return { name: name ?? '', ...(orcid === undefined ? {} : { orcid }) };
    });
  };
  const url = /^https?:\/\/\S+$/;
  const title = textAt(given, 'title', '');
  const reference = matching('reference', url, 'a URL, such as https://doi.org/10.1000/example');
  const certificate = matching('certificate', /^\d{4}-\d{3}$/, 'a number such as 2026-001');
  const report = matching('report', url, 'a URL, such as https://doi.org/10.5281/zenodo.1234567');
  const repository = matching('repository', url, 'a URL');
  const summary = textAt(given, 'summary', '');
  const authors = people('authors', true);
  const codechecker = people('codechecker', false);
  const others = given['reference-other'];
  const isList = Array.isArray(others) && others.every((address) => typeof address === 'string' && url.test(address));
  if (others !== undefined && !isList)
    diagnostics.add(
      messages.wrongPaper('reference-other', 'a list of URLs', JSON.stringify(others)),
      place('/reference-other'),
    );
  diagnostics.throwIfErrors();
  return {
    title: title ?? '',
    authors,
    reference: reference ?? '',
    codechecker,
    certificate: certificate ?? '',
    report: report ?? '',
    ...(isList ? { referenceOther: others as readonly string[] } : {}),
    ...(summary === undefined ? {} : { summary }),
    ...(repository === undefined ? {} : { repository }),
  };
}

/**
 * Returns `codecheck.yml`.
 *
 * @param outputs  paths of the outputs, relative to it
 * @param time  of the check, as YYYY-MM-DD HH:MM:SS
 */
export function codecheckText(
  paper: Paper,
  certificate: Certificate,
  outputs: ReadonlyMap<string, string>,
  time: string,
): string {
  const person = ({ name, orcid }: Person): object => ({ name, ...(orcid === undefined ? {} : { ORCID: orcid }) });
  const document = {
    version: 'https://codecheck.org.uk/spec/config/2.0',
    paper: { title: paper.title, authors: paper.authors.map(person), reference: paper.reference },
    ...(paper.referenceOther === undefined ? {} : { 'reference-other': paper.referenceOther }),
    manifest: certificate.outputs.flatMap(({ path, grade, statement }) => {
      const file = outputs.get(path);
      return file === undefined ? [] : [{ file, comment: `${grade}: ${statement}` }];
    }),
    codechecker: paper.codechecker.map(person),
    summary: [
      `${certificate.verdict}: ${countText(certificate.outputs)}; by interneuron ${certificate.environment.interneuron}`,
      ...(paper.summary === undefined ? [] : [paper.summary]),
    ].join('. '),
    ...(paper.repository === undefined ? {} : { repository: paper.repository }),
    check_time: time,
    certificate: paper.certificate,
    report: paper.report,
  };
  return `---\n${stringify(document, { lineWidth: 0 })}`;
}
