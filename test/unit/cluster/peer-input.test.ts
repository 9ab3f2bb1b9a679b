import assert from 'node:assert/strict';
import { createPeerInput, inputLimits } from '../../../server/src/cluster/mesh/peer-input';

/** What it says against these chunks; `null`: all of them pass. */
async function problemWith(chunks: readonly (string | Buffer)[], msBetween = 0): Promise<string | null> {
  let now = 0;
  const input = createPeerInput(() => now);
  let passed = 0;
  input.on('data', (data: Buffer) => {
    passed += data.length;
  });
  const failed = new Promise<string>((fulfil) => input.once('error', ({ message }) => fulfil(message)));
  for (const chunk of chunks) {
    if (!input.destroyed) input.write(chunk);
    now += msBetween;
  }
  const ended = new Promise<null>((fulfil) => input.once('end', () => fulfil(null)));
  if (!input.destroyed) input.end();
  const problem = await Promise.race([failed, ended]);
  if (problem === null)
    assert.equal(
      passed,
      chunks.reduce((sum, chunk) => sum + Buffer.byteLength(chunk), 0),
    );
  return problem;
}

const message = (bytes: number) => `Content-Length: ${bytes}\r\n\r\n${' '.repeat(bytes)}`;
const largest = inputLimits.message;

describe('cluster: what a peer may send', () => {
  const passes: [what: string, chunks: string[], msBetween?: number][] = [
    ['a message', [message(10)]],
    ['a message byte by byte', [...message(10)]],
    ['several in one piece', [message(10) + message(0) + message(20)]],
    ['a header cut anywhere', [message(3).slice(0, 19), message(3).slice(19) + message(5)]],
    ['the largest', [message(largest)]],
    ['for long what is allowed in a second', Array(100).fill(message(largest)), 1000],
  ];
  for (const [what, chunks, msBetween] of passes)
    it(`passes ${what}`, async () => assert.equal(await problemWith(chunks, msBetween), null));

  const refuses: [what: string, chunks: string[], words: RegExp][] = [
    [
      'a message that is announced too large',
      [`Content-Length: ${largest + 1}\r\n\r\n`],
      /a message of \d+ bytes/,
    ],
    ['too much at once', Array(9).fill(message(largest)), /too much/],
    ['too many at once', Array(inputLimits.messageBurst + 1).fill(message(2)), /too many messages/],
  ];
  for (const [what, chunks, words] of refuses)
    it(`refuses ${what}`, async () => assert.match((await problemWith(chunks)) ?? 'nothing', words));
});
