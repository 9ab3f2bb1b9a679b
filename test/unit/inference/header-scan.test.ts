import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { scanHeaders } from '../../../server/src/inference/engine/header-scan';
import { arrayOf, type GgufFile, plainFile, stringOf, withMetadata, writeGguf } from './gguf-file';

describe('a GGUF header, step by step', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'vramesh-header-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const scan = (file: GgufFile) => {
    const target = path.join(folder, 'model.gguf');
    writeGguf(target, file);
    scanHeaders(target);
  };

  it('is believed where it is in order', () => {
    scan(plainFile);
    scanHeaders('media/models/tiny-ts-fim-q8_0.gguf');
  });

  const tensor = (name: string, shape: (number | bigint)[]): GgufFile => ({
    ...plainFile,
    tensors: [...plainFile.tensors, { name, shape }],
  });
  const refused: [what: string, file: GgufFile, says: RegExp][] = [
    [
      'a text of 2^63 bytes',
      withMetadata({ 'general.name': stringOf(2n ** 63n) }),
      /general\.name has \d+ bytes/,
    ],
    [
      'a text of 4 GiB',
      withMetadata({ 'general.name': stringOf(2n ** 32n) }),
      /general\.name has 4294967296 bytes/,
    ],
    ['an array of 2^63 numbers', withMetadata({ a: arrayOf(4, 2n ** 63n) }), /a has \d+ elements/],
    ['an array of 2^40 bytes', withMetadata({ a: arrayOf(0, 2n ** 40n) }), /a has 1099511627776 elements/],
    [
      'an array of a thousand texts that are not there',
      withMetadata({ a: arrayOf(8, 1000n) }),
      /impossible|ends within/,
    ],
    ['a value of no known type', withMetadata({ a: arrayOf(77, 3n) }), /a is of type 77/],
    [
      'a tensor of 2^63 rows',
      tensor('blk.0.x.weight', [2n ** 63n]),
      /blk\.0\.x\.weight has \d[\d.e+]* weights/,
    ],
    ['a tensor whose size is beyond 64 bits', tensor('x', [2n ** 40n, 2n ** 40n]), /x has .* weights/],
    ['a tensor of no rows', tensor('x', [64, 0]), /x has 0 weights/],
    ['a tensor of nine dimensions', tensor('x', Array(9).fill(1)), /x has 9 dimensions/],
  ];
  for (const [what, file, says] of refused)
    it(`refuses ${what}`, () => {
      assert.throws(() => scan(file), { name: 'ModelFileError', message: says });
      assert.throws(() => scan(file), { message: /^The file is damaged.*Fetch it again\.$/ });
    });

  it('refuses arrays in arrays without end', () => {
    const deep = Buffer.alloc(12 * 1000);
    for (let at = 0; at < deep.length; at += 12) {
      deep.writeUInt32LE(9, at);
      deep.writeBigUInt64LE(1n, at + 4);
    }
    const value = Buffer.concat([Buffer.from([9, 0, 0, 0]), deep]);
    assert.throws(() => scan(withMetadata({ a: { type: 'raw', value } })), { message: /a is of type 9/ });
  });

  it('refuses a file that ends within its header', () => {
    const bytes = readFileSync('media/models/tiny-ts-fim-q8_0.gguf');
    const target = path.join(folder, 'cut.gguf');
    for (const length of [100, 5000, 20_000]) {
      writeFileSync(target, bytes.subarray(0, length));
      assert.throws(() => scanHeaders(target), { name: 'ModelFileError' }, `${length} bytes`);
    }
  });
});
