/** Texts of files that come with the program, by their paths in the repository; `scripts/page.js` collects them. */
declare module 'interneuron:assets' {
  export const assetTexts: Readonly<Record<string, string>>;
}

/** Texts of models to begin with, by their paths in `fixtures`. */
declare module 'interneuron:examples' {
  export const examples: Readonly<Record<string, string>>;
}
