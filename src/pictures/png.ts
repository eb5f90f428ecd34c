/** Pictures as PNG. */

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { initWasm, Resvg } from '@resvg/resvg-wasm';

/** Pixels of a PNG for each of the picture. */
const pixelRatio = 2;

let ready: Promise<void> | undefined;

/** Renders a picture. @param svg  text that `drawPicture` returns */
export async function renderPng(svg: string): Promise<Uint8Array> {
  await (ready ??= initWasm(asset('resvg.wasm', '@resvg/resvg-wasm/index_bg.wasm')));
  const font = asset('OpenSans.ttf', '@expo-google-fonts/open-sans/400Regular/OpenSans_400Regular.ttf');
  const rendered = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: pixelRatio },
    font: { fontBuffers: [font], defaultFontFamily: 'Open Sans', loadSystemFonts: false },
  });
  return rendered.render().asPng();
}

/** A file that the build puts beside this one; without a build, that of a package. */
function asset(name: string, file: string): Uint8Array {
  const beside = join(dirname(fileURLToPath(import.meta.url)), name);
  return readFileSync(existsSync(beside) ? beside : createRequire(import.meta.url).resolve(file));
}
