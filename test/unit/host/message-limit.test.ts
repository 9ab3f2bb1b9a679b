import assert from 'node:assert/strict';
import { MessageLimit } from '../../../server/src/message-limit';

const mostBytes = 4096;

/** Sends chunks through the limit; gives what came out, and the error that ended it. */
async function pass(chunks: Iterable<Buffer>): Promise<{ out: Buffer; error: string | null }> {
  const limit = new MessageLimit({ mostBytes });
  const passed: Buffer[] = [];
  let error: string | null = null;
  limit.on('data', (bytes: Buffer) => passed.push(bytes));
  limit.on('error', ({ message }) => {
    error = message;
  });
  const closed = new Promise((fulfil) => limit.once('close', fulfil));
  for (const chunk of chunks) if (!limit.destroyed) limit.write(chunk);
  limit.end();
  await closed;
  return { out: Buffer.concat(passed), error };
}

function frame(body: string, header = `Content-Length: ${Buffer.byteLength(body)}`): string {
  return `${header}\r\n\r\n${body}`;
}

function* pieces(bytes: Buffer, size: number): Iterable<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

describe('message limit', () => {
  const type = 'Content-Type: application/vscode-jsonrpc; charset=utf-8';
  const messages = [
    frame('{}'),
    frame(''),
    frame('{"text":"äöü€😀"}'),
    frame('[1]', `${type}\r\nContent-Length: 3`),
    frame('[2]', 'content-length:3'),
    frame('{"header":"Content-Length: 99999999999\\r\\n\\r\\n"}'),
    frame(JSON.stringify('x'.repeat(300))),
  ];
  const all = Buffer.from(messages.join(''));

  for (const size of [1, 2, 3, 7, 64, all.length]) {
    it(`passes messages on byte for byte, in chunks of ${size}`, async () => {
      const { out, error } = await pass(pieces(all, size));
      assert.equal(error, null);
      assert.ok(out.equals(all));
    });
  }

  it('passes a body of exactly the limit', async () => {
    const header = Buffer.from(`Content-Length: ${mostBytes}\r\n\r\n`);
    const body = Buffer.alloc(mostBytes, 'x');
    const { out, error } = await pass([header, body]);
    assert.equal(error, null);
    assert.equal(out.length, header.length + body.length);
  });

  const refused: [what: string, bytes: string, says: RegExp][] = [
    [
      'a byte more than the limit',
      `Content-Length: ${mostBytes + 1}\r\n\r\n`,
      /a message of 4097 bytes, where at most 4096 are allowed/,
    ],
    ['more than any number can hold', `Content-Length: ${'9'.repeat(400)}\r\n\r\n`, /a message of 9+ bytes/],
    ['no length', 'Content-Type: text\r\n\r\n{}', /not one Content-Length/],
    ['a negative length', 'Content-Length: -2\r\n\r\n{}', /not one Content-Length/],
    ['a length in words', 'Content-Length: two\r\n\r\n{}', /not one Content-Length/],
    ['a broken length', 'Content-Length: 2.5\r\n\r\n{}', /not one Content-Length/],
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 9999\r\n\r\n{}', /not one Content-Length/],
    ['one length twice', 'Content-Length: 2\r\ncontent-length: 2\r\n\r\n{}', /not one Content-Length/],
    ['a length by another name', 'X-Content-Length: 2\r\n\r\n{}', /not one Content-Length/],
    ['lines of other kinds', 'Content-Length: 2\r\nHost: x\r\n\r\n{}', /not one Content-Length/],
    [
      'a second length behind a line end of eight bits',
      'Content-Type: x\u008d\u008aContent-Length: 9999\r\nContent-Length: 2\r\n\r\n{}',
      /not one Content-Length/,
    ],
    ['an empty header', '\r\n\r\n{}', /not one Content-Length/],
    ['a header without end', 'x'.repeat(1025), /a header without end/],
    [
      'a header that ends too late',
      `Content-Length: 2\r\n${'x'.repeat(1024)}\r\n\r\n{}`,
      /a header without end/,
    ],
  ];
  for (const [what, bytes, says] of refused) {
    for (const size of [5, bytes.length]) {
      it(`refuses ${what}, in chunks of ${size}, and keeps what came before`, async () => {
        const { out, error } = await pass(pieces(Buffer.from(frame('{}') + bytes, 'latin1'), size));
        assert.match(error ?? '', says);
        assert.equal(out.toString(), frame('{}'));
      });
    }
  }
});
