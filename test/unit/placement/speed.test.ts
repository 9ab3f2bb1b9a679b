import assert from 'node:assert/strict';
import { previews, theoreticalSpeed } from '../../../server/src/placement';
import { choose, cpu, FACTS, gpu, MiB, NEEDS, need, node, request } from './support';

/** 10 blocks of 90 MiB with 20 MiB of KV cache for 4 sequences, output of 100 MiB: 1000 MiB of weights. */
const model = () => need(10, { weights: 90, kv: 20, output: 100 });
const card = (bandwidth: number | null, id = 'GPU-a') => gpu('GPU', 10, 12, { id, bandwidth });

describe('placement: predicted speed', () => {
  it('a token reads the weights, and half of the KV cache of its own sequence', () => {
    const asked = request(model(), [node('a', [card(1000 * MiB), cpu(10, 16)])]);
    const [best] = previews(asked);
    assert.ok(best);
    const { decode } = theoreticalSpeed(asked, best);
    assert.ok(decode !== null && Math.abs(decode - 1 / 1.025) < 1e-9);
    assert.ok((best.decode_tokens_per_second ?? 0) < decode);
    assert.equal(best.speed_source, 'predicted');
  });

  it('of a mixture of experts only the active share of the blocks is read', () => {
    const facts = { ...FACTS, active_share: 0.1 };
    const asked = request(model(), [node('a', [card(1000 * MiB), cpu(10, 16)])], { facts });
    const [best] = previews(asked);
    assert.ok(best);
    const { decode } = theoreticalSpeed(asked, best);
    assert.ok(decode !== null && Math.abs(decode - 1 / 0.215) < 1e-9);
  });

  it('devices one after the other, and a round trip for each other node', () => {
    const nodes = [
      node('a', [card(1000 * MiB), cpu(10, 16)]),
      node('b', [card(500 * MiB, 'GPU-b'), cpu(10, 16)], 100),
    ];
    const asked = request(model(), nodes, { wishes: { min_nodes: 2 } });
    const best = choose(previews(asked));
    assert.ok(best);
    // 6 blocks on b; 4 blocks and the output on a.
    assert.deepEqual(
      best.shares.map(({ layers }) => layers),
      [0, 6, 5],
    );
    const { decode } = theoreticalSpeed(asked, best);
    assert.ok(decode !== null && Math.abs(1 / decode - (2 * 0.555 + 0.47 + 0.1)) < 1e-9);
  });

  it('what is not known of a device is not made up', () => {
    for (const nodes of [
      [node('a', [card(null), cpu(10, 16)])],
      [node('b', [cpu(10, 16)]), node('a', [card(5e11), cpu(0.5, 16)], null)],
    ]) {
      const best = previews(request(model(), nodes)).find(({ id }) => id.includes('gpu:'));
      assert.equal(best?.decode_tokens_per_second, null);
      assert.equal(best?.prefill_tokens_per_second, null);
    }
  });

  it('a prompt is faster than decoding, and a GPU faster than a CPU at both', () => {
    const all = previews(request(NEEDS['7B'](), [node('a', [gpu('4090', 23, 24), cpu(30, 64)])]));
    const [onGpu, onCpu] = all.map((preview) => ({
      decode: preview.decode_tokens_per_second ?? 0,
      prefill: preview.prefill_tokens_per_second ?? 0,
    }));
    assert.ok(onGpu && onCpu);
    assert.ok(onGpu.prefill > 10 * onGpu.decode && onCpu.prefill > onCpu.decode);
    assert.ok(onGpu.decode > 5 * onCpu.decode && onGpu.prefill > 5 * onCpu.prefill);
  });

  it('lies where published runs lie: a 7B in 4 bit on a GPU of 1008 GB/s', () => {
    const large = gpu('4090', 23, 24, { bandwidth: 1008e9 });
    const [best] = previews(request(NEEDS['7B'](), [node('a', [large, cpu(30, 64)])]));
    const { decode_tokens_per_second: decode, prefill_tokens_per_second: prefill } = best ?? {};
    assert.ok(decode && decode > 100 && decode < 180, `${decode} tokens/s`);
    assert.ok(prefill && prefill > 4000 && prefill < 14000, `${prefill} tokens/s`);
  });

  it('however small a model is, a token has its price', () => {
    const tiny = need(4, { weights: 1, kv: 1, output: 1 });
    const [best] = previews(request(tiny, [node('a', [card(1008e9), cpu(10, 16)])]));
    const { decode_tokens_per_second: decode, prefill_tokens_per_second: prefill } = best ?? {};
    assert.ok(decode && decode > 500 && decode < 2500, `${decode} tokens/s`);
    assert.ok(prefill && prefill < 400_000, `${prefill} tokens/s`);
  });

  it('after a run the same placement is predicted as it was measured', () => {
    const nodes = [node('a', [card(5e11), cpu(10, 16)])];
    const first = request(model(), nodes);
    const [before] = previews(first);
    assert.ok(before);
    const limit = theoreticalSpeed(first, before);
    const factors = { decode: 123 / (limit.decode ?? 0), prefill: 4567 / (limit.prefill ?? 0) };
    const [after, onCpu] = previews({ ...first, measured: new Map([[before.id, factors]]) });
    assert.ok(Math.abs((after?.decode_tokens_per_second ?? 0) - 123) < 1e-6);
    assert.ok(Math.abs((after?.prefill_tokens_per_second ?? 0) - 4567) < 1e-6);
    assert.equal(after?.speed_source, 'measured');
    assert.equal(onCpu?.speed_source, 'predicted');
  });
});
