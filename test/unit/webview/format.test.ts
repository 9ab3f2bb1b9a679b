import assert from 'node:assert/strict';
import {
  bytes,
  bytesOf,
  bytesPerSecond,
  duration,
  milliseconds,
  outside,
  plural,
  tokensPerSecond,
  watts,
} from '../../../webview/src/format';

const gib = 1024 ** 3;
const mib = 1024 ** 2;

describe('values on the page', () => {
  const amounts: [number | null, string][] = [
    [null, '—'],
    [0, '0.0 GiB'],
    [1, '1 MiB'],
    [96 * mib, '96 MiB'],
    [1.25 * gib, '1.3 GiB'],
    [80 * gib, '80.0 GiB'],
    [1536 * gib, '1536 GiB'],
  ];
  for (const [value, text] of amounts) {
    it(`writes ${value} bytes as ${text}`, () => assert.equal(bytes(value), text));
  }

  it('writes a part of a total, and what is not known as a dash', () => {
    assert.equal(bytesOf(3 * gib, 8 * gib), '3.0 of 8.0 GiB');
    assert.equal(bytesOf(null, 8 * gib), '— of 8.0 GiB');
    assert.equal(bytesOf(null, null), '—');
  });

  const others: [string, string][] = [
    [bytesPerSecond(null), '—'],
    [bytesPerSecond(2048), '2 KiB/s'],
    [bytesPerSecond(118 * mib), '118 MiB/s'],
    [bytesPerSecond(1.16 * gib), '1.2 GiB/s'],
    [milliseconds(0.42), '0.4 ms'],
    [milliseconds(null), '—'],
    [duration(4.2), '5 s'],
    [duration(131), '2 min'],
    [duration(7260), '2 h 1 min'],
    [plural(1, 'GPU'), '1 GPU'],
    [plural(0, 'GPU'), '0 GPUs'],
  ];
  for (const [actual, text] of others) it(`writes ${text}`, () => assert.equal(actual, text));

  it('names a power limit only where there is one', () => {
    assert.equal(watts(84.4, 130), '84 of 130 W');
    assert.equal(watts(84.4, null), '84 W');
    assert.equal(watts(null, 130), '—');
  });

  it('writes a slow model’s speed with a decimal', () => {
    assert.equal(tokensPerSecond(151.2), '151 tokens/s');
    assert.equal(tokensPerSecond(8.44), '8.4 tokens/s');
    assert.equal(tokensPerSecond(null), '—');
  });
});

describe('a text from outside', () => {
  const cases: [string, string, string][] = [
    ['plain', 'NVIDIA GeForce RTX 3050', 'NVIDIA GeForce RTX 3050'],
    ['markup stays text', '<img onerror=x>', '<img onerror=x>'],
    ['lines and controls become a space', 'a\n\n\u0000b\tc', 'a b c'],
    ['directions that turn the text around are removed', '\u202eabc\u2066d', 'abc d'],
    ['letters of a right-to-left script stay, by themselves', 'שלום', '\u2068שלום\u2069'],
  ];
  for (const [name, text, shown] of cases) it(name, () => assert.equal(outside(text), shown));

  it('is cut to a length, between characters and not inside one', () => {
    assert.equal(outside('😀'.repeat(10_000), 3), '😀😀😀…');
    assert.equal(outside('abc', 3), 'abc');
    assert.equal(outside('A'.repeat(10_000)).length, 121);
  });
});
