/** Comparison of two HDF5 files object by object: links, types, shapes, attributes, values. */

import type { Found } from './h5-writer.js';
import type { Attribute, Metadata } from 'h5wasm';

import type { TypedArray } from '../../../src/ir/program.js';
import { bitsText } from '../bit-patterns.js';
import { differentElement } from '../compare.js';
import type { DifferenceList } from '../differences.js';
import { numberText } from '../number-text.js';
import { elementTypeOf } from '../arrays.js';
import { inOneFile, objectAt, openH5 } from './h5.js';
import { isDataset, isGroup, type Dataset, type File, type Group } from './h5-writer.js';

const valuesAtOnce = 1 << 20;

/** Compares the complete contents of two files. @throws errors of the HDF5 library for unreadable files */
export async function compareNwbFiles(stored: string, expected: string, differences: DifferenceList): Promise<void> {
  const a = await openH5(stored);
  try {
    const b = await openH5(expected);
    try {
      inOneFile('/', () => compareObjects(a, b, '/', differences));
    } finally {
      b.close();
    }
  } finally {
    a.close();
  }
}

function compareObjects(a: File, b: File, path: string, differences: DifferenceList): void {
  const [left, right] = [lying(a, path), lying(b, path)];
  if (typeof left === 'string' || typeof right === 'string') {
    differences.add(path, kindOrReason(a, path, left), kindOrReason(b, path, right));
    return;
  }
  const [kindA, kindB] = [kindOf(a, path, left), kindOf(b, path, right)];
  if (kindA !== kindB) {
    differences.add(path, kindA, kindB);
    return;
  }
  const hasAttributes = (found: Found): found is Group => isGroup(found) || isDataset(found);
  if (!hasAttributes(left) || !hasAttributes(right)) return;
  compareAttributes(path, left, right, differences);
  if (isDataset(left) && isDataset(right)) {
    try {
      compareDatasets(path, left, right, differences);
    } catch (error) {
      differences.add(path, `values that cannot be read: ${(error as Error).message.split('\n')[0] ?? ''}`, 'values');
    }
  }
  if (!isGroup(left) || !isGroup(right)) return;
  for (const name of new Set([...right.keys(), ...left.keys()]))
    compareObjects(a, b, path === '/' ? `/${name}` : `${path}/${name}`, differences);
}

/** Returns the object at a path, or why it cannot be compared: it is in another file, or is damaged. */
function lying(file: File, path: string): Found | string {
  if (path === '/') return file;
  try {
    return objectAt(file, path);
  } catch (error) {
    return `no value within the file: ${(error as Error).message.split('\n')[0] ?? ''}`;
  }
}

const kindOrReason = (file: File, path: string, found: Found | string): string =>
  typeof found === 'string' ? found : kindOf(file, path, found);

/** Returns the kind of the object at a path; a link is not followed. */
function kindOf(file: File, path: string, found: Found): string {
  if (found === null) return 'nothing';
  const link = path === '/' ? null : softLink(file, path);
  if (link !== null) return `a link to ${link}`;
  if (isDataset(found)) return `a dataset ${typeText(found.metadata)}`;
  if (isGroup(found)) return 'a group';
  return `a ${found.constructor.name}`;
}

/** The library throws if there is no link. */
function softLink(file: File, path: string): string | null {
  try {
    const target: unknown = file.get_link(path);
    return typeof target === 'string' && target !== '' ? target : null;
  } catch {
    return null;
  }
}

/** Returns type and shape as a text that is equal only for equal types and shapes. */
function typeText(metadata: Metadata): string {
  const { type, size, signed, vlen, cset, littleEndian, shape, ref_type: reference } = metadata;
  const kind =
    type === 0
      ? `${signed ? 'i' : 'u'}${8 * size}`
      : type === 1
        ? `f${8 * size}`
        : type === 3
          ? `${vlen ? 'text' : `text of ${size} bytes`} in ${cset === 1 ? 'UTF-8' : 'ASCII'}`
          : type === 7
            ? `${reference ?? ''} reference`
            : `type ${type} of ${size} bytes`;
  return `${kind}${littleEndian ? '' : ' big-endian'} ${shape === null ? 'without values' : `[${shape.join(', ')}]`}`;
}

