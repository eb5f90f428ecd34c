/** Mechanisms that a file of their own puts on a cell: `--with channels.yaml` for a shape in SWC. */

import { platform } from '#platform';
import { UsageError, type Diagnostics } from '../../diagnostics/diagnostic.js';
import { isObject, memberOf } from '../../diagnostics/member.js';
import type { Positions } from '../../diagnostics/positions.js';
import { isRefused } from '../../diagnostics/system-error.js';
import { child } from '../../model/pointer.js';
import { readDocument } from '../../model/text/read.js';
import { messages } from '../messages.js';
import type { ImportOptions } from './import-options.js';
import { withNamedFiles } from './named-files.js';
import { overlayPositions } from './overlay-positions.js';
import { sideFiles } from './side-files.js';

/** Members of the compartments of a cell that the file may have. */
const members = ['mechanisms', 'ions', 'temperature', 'initial'];

/**
 * Returns a document of one cell with the mechanisms and ions of a file, and with its temperature and first potential.
 *
 * @throws UsageError for a file that cannot be read
 * @diagnostic set/unknown-part, nmodl/*
 */
export function withChannels(
  document: unknown,
  positions: Positions,
  file: string,
  diagnostics: Diagnostics,
  options: ImportOptions,
): { readonly document: unknown; readonly positions: Positions } {
  const { basename } = platform.paths;
  const found = sideFiles(file, options)(basename(file));
  if (isRefused(found)) throw new UsageError(`--with ${file}: ${found.refused}`, 'give a file in YAML or JSON');
  const read = readDocument(found.text, file);
  diagnostics.addAll(read.diagnostics);
  const neurons = memberOf(document, 'neurons');
  const [name] = isObject(neurons) ? Object.keys(neurons) : [];
  const cell = memberOf(neurons, name ?? '');
  const given = read.value;
  const compartments = memberOf(cell, 'compartments');
  if (isObject(cell) && !isObject(compartments)) diagnostics.add(messages.pointCell(), { document: file });
  if (name === undefined || !isObject(cell) || !isObject(compartments) || diagnostics.hasErrors)
    return { document, positions };
  const known = isObject(given) ? Object.keys(given) : [];
  for (const key of known.length === 0 ? [''] : known)
    if (!members.includes(key)) {
      const at = read.positions;
      diagnostics.add(messages.unknownPart(key, members), (at.keyPlace ?? at.place)(child('', key)));
    }
  if (diagnostics.hasErrors || !isObject(given)) return { document, positions };
  const pointer = `${child('/neurons', name)}/compartments`;
  const isOwn = (at: string): boolean =>
    known.some((key) => at === `${pointer}/${key}` || at.startsWith(`${pointer}/${key}/`));
  return withNamedFiles(
    {
      ...(document as object),
      neurons: { ...(neurons as object), [name]: { ...cell, compartments: { ...compartments, ...given } } },
    },
    overlayPositions(positions, (at) => (isOwn(at) ? read.positions.place(at.slice(pointer.length)) : undefined)),
    { diagnostics, path: file, text: sideFiles(file, options) },
  );
}
