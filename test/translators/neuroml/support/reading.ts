import { Diagnostics, type Diagnostic } from '../../../../src/diagnostics/diagnostic.js';
import type { IncludeHost } from '../../../../translators/shared/include-host.js';
import type { LemsModel } from '../../../../translators/neuroml/lems/definitions.js';
import { readLems } from '../../../../translators/neuroml/read.js';

/** Returns a host with the given files: absolute paths to texts. Only files under `root` may be included. */
export function filesOf(
  files: Readonly<Record<string, string>>,
  root = '/repo',
  folders: readonly string[] = [],
): IncludeHost {
  return {
    locate: (path) => (path in files ? path : null),
    allows: (real) => [root, ...folders].some((folder) => real.startsWith(`${folder}/`)),
    read: (real) => ({ text: files[real] ?? '' }),
    list: (folder) =>
      Object.keys(files).flatMap((path) => (path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : [])),
    root,
    folders,
  };
}

/** The result of reading a document. */
export interface Reading {
  readonly model: LemsModel | null;
  readonly diagnostics: readonly Diagnostic[];
  /** `severity code line:column`, in order of finding. */
  readonly findings: readonly string[];
  /** `severity code «marked text»`, in order. */
  readonly marks: readonly string[];
  /** Codes of errors. */
  readonly errors: readonly string[];
}

/** Reads the document at `main` of some files, or a text of its own. */
export function reading(
  source:
    | string
    | { readonly files: Readonly<Record<string, string>>; readonly main: string; readonly folders?: readonly string[] },
): Reading {
  const {
    files,
    main,
    folders = [],
  } = typeof source === 'string' ? { files: { '/repo/model.xml': source }, main: '/repo/model.xml' } : source;
  const diagnostics = new Diagnostics();
  const model = readLems(files[main] ?? '', main, filesOf(files, '/repo', folders), diagnostics);
  return {
    model,
    diagnostics: diagnostics.list,
    findings: diagnostics.list.map(
      ({ severity, code, place }) => `${severity} ${code} ${place?.line ?? ''}:${place?.column ?? ''}`,
    ),
    marks: diagnostics.list.map(({ severity, code, place }) => {
      const line = (files[place?.document ?? ''] ?? '').split('\n')[(place?.line ?? 0) - 1] ?? '';
      return (
        `${severity} ${code} ` +
        `«${line.slice((place?.column ?? 1) - 1, (place?.column ?? 1) - 1 + (place?.length ?? 0))}»`
      );
    }),
    errors: diagnostics.list.filter(({ severity }) => severity === 'error').map(({ code }) => code),
  };
}

/** Dimensions and units that the documents of tests use. */
export const dimensions = `
  <Dimension name="voltage" m="1" l="2" t="-3" i="-1"/><Dimension name="time" t="1"/><Dimension name="per_time" t="-1"/>
  <Dimension name="current" i="1"/><Dimension name="conductance" m="-1" l="-2" t="3" i="2"/><Dimension name="temperature" k="1"/>
  <Unit symbol="mV" dimension="voltage" power="-3"/><Unit symbol="V" dimension="voltage"/><Unit symbol="ms" dimension="time" power="-3"/>
  <Unit symbol="s" dimension="time"/><Unit symbol="min" dimension="time" scale="60"/><Unit symbol="nA" dimension="current" power="-9"/>
  <Unit symbol="nS" dimension="conductance" power="-9"/><Unit symbol="degC" dimension="temperature" offset="273.15"/>
  <Unit symbol="K" dimension="temperature"/>`.replace(/\n/g, '');

/** A LEMS document; its first line is the first line of `content`. */
export const lems = (content: string): string => `<Lems>${dimensions}${content}</Lems>`;
