/** Documents that are unusual to the point of malice: at each place of each, whatever a model writes is sound. */
import assert from 'node:assert/strict';
import { assertSound } from './sound';
import { at, inPieces, newCompleter, scripted } from './support';

const documents: readonly (readonly [name: string, text: string])[] = [
  ['empty', ''],
  ['CRLF', 'f() {\r\n  a(b);\r\n}\r\n'],
  ['CRLF and LF', 'f() {\r\n  a(b);\n}\r\n'],
  ['tabs', 'f() {\n\tif (a) {\n\t\tb("c");\n\t}\n}\n'],
  ['tabs and blanks', 'f() {\n\t  if (a)\n  \t  b();\n}\n'],
  ['emoji', 'say("😀👩‍👧🏳️‍🌈");\nsay(\'🇩🇪\');\n'],
  ['combining characters', 'e\u0301te\u0301("n\u0303o");\nZ\u0351\u036b\u0343()\n'],
  ['bidi text', 'if (x) { // \u202e שלום \u2066 } \u2069\n  say("مرحبا");\n}\n'],
  ['other line ends', 'a\u2028b\u2029c\u0085d\u000be\u000cf\n'],
  ['a byte order mark', '\uFEFFimport a;\n'],
  ['blanks', ' \t \n\t\n   \n'],
  ['a line of 5 MB', `x = [${'"a", '.repeat(1_000_000)}];\n`],
  ['a line of 5 MB of brackets', `${'('.repeat(2_500_000)}${')'.repeat(2_500_000)}`],
  ['200,000 lines', 'if (a) {\r\n  b("c");\r\n}\r\n'.repeat(66_667)],
];

const writings: readonly (readonly [name: string, text: string])[] = [
  ['a call and more', 'a(b, "c"); // d'],
  ['what closes everything', '"\'`)]});'],
  ['a block', 'x) {\n    y("😀");\n\tz();\n}\n}\n'],
  ['CRLF', '\r\n  a\r\n  b\r\n'],
  ['emoji', '😀👩‍👧🇩🇪 e\u0301 שלום \u202e'],
  ['circles', 'foo bar '.repeat(300)],
  ['circles of emoji', '😀b😁'.repeat(300)],
  ['brackets', '([{'.repeat(500) + '}])'.repeat(500)],
  ['quotes', '"\'`\\'.repeat(500)],
  ['one long line', 'x'.repeat(20_000)],
  ['many lines', '\n\tx'.repeat(2_000)],
];

/** At the very start and end; in a short document also between all of its characters. */
function places(text: string): number[] {
  if (text.length < 100) return Array.from({ length: text.length + 1 }, (_, offset) => offset);
  const middle = Math.floor(text.length / 2);
  return [0, 1, middle, middle + 1, text.length - 1, text.length];
}

describe('completion: unusual documents', () => {
  for (const [document, text] of documents) {
    it(`${document}: what is offered is sound`, async () => {
      let offered = 0;
      for (const offset of places(text)) {
        for (const [writing, written] of writings) {
          const request = at('|', { text, offset, explicit: true });
          const model = scripted(inPieces(written, 7));
          const outcome = await newCompleter().complete(request, model);
          if (outcome.kind === 'none') continue;
          offered += 1;
          const { suggestion } = outcome;
          assertSound(request, suggestion, `${writing} at ${offset}: ${JSON.stringify(suggestion)}`);
        }
      }
      assert.ok(offered > 0, 'nothing was offered');
    });
  }
});
