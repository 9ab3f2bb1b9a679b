/** The protocol document is what the schemas say, and they say something about everything. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as protocol from '#protocol';
import { fromEngineSchema, toEngineSchema } from '#protocol';
import { socketPath } from '#protocol/attach';
import { protocolDocument } from '../../../scripts/protocol-doc';
import { engineExample, schemaExamples } from '../../../scripts/protocol-doc/examples';
import { messageExamples } from '../../../scripts/protocol-doc/message-examples';
import { exportedSchemas } from '../../../scripts/protocol-doc/schemas';

const schemas = exportedSchemas();
const messages = Object.values(protocol).flatMap((value) =>
  typeof value === 'object' && value !== null && 'method' in value ? [value] : [],
);

describe('docs/protocol.md', () => {
  const document = protocolDocument();

  it('is what the schemas say (run "npm run docs")', () => {
    assert.equal(readFileSync('docs/protocol.md', 'utf8'), document);
  });

  it('has a heading for every schema and every message', () => {
    const titles = [...schemas.values()].map((schema) => schema.meta()?.title);
    for (const name of [...titles, ...messages.map(({ method }) => method)])
      assert.ok(document.includes(`\n### ${name}\n`), `${name} is missing`);
  });

  it('has no link that leads nowhere', () => {
    const headings = [...document.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    assert.equal(new Set(headings).size, headings.length, 'two headings have one anchor');
    for (const [, anchor = ''] of document.matchAll(/\]\(#([^)]+)\)/g))
      assert.ok(headings.includes(anchor), anchor);
  });

  it('tells the longest path that a socket may have', () => {
    const longest = Number(/longer than (\d+) bytes/.exec(document)?.[1]);
    const homeFor = (bytes: number) => `/${'h'.repeat(bytes - '//host.sock'.length)}`;
    const inHome = (home: string) => socketPath(home) === join(home, 'host.sock');
    assert.deepEqual([inHome(homeFor(longest)), inHome(homeFor(longest + 1))], [true, false]);
  });
});

describe('the schemas of the protocol', () => {
  for (const [name, schema] of schemas) {
    it(`${name} has a title and a description`, () => {
      const { title, description } = schema.meta() ?? {};
      assert.match(title ?? '', /^[A-Z]\w+$/);
      assert.match(description ?? '', /\w/);
    });
  }

  it('have titles of their own', () => {
    const titles = [...schemas.values()].map((schema) => schema.meta()?.title);
    assert.deepEqual(titles, [...new Set(titles)]);
  });
});

const listed = [...protocol.editorMessages, ...protocol.meshMessages];

describe('the lists of messages', () => {
  it('have every message that is exported, once', () => {
    const methods = (list: readonly { readonly method: string }[]) => list.map(({ method }) => method).sort();
    assert.deepEqual(methods(listed), methods(messages));
  });

  for (const message of listed) {
    it(`${message.method} says what it means, and its example fits its schemas`, () => {
      assert.match(message.method, /^(vramesh|node|completion)\/[a-zA-Z]+$/);
      assert.match(message.description, /^[A-Z].+\.$/s);
      const example = messageExamples[message.method];
      assert.ok(example, 'there is no example');
      message.params.parse(example.params);
      if ('result' in message) message.result.parse(example.result);
    });
  }
});

describe('examples of the document', () => {
  const byTitle = new Map([...schemas.values()].map((schema) => [schema.meta()?.title, schema]));
  for (const [title, example] of Object.entries(schemaExamples)) {
    it(`${title} loses nothing when it is read`, () => {
      assert.deepEqual(byTitle.get(title)?.parse(example), example);
    });
  }

  for (const example of engineExample) {
    it(`${example.type} is a message of the engine's channel`, () => {
      const fits = [toEngineSchema, fromEngineSchema].map((schema) => schema.safeParse(example));
      assert.deepEqual(
        fits.flatMap(({ data }) => data ?? []),
        [example],
      );
    });
  }
});