// --- Attributes -----------------------------------------------------------------------------------------------------
function compareAttributes(path: string, left: Group, right: Group, differences: DifferenceList): void {
  const [mine, theirs] = [left.attrs, right.attrs];
  for (const name of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const [x, y] = [attributeText(left, mine[name]), attributeText(right, theirs[name])];
    if (x !== y) differences.add(`${path}@${name}`, x, y);
  }
}

/** Returns value and type as a text that is equal only for equal ones. */
function attributeText(owner: Group, attribute: Attribute | undefined): string {
  if (!attribute) return 'nothing';
  const { value, metadata } = attribute;
  const type = typeText(metadata);
  if (metadata.type === 7) return `${referred(owner, value)} (${type})`;
  return `${plainText(value)} (${type})`;
}

/** Returns the paths of references. The library returns a list of them, even for a single one. */
function referred(owner: Group, value: unknown): string {
  if (Array.isArray(value)) return value.map((each: unknown) => referred(owner, each)).join(', ');
  try {
    const target: unknown = owner.dereference(value as never);
    return typeof target === 'object' && target !== null && 'path' in target ? String(target.path) : 'nothing';
  } catch {
    return 'nothing';
  }
}

function plainText(value: unknown): string {
  if (typeof value === 'number') return numberText(value, 'f64');
  if (typeof value === 'string') return JSON.stringify(value);
  if (ArrayBuffer.isView(value))
    return `[${Array.from(value as Float64Array, (x) => numberText(x, 'f64')).join(', ')}]`;
  if (Array.isArray(value)) return `[${value.map(plainText).join(', ')}]`;
  return String(value);
}

// --- Values ---------------------------------------------------------------------------------------------------------
/** Compares values of datasets of one type and shape, and reports the first difference. */
function compareDatasets(path: string, left: Dataset, right: Dataset, differences: DifferenceList): void {
  const { shape, total_size: total, type } = right.metadata;
  if (shape === null || total === 0) return;
  if (shape.length === 0 || (type !== 0 && type !== 1)) {
    compareWhole(path, left, right, differences);
    return;
  }
  const [length = 0, ...inner] = shape;
  const width = total / length;
  const rows = Math.max(1, Math.floor(valuesAtOnce / width));
  const rest = inner.map((size): [number, number] => [0, size]);
  for (let begin = 0; begin < length; begin += rows) {
    const range: [number, number][] = [[begin, Math.min(length, begin + rows)], ...rest];
    const [x, y] = [left.slice(range) as TypedArray, right.slice(range) as TypedArray];
    const at = differentElement(x, y, y.length);
    if (at === null) continue;
    const column = rest.length === 0 ? '' : `, ${at % width}`;
    const [storedItem, expectedItem] = [x[at]!, y[at]!];
    differences.add(
      `${path}[${begin + Math.floor(at / width)}${column}]`,
      `${numberText(storedItem, elementTypeOf(x))} (${bitsText(x, y, at)})`,
      numberText(expectedItem, elementTypeOf(y)),
    );
    return;
  }
}

function compareWhole(path: string, left: Dataset, right: Dataset, differences: DifferenceList): void {
  const [x, y]: unknown[] = [left.value, right.value];
  if (!Array.isArray(x) || !Array.isArray(y)) {
    const [storedText, expectedText] = [plainText(x), plainText(y)];
    if (storedText !== expectedText) addTexts(path, storedText, expectedText, differences);
    return;
  }
  const at = y.findIndex((value, k) => plainText(value) !== plainText(x[k]));
  if (at >= 0) differences.add(`${path}[${at}]`, plainText(x[at]), plainText(y[at]));
}

/** Two texts; of long ones, the part around the first difference. */
function addTexts(path: string, first: string, second: string, differences: DifferenceList): void {
  let at = 0;
  while (at < first.length && first[at] === second[at]) at += 1;
  const from = Math.max(0, at - 40);
  const part = (text: string): string => `${from > 0 ? '…' : ''}${text.slice(from, from + 100)}`;
  differences.add(path, part(first), part(second));
}
