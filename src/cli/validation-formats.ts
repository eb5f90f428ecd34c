/** Findings of `validate` and `test` in formats that other programs read. */

import type { Diagnostic, Severity } from '../diagnostics/diagnostic.js';
import { markupText } from '../diagnostics/display.js';
import type { Correction } from '../pipeline/mend.js';
import { version } from '../pipeline/version.js';

/** Formats of `validate --output-format`. */
export const validationFormats = ['text', 'github', 'sarif', 'junit'] as const;

/** Formats of `test --output-format`. */
export const testFormats = ['text', 'github', 'junit'] as const;

/** Formats for other programs. */
export type ReportFormat = Exclude<(typeof validationFormats)[number], 'text'>;

/** The findings on one model, or of one test. */
export interface Verdict {
  readonly document: string;
  readonly valid: boolean;
  readonly notation?: string;
  readonly hash?: string;
  readonly error?: { readonly message: string; readonly hint?: string };
  /** Reason why the test was not checked. */
  readonly skipped?: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Corrections of `--fix`, which the findings no longer contain; absent if there are none. */
  readonly corrections?: readonly Correction[];
}

/** Writes verdicts of a command in a format. */
export const verdictReport = (
  format: ReportFormat,
  command: 'validate' | 'test',
  verdicts: readonly Verdict[],
): string => reports[format](verdicts.map(withError), command);

/** A file that cannot be read is a finding, too. */
function withError(verdict: Verdict): Verdict {
  const { document, error, diagnostics } = verdict;
  if (error === undefined) return verdict;
  const finding: Diagnostic = { code: 'unreadable', severity: 'error', ...error, place: { document } };
  return { ...verdict, diagnostics: [...diagnostics, finding] };
}

const sentence = ({ message, expected, found, hint }: Diagnostic): string =>
  [
    message,
    ...(expected === undefined ? [] : [`expected ${expected}`]),
    ...(found === undefined ? [] : [`found ${found}`]),
    ...(hint === undefined ? [] : [`hint: ${hint}`]),
  ].join('; ');

/** Annotations of GitHub Actions. @source Workflow commands for GitHub Actions, "Setting an error message" */
function github(verdicts: readonly Verdict[]): string {
  const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'notice' };
  const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return verdicts
    .flatMap(({ document, diagnostics }) =>
      diagnostics.map((diagnostic) => {
        const { severity, code, place } = diagnostic;
        const where = [
          `file=${property(place?.document ?? document)}`,
          ...(place?.line === undefined ? [] : [`line=${place.line}`]),
          ...(place?.column === undefined ? [] : [`col=${place.column}`]),
          `title=${property(code)}`,
        ];
        return `::${levels[severity]} ${where.join(',')}::${data(sentence(diagnostic))}\n`;
      }),
    )
    .join('');
}

/** @source Static Analysis Results Interchange Format (SARIF) 2.1.0, OASIS */
function sarif(verdicts: readonly Verdict[]): string {
  const found = verdicts.flatMap(({ document, diagnostics }) =>
    diagnostics.map((diagnostic) => ({ document, diagnostic })),
  );
  const rules = [...new Set(found.map(({ diagnostic }) => diagnostic.code))].sort();
  const results = found.map(({ document, diagnostic }) => {
    const { code, severity, place } = diagnostic;
    const { line, column } = place ?? {};
    const region =
      line === undefined ? {} : { region: { startLine: line, ...(column ? { startColumn: column } : {}) } };
    const uri = encodeURI((place?.document ?? document).replaceAll('\\', '/'));
    return {
      ruleId: code,
      level: severity,
      message: { text: sentence(diagnostic) },
      locations: [{ physicalLocation: { artifactLocation: { uri }, ...region } }],
    };
  });
  const driver = { name: 'interneuron', version, rules: rules.map((id) => ({ id })) };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, results }],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** Returns a test case for each model, in the form that continuous integration reads. */
function junit(verdicts: readonly Verdict[], command: string): string {
  const failed = verdicts.filter(({ valid }) => !valid).length;
  const skipped = verdicts.filter((verdict) => verdict.skipped !== undefined).length;
  const cases = verdicts.map(({ document, valid, skipped: reason, diagnostics }) => {
    const opening = `    <testcase classname="interneuron" name="${markupText(document)}"`;
    if (reason !== undefined) return `${opening}>\n      <skipped message="${markupText(reason)}"/>\n    </testcase>\n`;
    if (valid) return `${opening}/>\n`;
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    const lines = errors.map((error) => {
      const { line, column } = error.place ?? {};
      const where = line === undefined ? '' : `${line}:${column ?? 1}: `;
      return markupText(`${where}${error.code}: ${sentence(error)}`);
    });
    const message = markupText(errors[0]?.message ?? 'not valid');
    return `${opening}>\n      <failure message="${message}">${lines.join('\n')}</failure>\n    </testcase>\n`;
  });
  const counts = `tests="${verdicts.length}" failures="${failed}"${skipped > 0 ? ` skipped="${skipped}"` : ''}`;
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts}>\n` +
    `  <testsuite name="interneuron ${command}" ${counts}>\n${cases.join('')}  </testsuite>\n</testsuites>\n`
  );
}

const reports: Readonly<Record<ReportFormat, (verdicts: readonly Verdict[], command: string) => string>> = {
  github,
  sarif,
  junit,
};
