/** Writes models for Brian, as scripts and as specifications. */

import { platform } from '#platform';
import { conventions } from '../../src/library/conventions.js';
import { typedValid, writtenValid } from '../../src/model/typed-model.js';
import { zeroDivisors } from '../../src/library/zero-divisors.js';
import { ConversionReport } from '../../src/model/conversion-report.js';
import { composed, type Became } from '../../src/model/rewriting/became.js';
import { applyPasses } from '../../src/model/rewriting/rewriting.js';
import { filesWithTables } from '../shared/tables-beside.js';
import { renamed, written, type Exported, type Writer } from '../shared/writing.js';
import { withTables } from './export/connection-tables.js';
import { brianPasses } from './export/passes.js';
import { exportBrian } from './export.js';
import { exportBrianScript } from './export-script.js';

type Made = Pick<Exported, 'files'> & { readonly became: Partial<Became> };

/** Returns a writer of models in Brian's terms. @param write  adds its own entries to the report */
const inTermsOfBrian =
  (write: (report: ConversionReport, ...given: Parameters<Writer>) => Promise<Made>): Writer =>
  async (whole, writing) => {
    const report = new ConversionReport('brian');
    const source = typedValid(whole);
    const { valid, became } = await applyPasses(brianPasses, source, { ...writing, report });
    const { files, became: named } = await write(report, writtenValid(valid), writing);
    report.addAll(conventions(whole, 'brian'));
    return written(files, {
      report: [...zeroDivisors(source, 'brian'), ...report.entries],
      became: composed([became, named]),
    });
  };

/** Writes scripts. */
export const script = inTermsOfBrian((report, valid, { name }) => {
  const { files, became } = exportBrianScript(valid, platform.paths.parse(name).name, report);
  return Promise.resolve({ files: renamed(files, name), became });
});

/** Writes specifications. */
export const specification = inTermsOfBrian(async (report, valid, writing) => {
  const { document, became } = exportBrian(valid, 'decimal', report);
  return { files: await filesWithTables(document, writing, withTables), became };
});
