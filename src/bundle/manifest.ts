/**
 * The manifest of a COMBINE archive.
 *
 * @source Bergmann et al. (2014), COMBINE archive and OMEX format, https://doi.org/10.1186/s12859-014-0369-z
 */

import type { Diagnostics, Place } from '../diagnostics/diagnostic.js';
import { formatOf, type BundleFile } from './contents.js';
import { readXml } from '../xml/read-xml.js';
import { element, xmlText, type WrittenElement } from './xml.js';

const namespace = 'http://identifiers.org/combine.specifications/omex-manifest';
const archiveFormat = 'http://identifiers.org/combine.specifications/omex';

export const manifestName = 'manifest.xml';

/** A file that a manifest lists. */
export interface ManifestEntry {
  /** Normalised: without `./`. */
  readonly location: string;
  readonly format: string;
  /** Whether the archive is opened with this file. */
  readonly master: boolean;
  readonly place: Place;
}

/** Returns the text of a manifest. @param master  path of the file that the archive is opened with */
export function manifestText(files: readonly BundleFile[], master: string): string {
  const content = (location: string, format: string, isMaster = false): WrittenElement =>
    element('content', { location, format, ...(isMaster ? { master: 'true' } : {}) });
  return xmlText(
    element('omexManifest', { xmlns: namespace }, [
      content('.', archiveFormat),
      content(`./${manifestName}`, namespace),
      ...files.map((file) => content(`./${file.path}`, formatOf(file).uri, file.path === master)),
    ]),
  );
}

/** Reads a manifest; its own entry and that of the archive are left out. */
export function readManifest(text: string, document: string, diagnostics: Diagnostics): readonly ManifestEntry[] {
  const root = readXml(text, document, diagnostics);
  return (root?.children ?? [])
    .filter(({ name }) => name === 'content')
    .map((entry) => ({
      location: (entry.attribute('location') ?? '').replace(/^\.\/+/, ''),
      format: entry.attribute('format') ?? '',
      master: /^(true|1)$/i.test(entry.attribute('master') ?? ''),
      place: entry.place,
    }))
    .filter(({ location }) => !['', '.', manifestName].includes(location));
}
