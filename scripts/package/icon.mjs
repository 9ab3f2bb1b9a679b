/** Draws icon.svg as media/icon.png: the gallery takes no SVG. Run by hand when the drawing has changed; the PNG is committed. */
import { readFile } from 'node:fs/promises';
import { openBrowser } from '../workbench/browser.mjs';

const browser = await openBrowser();
const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
const svg = await readFile(new URL('icon.svg', import.meta.url), 'utf8');
await page.setContent(`<body style="margin:0">${svg}</body>`);
await page.screenshot({ path: 'media/icon.png', omitBackground: true });
await browser.close();
