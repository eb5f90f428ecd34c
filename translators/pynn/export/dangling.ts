/** Removes parts of a document that need a population without a form in PyNN. */

import type { ConversionReport } from '../../../src/model/conversion-report.js';
import type { Phase, Projection, PynnSpecification } from '../specification.generated.js';

const labelOf = ({ label, pre, post }: Projection): string => label ?? `${pre}→${post}`;

/** Returns the label of a phase's target. */
const targetOf = ({
  set,
  set_source: source,
  set_projection: projection,
  initialize,
  record,
  get_data: data,
}: Phase): string | undefined => (set ?? source ?? projection ?? initialize ?? record ?? data)?.target;

/** Returns the document without dangling references; assemblies and current sources keep their existing targets. */
export function withoutDangling(document: PynnSpecification, report: ConversionReport): PynnSpecification {
  const { populations = [], views = [], assemblies = [], projections = [], current_sources: sources = [] } = document;
  const known = new Set(populations.map(({ label }) => label));
  const exists = (label: string): boolean =>
    known.has(label) ||
    views.some((view) => view.label === label && exists(view.of)) ||
    assemblies.some((assembly) => assembly.label === label && assembly.of.some(exists));
  const orMissing = (target: string | undefined, what: string): boolean => {
    const found = target === undefined || exists(target);
    if (!found) report.missing('', `${what} of ${target}, which is left out`);
    return found;
  };
  const kept: PynnSpecification = {
    ...document,
    views: views.filter(({ label }) => exists(label)),
    assemblies: assemblies.flatMap(({ label, of }) => (exists(label) ? [{ label, of: of.filter(exists) }] : [])),
    projections: projections.filter(
      ({ pre, post }) => orMissing(pre, 'a projection') && orMissing(post, 'a projection'),
    ),
    current_sources: sources.flatMap((source) => {
      const targets = source.inject_into?.filter((target) => orMissing(target, `the current ${source.label}`));
      return targets?.length === 0 ? [] : [{ ...source, ...(targets && { inject_into: targets }) }];
    }),
  };
  for (const projection of kept.projections ?? []) known.add(labelOf(projection));
  for (const { label } of kept.current_sources ?? []) known.add(label);
  const whole = {
    ...kept,
    recordings: (document.recordings ?? []).filter(({ target }) => orMissing(target, 'a recording')),
    phases: (document.phases ?? []).filter((phase) => orMissing(targetOf(phase), 'a change')),
  };
  const optional = ['views', 'assemblies', 'projections', 'current_sources', 'recordings'] as const;
  const empty = new Set<string>(optional.filter((key) => whole[key]?.length === 0));
  return Object.fromEntries(Object.entries(whole).filter(([key]) => !empty.has(key))) as unknown as PynnSpecification;
}
