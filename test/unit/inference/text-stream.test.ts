import assert from 'node:assert/strict';
import { createTextStream } from '../../../server/src/inference/engine/text-stream';

/** A vocabulary whose tokens are bytes, as a byte-level tokenizer falls back to. */
const bytes = (tokens: readonly number[]) => Buffer.from(tokens).toString('utf8');
const pieces = (text: string | Buffer) => {
  const stream = createTextStream(bytes, undefined);
  return [...Buffer.from(text)].map((byte) => stream.push(byte)).concat(stream.end());
};

describe('text from tokens', () => {
  it('gives every character whole, and as soon as it is', () => {
    assert.deepEqual(pieces('aé€😀b'), ['a', '', 'é', '', '', '€', '', '', '', '😀', 'b', '']);
  });

  it('drops half a character at the end', () => {
    assert.equal(pieces(Buffer.from('ok😀').subarray(0, 5)).join(''), 'ok');
  });

  it('does not wait for ever on bytes that never become a character', () => {
    assert.match(pieces(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x61])).join(''), /^\uFFFD+a$/);
  });

  it('keeps the space that a vocabulary writes only after another token', () => {
    const words = (tokens: readonly string[]) => tokens.join(' ');
    const stream = createTextStream<string>(words, 'return');
    assert.equal(stream.push('x'), ' x');
    assert.equal(stream.push('y'), ' y');
    assert.equal(createTextStream<string>(words, undefined).push('x'), 'x');
  });
});
