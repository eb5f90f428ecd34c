/** Findings in documents as such and in their includes. */

import type { Finding } from '../../src/diagnostics/diagnostic.js';
import { finding } from '../../src/diagnostics/finding.js';
import { shorten, suggestion, unlike } from '../../src/diagnostics/suggest.js';

// Documents

/** A root element of neither LEMS nor NeuroML. */
export const unknownRoot = (name: string): Finding => ({
  ...finding`lems/unknown-root: ${shorten(name)} is not the root element of a document that interneuron can read
    expected: Lems or neuroml
    found: ${shorten(name)}`,
  ...suggestion(name, ['Lems', 'neuroml']),
});

/** A root of NeuroML 1 or one of its levels. */
export const oldNeuroml = () => finding`neuroml/version-1:
  this is NeuroML 1 (or ChannelML, MorphML, NetworkML), which is not supported
  expected: NeuroML 2
  hint: convert it: neuroConstruct and the NeuroML tools export NeuroML 2`;

/** A root in a namespace that is not NeuroML 2's; a warning. */
export const unknownNamespace = (namespace: string) => finding`warning neuroml/unknown-namespace:
  the namespace is not that of NeuroML 2; the document is read as NeuroML 2
  expected: http://www.neuroml.org/schema/neuroml2
  found: ${shorten(namespace)}`;

// Includes

/** An included file that is missing in all searched folders. */
export const includeNotFound = (file: string, searched: readonly string[], beside: readonly string[]): Finding => ({
  code: 'lems/include-not-found',
  message: `the file ${shorten(file)} is included but was not found`,
  expected:
    'a file in ' +
    `${searched.map((folder) => (folder === '.' ? 'the folder of the model' : shorten(folder, 80))).join(' or ')}, ` +
    'or one of the core types',
  found: shorten(file),
  ...suggestion(file, beside),
});

/** `file` on NeuroML's `include`, which is LEMS's attribute; a warning. */
export const includeByFile = () => finding`warning neuroml/include-by-file:
  the NeuroML schema has no attribute file for include
  expected: href="…"
  found: file
  hint: it is accepted here, but other tools reject the document`;

/** An included file that lies outside the folders that may be read. */
export const includeOutside = (file: string, root: string) => finding`lems/include-outside:
  the file ${shorten(file)} lies outside the model's folder or is hidden, and is not read
  expected: a file in ${shorten(root, 120)} with a name that does not begin with a dot
  found: ${shorten(file)}
  hint: allow its folder with --allow-path`;

/** An included file of another kind, of which nothing is shown: it may be anybody's. */
export const includeOfOther = (file: string) => finding`lems/include-other:
  the included file ${shorten(file)} is not a LEMS or NeuroML document
  expected: an XML document with the root element Lems or neuroml
  found: ${shorten(file)}`;

/** An inclusion by URL. */
export const includeNetwork = (file: string) => finding`lems/include-network: files are not fetched over the network
  expected: the name of a file
  found: ${shorten(file)}
  hint: download it and include it by its file name`;

/** Files that include each other; a warning. */
export const includeCycle = (chain: readonly string[]) => finding`warning lems/include-cycle:
  files include each other; each is read once
  found: ${chain.map((file) => shorten(file)).join(' includes ')}`;

/** An inclusion without a file. */
export const includeAttribute = () => finding`lems/include-without-file: the include element names no file
  expected: file="…" in LEMS, href="…" in NeuroML`;

/** An included file that the system refuses to read. */
export const includeUnreadable = (file: string, reason: string) => finding`lems/include-unreadable:
  the file ${shorten(file)} cannot be read (${reason})`;

/** A file called as one of NeuroML's core types that differs from it; a warning. */
export const shadowsCore = (file: string) => finding`warning neuroml/shadows-core-types:
  a local file is read instead of the core types file of the same name, ${shorten(file)}
  hint: it may be an old copy: remove it to use the core types shipped with interneuron`;

/** Two different files of one name in different folders; a warning. */
export const sameNameIncluded = (file: string, first: string) => finding`warning lems/include-same-name:
  two different files are included under the same name, ${shorten(file)}; both are read, though the reference
    interpreter reads the first only
  found: ${shorten(first, 120)}`;

// References

/** A reference that is not given or leads to no component. */
export const missingReference = (reference: string, id: string | undefined, known: readonly string[]): Finding =>
  id === undefined
    ? {
        code: 'lems/missing-reference',
        message: `the reference ${shorten(reference)} is not given`,
        expected: reference,
      }
    : { code: 'lems/unknown-reference', message: `there is no component ${shorten(id)}`, ...unlike(id, known) };
