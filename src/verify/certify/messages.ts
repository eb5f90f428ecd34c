/** Findings about `paper.yaml`. */

import type { Finding } from '../../diagnostics/diagnostic.js';
import { didYouMean } from '../../diagnostics/suggest.js';

export const messages = {
  wrongPaper: (key: string, expected: string, found: string): Finding => ({
    code: 'paper/wrong-value',
    message: `${key} is not ${expected}`,
    expected,
    found,
    hint: 'correct the value',
  }),
  unknownPaperKey: (key: string, known: readonly string[]): Finding => ({
    code: 'paper/unknown-key',
    message: `there is no key ${key}`,
    expected: known.join(', '),
    found: key,
    hint: didYouMean(key, known) ?? 'remove the key, or correct its name',
  }),
  missingInPaper: (key: string): Finding => ({
    code: 'paper/missing',
    message: `the document lacks ${key}`,
    expected: key,
    hint: 'add it: a CODECHECK needs it, and no other file states it',
  }),
  placeholder: (key: string, found: string): Finding => ({
    code: 'paper/placeholder',
    message: `${key} holds a placeholder`,
    expected: 'a value without FIXME, TODO and XXXXX',
    found,
    hint: 'replace the placeholder',
  }),
  wrongOrcid: (name: string, found: string): Finding => ({
    code: 'paper/wrong-orcid',
    message: `the ORCID of ${name} is wrong`,
    expected: 'sixteen digits in four groups with a right check digit, without https://orcid.org/',
    found,
    hint: 'copy the number from the record at orcid.org',
  }),
} as const;
