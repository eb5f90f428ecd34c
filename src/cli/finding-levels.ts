/** Levels of findings for the gates of repositories. */

import { UsageError, type Diagnostic, type Severity } from '../diagnostics/diagnostic.js';
import { shorten } from '../diagnostics/suggest.js';

/** From the worst on. */
export const levels = ['critical', 'best-practice', 'suggestion'] as const;
export type Level = (typeof levels)[number];

/** The level of each severity: an error is always critical, since the model has no meaning. */
const levelsBySeverity: Readonly<Record<Severity, Level>> = {
  error: 'critical',
  warning: 'best-practice',
  note: 'suggestion',
};

export const levelOf = ({ severity }: Pick<Diagnostic, 'severity'>): Level => levelsBySeverity[severity];

/** Returns levels by code, given as `code=level`. @throws UsageError for other texts */
export const readLevels = (texts: readonly string[]): ReadonlyMap<string, Level> =>
  new Map(
    texts.map((text) => {
      const [, code, name] = /^([\w/-]+)=(.*)$/.exec(text) ?? [];
      const level = levels.find((each) => each === name);
      if (code === undefined || level === undefined)
        throw new UsageError(
          `--severity cannot be ${shorten(text)}`,
          `give the code of a message and ${levels.join(', ')}, such as swc/membrane=best-practice`,
        );
      return [code, level];
    }),
  );

/** Returns a finding with the level that a project gives its code. Errors stay errors. */
export function withLevels(finding: Diagnostic, own: ReadonlyMap<string, Level>): Diagnostic {
  const level = own.get(finding.code);
  if (level === undefined || finding.severity === 'error') return finding;
  const severity = (['error', 'warning', 'note'] as const).find((each) => levelsBySeverity[each] === level);
  return { ...finding, severity: severity ?? finding.severity };
}
