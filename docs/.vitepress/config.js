/** The documentation site. `npm run docs` builds it; a link to a page that is missing ends the build. */

import { posix } from 'node:path';
import { defineConfig } from 'vitepress';
import { home } from '../../src/diagnostics/home.ts';
import { sidebar } from './sidebar.js';

/** Path of the site on its host. */
const base = process.env.DOCS_BASE ?? '/';
/** Address of the site, with which links to it show a picture elsewhere; absent: they show none. */
const address = process.env.DOCS_ADDRESS;

/** Makes links to files outside of `docs` links to the repository, or text if it has no address. */
function linksToRepository(markdown) {
  markdown.core.ruler.push('links-to-repository', ({ tokens, env }) => {
    let isOutside = false;
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const target = token.type === 'link_open' ? token.attrGet('href') : null;
      if (target !== null && !/^([a-z]+:|#|\/)/.test(target)) {
        const path = posix.join('docs', posix.dirname(env.relativePath), target);
        isOutside = !path.startsWith('docs/') || !/\.md(#|$)/.test(path);
        if (isOutside) token.attrSet('href', `${home}/blob/main/${path}`);
      }
      if (!isOutside || home !== '') continue;
      isOutside = token.type !== 'link_close';
      if (token.type.startsWith('link_'))
        Object.assign(token, { type: 'text', tag: '', attrs: null, content: '', nesting: 0 });
    }
  });
}

/** Shows images that are pages of HTML in frames, as `![title](page.html)`. */
function framesOfPages(markdown) {
  const { image } = markdown.renderer.rules;
  markdown.renderer.rules.image = (tokens, at, ...others) => {
    const source = tokens[at].attrGet('src');
    if (!/\.html(\?|$)/.test(source)) return image(tokens, at, ...others);
    const [src, title] = [source, tokens[at].content].map((text) => markdown.utils.escapeHtml(text));
    return `<iframe src="${src}" title="${title}" style="width: 100%; height: 620px; border: 0" loading="lazy"></iframe>`;
  };
}

/** Writes headings of columns without a text as plain cells: screen readers would announce empty headings. */
function headingsWithText(markdown) {
  markdown.core.ruler.push('headings-with-text', ({ tokens }) => {
    for (const [at, token] of tokens.entries())
      if (token.type === 'th_open' && tokens[at + 1].content === '') token.tag = tokens[at + 2].tag = 'td';
  });
}

/** Shows code as it is: in other text, braces hold expressions of Vue. */
function codeAsItIs(markdown) {
  const { code_inline: inline } = markdown.renderer.rules;
  markdown.renderer.rules.code_inline = (tokens, at, ...others) => {
    tokens[at].attrSet('v-pre', '');
    return inline(tokens, at, ...others);
  };
}

export default defineConfig({
  title: 'interneuron',
  description: 'One model, any notation in, any engine underneath, the same spikes everywhere.',
  outDir: '../out/site',
  cacheDir: '../out/site-cache',
  cleanUrls: false,
  // The site has a page for each message (scripts/message-pages.mjs).
  srcExclude: ['messages.md', 'explanations.md'],
  base,
  head: [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}logo.svg` }],
    ...(address === undefined
      ? []
      : [
          ['meta', { property: 'og:image', content: new URL('social.png', address).href }],
          ['meta', { name: 'twitter:card', content: 'summary_large_image' }],
        ]),
  ],
  markdown: {
    attrs: { disable: true },
    // Letters of code have enough contrast for everybody.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config: (markdown) => markdown.use(linksToRepository).use(framesOfPages).use(headingsWithText).use(codeAsItIs),
    html: false,
  },
  themeConfig: {
    logo: '/logo.svg',
    search: { provider: 'local' },
    socialLinks: home === '' ? [] : [{ icon: 'github', link: home }],
    outline: [2, 3],
    nav: [
      { text: 'Tutorials', link: '/tutorials/brian' },
      { text: 'How-to', link: '/how-to/continuous-integration' },
      { text: 'Gallery', link: '/gallery' },
      { text: 'Run a model', link: '/page/index.html', target: '_self' },
      { text: 'Reference', link: '/support' },
    ],
    sidebar,
  },
});
