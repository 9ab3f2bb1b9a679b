/**
 * THIRD-PARTY-NOTICES.txt: the licences of everything in the package that is not ours. What esbuild has bundled it says itself;
 * what was copied is handed in; what was compiled (grammars, llama.cpp) is listed here, since their packages do not say.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const mit = 'MIT';
const compiled = {
  'llama.cpp': [mit, 'Copyright (c) 2023-2026 The ggml authors', 'https://github.com/ggml-org/llama.cpp'],
  'tree-sitter': [mit, 'Copyright (c) 2018 Max Brunsfeld', 'https://github.com/tree-sitter/tree-sitter'],
};
/** Copyright of the grammar in tree-sitter-<name>.wasm; all are under the MIT licence. */
const grammars = {
  bash: 'Copyright (c) 2017 Max Brunsfeld',
  'c-sharp': 'Copyright (c) 2014-2023 Max Brunsfeld, Damien Guard, Amaan Qureshi, and contributors',
  cpp: 'Copyright (c) 2014 Max Brunsfeld',
  css: 'Copyright (c) 2018 Max Brunsfeld',
  go: 'Copyright (c) 2014 Max Brunsfeld',
  java: 'Copyright (c) 2017 Ayman Nadeem',
  javascript: 'Copyright (c) 2014 Max Brunsfeld',
  python: 'Copyright (c) 2016 Max Brunsfeld',
  ruby: 'Copyright (c) 2016 Rob Rix',
  rust: 'Copyright (c) 2017 Maxim Sokolov',
  tsx: 'Copyright (c) 2017 Max Brunsfeld',
  typescript: 'Copyright (c) 2017 Max Brunsfeld',
};
const rule = '='.repeat(100);

/**
 * @param {string[]} folders of packages
 * @param {string[]} grammarNames
 * @returns {Promise<string>}
 */
export async function thirdPartyNotices(folders, grammarNames) {
  const packages = [...new Set(await Promise.all(folders.map(packageNotice)))].sort();
  const model = JSON.parse(await readFile('media/models/manifest.json', 'utf8'));
  return [
    'VRAMesh contains the software below, each part under its own licence.',
    ...packages,
    ...Object.entries(compiled).map(([name, [licence, copyright, home]]) =>
      [rule, `${name} (${licence}), compiled`, home, '', copyright, '', mitText].join('\n'),
    ),
    ...grammarNames.map(grammarNotice),
    [
      rule,
      `The embedded model: ${model.description}`,
      'Packages:',
      ...model.packages.map(
        (/** @type {{ name: string, version: string, copyright: string | null }} */ one) =>
          `  ${one.name} ${one.version}${one.copyright ? `: ${one.copyright}` : ''}`,
      ),
    ].join('\n'),
    '',
  ].join('\n\n');
}

/** @param {string} folder */
async function packageNotice(folder) {
  const { name, version, license, homepage, author } = JSON.parse(
    await readFile(path.join(folder, 'package.json'), 'utf8'),
  );
  if (typeof license !== 'string') throw new Error(`${folder} does not say its licence in one word.`);
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
  const holder = typeof author === 'string' ? author : author?.name;
  // Without a file of its own, the common text of its licence is meant.
  const spoken =
    texts.length > 0 ? texts : [`Author: ${holder ?? 'not named'}`, '', license === mit ? mitText : license];
  return [rule, `${name} ${version} (${license})`, ...(homepage ? [homepage] : []), '', ...spoken]
    .join('\n')
    .trimEnd();
}

/** @param {string} name */
function grammarNotice(name) {
  const copyright = Object.entries(grammars).find(([known]) => known === name)?.[1];
  if (copyright === undefined)
    throw new Error(
      `The licence of the grammar ${name} is not known: add it to scripts/package/notices.mjs.`,
    );
  return [rule, `tree-sitter grammar for ${name} (${mit})`, '', copyright, '', mitText].join('\n');
}

const mitText = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
