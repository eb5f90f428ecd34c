/** Third-party notices: the licences of the packages that a bundle holds, as the bundler lists them. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** The licence of @resvg/resvg-wasm, whose package has no file with its text. */
export const mozillaLicence = 'scripts/MPL-2.0.txt';

/** The package that writes the generated validators: the bundler lists these as our own files. */
export const validators = 'node_modules/ajv';

/** Folders, from the root, of the packages with inputs in a bundle. @param metafile  of esbuild */
export const bundledPackages = ({ inputs }) => [
  ...new Set(Object.keys(inputs).flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? [])),
];

/** Returns the notices of packages, sorted by name, as one text. @param folders  of the packages, from the root */
export async function noticesOf(folders) {
  const notices = await Promise.all([...new Set(folders)].map(noticeOf));
  const line = '-'.repeat(80);
  return [
    'Third-party software in this program, with its licences',
    ...notices.sort((a, b) => (a < b ? -1 : 1)).map((notice) => `${line}\n${notice}`),
  ].join('\n\n');
}

/** Shortest text of a paragraph of prose: shorter ones may be lists. */
const prose = 200;

/** Joins the lines of paragraphs of prose, so that those with the same words are compressed as one. */
const unwrapped = (text) =>
  text
    .split(/\n[^\S\n]*\n\s*/)
    .map((paragraph) => (paragraph.length < prose ? paragraph : paragraph.replaceAll(/\s+/g, ' ').trim()))
    .join('\n\n');

async function noticeOf(folder) {
  const { name, version, license, author, homepage, repository } = JSON.parse(
    await readFile(join(root, folder, 'package.json'), 'utf8'),
  );
  const files = (await readdir(join(root, folder))).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  const paths =
    license === 'MPL-2.0' && files.length === 0 ? [mozillaLicence] : files.map((file) => join(folder, file));
  const texts = await Promise.all(paths.map((path) => readFile(join(root, path), 'utf8')));
  const by = typeof author === 'string' ? author : author?.name;
  const source = homepage ?? (typeof repository === 'string' ? repository : repository?.url);
  return [
    `${name} ${version}`,
    `Licence: ${license}`,
    ...(texts.length > 0 || by === undefined ? [] : [`Copyright: ${by}`]),
    ...(source === undefined ? [] : [`Source: ${source}`]),
    ...texts.map((text) => `\n${unwrapped(text.replaceAll('\r\n', '\n').trim())}`),
  ].join('\n');
}
