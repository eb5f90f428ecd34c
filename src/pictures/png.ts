/** Pictures as PNG. */

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { initWasm, Resvg } from '@resvg/resvg-wasm';

/** Pixels of a PNG for each of the picture. */
const pixelRatio = 2;

/** The build puts the font into the folder of this file. */
const bundledFont = join(dirname(fileURLToPath(import.meta.url)), 'OpenSans.ttf');

/** The path of a file of a package. */
const ofPackage = (file: string): string => createRequire(import.meta.url).resolve(file);

let ready: Promise<void> | undefined;

/** Renders a picture. @param svg  text that `drawPicture` returns */
export async function renderPng(svg: string): Promise<Uint8Array> {
  await (ready ??= initWasm(readFileSync(ofPackage('@resvg/resvg-wasm/index_bg.wasm'))));
  const font = readFileSync(
    existsSync(bundledFont)
      ? bundledFont
      : ofPackage('@expo-google-fonts/open-sans/400Regular/OpenSans_400Regular.ttf'),
  );
  const rendered = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: pixelRatio },
    font: { fontBuffers: [font], defaultFontFamily: 'Open Sans', loadSystemFonts: false },
  });
  return rendered.render().asPng();
}
