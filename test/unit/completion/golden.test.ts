/**
 * Whole completions, in the notation of `golden/notation.ts`. The answer must be the same however the engine cuts the
 * text into pieces.
 */
import assert from 'node:assert/strict';
import { realSyntax } from '../syntax/support';
import { cpp } from './golden/cpp';
import { csharp } from './golden/csharp';
import { css } from './golden/css';
import { go } from './golden/go';
import { html } from './golden/html';
import { java } from './golden/java';
import { javascript } from './golden/javascript';
import { json } from './golden/json';
import { markdown } from './golden/markdown';
import { read, show } from './golden/notation';
import { python } from './golden/python';
import { rust } from './golden/rust';
import { shellscript } from './golden/shellscript';
import { typescript } from './golden/typescript';
import { yaml } from './golden/yaml';
import { at, inPieces, newCompleter, scripted } from './support';

/** By language id. */
const languages = {
  typescript,
  javascript,
  python,
  go,
  rust,
  java,
  cpp,
  csharp,
  html,
  css,
  json,
  yaml,
  markdown,
  shellscript,
};

describe('completion: golden texts', () => {
  for (const [languageId, goldens] of Object.entries(languages)) {
    for (const { name, shows, writes, explicit = false } of goldens) {
      it(`${languageId}: ${name}`, async () => {
        const { before, after } = read(shows);
        const offset = before.length;
        const request = at('|', { text: before + after, offset, languageId, explicit });
        for (const size of [1, 3, 1000]) {
          const model = scripted(inPieces(writes, size));
          const outcome = await newCompleter(realSyntax).complete(request, model);
          const { insertText, end } =
            outcome.kind === 'suggestion' ? outcome.suggestion : { insertText: '', end: offset };
          assert.equal(show(before, after, insertText, end - offset), shows, `in pieces of ${size}`);
        }
      });
    }
  }
});
