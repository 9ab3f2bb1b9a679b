import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseGgufHeader } from '../../../server/src/inference/gguf-header';

function header(version: number, tensors: number, keyValues: number): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.write('GGUF');
  bytes.writeUInt32LE(version, 4);
  bytes.writeBigUInt64LE(BigInt(tensors), 8);
  bytes.writeBigUInt64LE(BigInt(keyValues), 16);
  return bytes;
}
const bigEndian = header(3, 10, 10);
bigEndian.writeUInt32BE(3, 4);

describe('GGUF header', () => {
  it('reads that of the embedded model', () => {
    const bytes = readFileSync('media/models/tiny-ts-fim-q8_0.gguf');
    const { version, tensors, keyValues } = parseGgufHeader(bytes.subarray(0, 24), bytes.length);
    assert.equal(version, 3);
    assert.ok(tensors > 40 && keyValues > 10, `${tensors} tensors, ${keyValues} keys`);
  });

  const refused: [what: string, start: Buffer, fileSize: number, says: RegExp][] = [
    ['an empty file', Buffer.alloc(0), 0, /is empty/],
    ['a text', Buffer.from('# a model, they said\n'), 21, /not a GGUF/],
    ['a header cut off', header(3, 1, 1).subarray(0, 10), 10, /cut off/],
    ['version 1', header(1, 10, 10), 1e6, /outdated GGUF version 1/],
    ['a version to come', header(9, 10, 10), 1e6, /version 9, newer/],
    ['big-endian', bigEndian, 1e6, /big-endian/],
    ['no tensors', header(3, 0, 10), 1e6, /no weights/],
    ['more tensors than bytes', header(3, 2 ** 40, 10), 1e9, /promises more than the file holds/],
    ['more keys than bytes', header(3, 10, 2 ** 52), 1e9, /promises more than the file holds/],
    ['counts beyond any number', header(3, 10, 10).fill(0xff, 8), 1e9, /promises more than the file holds/],
  ];
  for (const [what, start, fileSize, says] of refused)
    it(`refuses ${what}`, () => {
      assert.throws(() => parseGgufHeader(start, fileSize), { message: says });
    });
});
