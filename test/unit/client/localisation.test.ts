/** Every text of the window is there in English and in French; the check finds what is missing, on both sides. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import french from '../../../l10n/bundle.l10n.fr.json';
import manifest from '../../../package.json';
import manifestFrench from '../../../package.nls.fr.json';
import manifestEnglish from '../../../package.nls.json';

const folder = path.resolve('client/src');
/** By path: the code of the window, without its comments. */
const sources = new Map(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => [name, withoutComments(readFileSync(path.join(folder, name), 'utf8'))]),
);

function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

const literal = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/;
/** A call of `t`; group 1: its text, when it is written there. */
const call = new RegExp(`(?<![\\w.])t\\(\\s*(${literal.source})?`, 'g');

const marked = [...sources].flatMap(([name, code]) =>
  [...code.matchAll(call)].map(([, text]) => ({ name, text: text?.slice(1, -1).replaceAll("\\'", "'") })),
);
const english = new Set(marked.flatMap(({ text }) => text ?? []));

const placeholders = (text: string) => (text.match(/\{\d+\}/g) ?? []).sort().join();

/** Of one JSON document to another: what is there but not here, and the other way round. */
function assertSame(here: Iterable<string>, there: Iterable<string>): void {
  assert.deepEqual([...new Set(here)].sort(), [...new Set(there)].sort());
}

describe('the manifest, in two languages', () => {
  const text = JSON.stringify(manifest);
  const used = [...text.matchAll(/"%([\w.]+)%"/g)].flatMap(([, key]) => key ?? []);

  it('has all its texts in English', () => assertSame(used, Object.keys(manifestEnglish)));
  it('has all its texts in French', () => assertSame(used, Object.keys(manifestFrench)));

  it('has no text of its own', () => {
    const { contributes, description } = manifest;
    const texts = [
      description,
      ...contributes.commands.map(({ title }) => title),
      ...contributes.viewsWelcome.map(({ contents }) => contents),
      ...contributes.walkthroughs.flatMap((walkthrough) => [
        walkthrough.title,
        walkthrough.description,
        ...walkthrough.steps.flatMap(({ title, description, media }) => [title, description, media.altText]),
      ]),
      ...Object.values(contributes.configuration.properties).map((setting) => setting.markdownDescription),
    ];
    assert.deepEqual(
      texts.filter((each) => !/^%[\w.]+%$/.test(each)),
      [],
    );
  });

  it('links to the same commands in both', () => {
    const links = (all: Record<string, string>) =>
      Object.entries(all).map(([key, each]) => `${key}: ${each.match(/\(command:[\w.]+\)/g) ?? ''}`);
    assert.deepEqual(links(manifestFrench), links(manifestEnglish));
  });
});

describe('the window, in two languages', () => {
  it('each text is written where it is translated', () => {
    assert.deepEqual(
      marked.filter(({ text }) => text === undefined),
      [],
    );
  });

  it('has all its texts in French, and no others', () => assertSame(english, Object.keys(french)));

  it('a translation has the values of the text', () => {
    for (const [key, translation] of Object.entries(french))
      assert.equal(placeholders(translation), placeholders(key), key);
  });

  const literals = new RegExp(`${literal.source}|\`(?:[^\`\\\\]|\\\\.)*\``, 'g');
  /** What stands before a literal that VS Code shows. */
  const showing =
    /(?:\b(?:title|label|placeHolder|prompt|detail|description|tooltip|openLabel|reason): |(?:Message|Panel|Error)\(\s*)$/;
  /** Nobody sees these: logs, and what a page's head is made of. */
  const unseen = /log\.\w+\(.*|content="width.*|\b(?:default|script|style)-src .*/g;

  /** Two words that follow each other, or one with a capital letter where VS Code shows it. */
  function isText(text: string, before: string): boolean {
    const words = text.replace(/\$\{[^{}]*\}|\$\([\w~-]+\)|VRAMesh/g, '');
    return /[A-Za-z]{2,},? [a-z]{2,}/.test(words) || (showing.test(before) && /[A-Z][a-z]{2,}/.test(words));
  }

  it('shows no text that is in English only', () => {
    const left = [...sources].flatMap(([name, code]) => {
      const rest = code.replace(call, 't(').replace(unseen, '');
      return [...rest.matchAll(literals)]
        .filter(({ 0: text, index }) => isText(text, rest.slice(0, index)))
        .map(([text]) => `${name}: ${text}`);
    });
    assert.deepEqual(left, []);
  });
});
