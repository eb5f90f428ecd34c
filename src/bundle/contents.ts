/** The files of a bundle, and their formats. */

import { platform } from '#platform';

/** What a file of a bundle is for. */
export type Role = 'about' | 'source' | 'model' | 'notation' | 'result' | 'figure' | 'page';

/** A file of a bundle. */
export interface BundleFile {
  /** Path within the bundle, with `/` between folders. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly role: Role;
  /** What the file holds, as part of a list. */
  readonly description: string;
}

/** Text as a file of a bundle, in UTF-8. */
export const textFile = (path: string, text: string, role: Role, description: string): BundleFile => ({
  path,
  bytes: new TextEncoder().encode(text),
  role,
  description,
});

/** Names that identify a format of files: a media type, and the identifier in a manifest of COMBINE. */
export interface FileFormat {
  readonly mediaType: string;
  readonly uri: string;
}

const combine = (name: string, mediaType: string): FileFormat => ({
  mediaType,
  uri: `http://identifiers.org/combine.specifications/${name}`,
});

const media = (mediaType: string): FileFormat => ({ mediaType, uri: `http://purl.org/NET/mediatypes/${mediaType}` });

/** Formats by suffix. @source https://combinearchive.org, and the media types of IANA */
const formats: Readonly<Record<string, FileFormat>> = {
  '.nml': combine('neuroml', 'application/xml'),
  '.sedml': combine('sed-ml', 'application/xml'),
  '.rdf': combine('omex-metadata', 'application/rdf+xml'),
  '.xml': media('application/xml'),
  '.json': media('application/json'),
  '.yaml': media('text/x-yaml'),
  '.yml': media('text/x-yaml'),
  '.cff': media('text/x-yaml'),
  '.csv': media('text/csv'),
  '.md': media('text/markdown'),
  '.py': media('application/x-python-code'),
  '.nestml': media('text/plain'),
  '.nwb': media('application/x-hdf'),
  '.h5': media('application/x-hdf'),
  '.svg': media('image/svg+xml'),
  '.png': media('image/png'),
  '.html': media('text/html'),
  '.pdf': media('application/pdf'),
  '.hoc': media('text/x-hoc'),
  '.mod': media('text/x-nmodl'),
  '.swc': media('text/plain'),
  '.txt': media('text/plain'),
  '.dat': media('text/plain'),
};

/** Checks whether a path in an archive is of a system or tool, and no part of what was packed. */
export const isAside = (path: string): boolean => /(^|\/)(\.|__MACOSX\/)/.test(path);

const lems: FileFormat = media('application/lems+xml');
const binary: FileFormat = media('application/octet-stream');

/** Most characters before the root element of a document. */
const longestProlog = 1 << 16;

/** Returns the format of a file by its name, and that of an XML document by its root element. */
export function formatOf({ path, bytes }: Pick<BundleFile, 'path' | 'bytes'>): FileFormat {
  const suffix = platform.posix.extname(path).toLowerCase();
  if (suffix === '.xml') {
    const start = new TextDecoder().decode(bytes.subarray(0, longestProlog));
    const [, root] = /<(?:\w+:)?(Lems|neuroml)\b/.exec(start) ?? [];
    if (root === 'Lems') return lems;
    if (root === 'neuroml') return formats['.nml'] ?? binary;
  }
  return formats[suffix] ?? binary;
}

/** Checks whether a file is a document in LEMS. */
export const isLems = (file: Pick<BundleFile, 'path' | 'bytes'>): boolean => formatOf(file) === lems;
