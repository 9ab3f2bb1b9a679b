/** Files, drivers and peers may say anything: there is always an answer that the protocol can carry. */
import assert from 'node:assert/strict';
import { type ModelNeed, previewSchema } from '#protocol';
import { type Device, previews, theoreticalSpeed } from '../../../server/src/placement';
import { choose, cpu, FACTS, GiB, gpu, NEEDS, node, request } from './support';

const WILD = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -1,
  -(2 ** 63),
  2 ** 63,
  2 ** 53,
  1e300,
];

/** Whatever was asked: every preview can be sent, and there is one. */
function answered(asked: ReturnType<typeof request>) {
  const all = previews(asked);
  assert.ok(all.length > 0);
  for (const preview of all) {
    previewSchema.parse(preview);
    theoreticalSpeed(asked, preview);
  }
  return all;
}

const desk = (card: Partial<Device> = {}, ram: Partial<Device> = {}) => [
  node('desk', [gpu('4090', 22, 24, card), cpu(40, 64, ram)]),
];

describe('placement: bad input', () => {
  const broken: readonly [string, (wild: number) => Partial<ModelNeed>][] = [
    ['weights of a block', (wild) => ({ block_weights: [1, wild], block_kv: [1, 1] })],
    ['KV cache of a block', (wild) => ({ block_weights: [1, 1], block_kv: [wild, 1] })],
    ['output layer', (wild) => ({ output_weights: wild })],
    ['embeddings', (wild) => ({ input_weights: wild })],
    ['compute buffer', (wild) => ({ compute: { ...NEEDS['7B']().compute, gpu_whole: wild } })],
  ];
  for (const [what, more] of broken)
    it(`a model is refused whose ${what} cannot be true`, () => {
      for (const wild of [...WILD, 0.5]) {
        const [only] = answered(request({ ...NEEDS['7B'](), ...more(wild) }, desk()));
        assert.equal(only?.kind, 'none', `${wild}`);
        assert.match(only?.error ?? '', /cannot be true/);
      }
    });

  it('a model is refused that has no layers, or KV cache for other layers than it has', () => {
    const none = { block_weights: [], block_kv: [] };
    assert.match(answered(request({ ...NEEDS['7B'](), ...none }, desk()))[0]?.error ?? '', /no layers/);
    const uneven = { block_weights: [1, 2], block_kv: [1] };
    assert.match(
      answered(request({ ...NEEDS['7B'](), ...uneven }, desk()))[0]?.error ?? '',
      /KV cache for 1/,
    );
  });

  for (const field of ['capacityBytes', 'freeBytes', 'overheadBytes'] as const)
    it(`a GPU whose ${field} is impossible is left out, with the reason; the CPU is taken`, () => {
      for (const wild of [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 63]) {
        const all = answered(request(NEEDS['7B'](), desk({ [field]: wild })));
        assert.equal(choose(all)?.kind, 'cpu');
        assert.match(all.find(({ kind }) => kind === 'gpu')?.error ?? '', /4090 cannot be used/);
      }
    });

  it('more promised than free is nothing free; more free than there is counts as all of it', () => {
    const [, owed] = answered(request(NEEDS['7B'](), desk({ freeBytes: -5 * GiB })));
    assert.match(owed?.error ?? '', /0 B are free/);
    const [more] = answered(request(NEEDS['7B'](), desk({ freeBytes: 100 * GiB })));
    assert.equal(more?.shares[1]?.free_bytes, 24 * GiB);
  });

  it('speeds, facts and wishes that make no sense change no placement', () => {
    for (const wild of WILD) {
      const facts = { ...FACTS, parameters: wild, active_share: wild, layers: wild, context_size: wild };
      const measured = new Map([['gpu:GPU-4090', { decode: wild, prefill: wild }]]);
      const modelNeed = { ...NEEDS['7B'](), context_size: wild, sequences: wild };
      const all = answered(request(modelNeed, desk({ bandwidth: wild }), { facts, measured }));
      assert.equal(choose(all)?.id, 'gpu:GPU-4090');
    }
  });

  it('nodes without a CPU, without devices, and of one id', () => {
    answered(request(NEEDS['7B'](), [node('desk', [gpu('4090', 22, 24)])]));
    answered(request(NEEDS['7B'](), [node('desk', [])]));
    answered(request(NEEDS['7B'](), [...desk(), ...desk()], { wishes: { min_nodes: 1 } }));
    answered(request(NEEDS['7B'](), [...desk(), ...desk()], { wishes: { min_nodes: 2 } }));
    answered(request(NEEDS['7B'](), [...desk(), node('b', [cpu(1, 2)])], { wishes: { min_nodes: 2 } }));
  });

  it('a model of zero bytes, and one of thousands of blocks', () => {
    const empty = { block_weights: [0, 0], block_kv: [0, 0], output_weights: 0 };
    assert.ok(choose(answered(request({ ...NEEDS['7B'](), ...empty }, desk()))));
    const many = { block_weights: Array(5000).fill(1e6), block_kv: Array(5000).fill(7) };
    assert.ok(choose(answered(request({ ...NEEDS['7B'](), ...many }, desk()))));
  });
});
