import assert from 'node:assert/strict';
import {
  activeShare,
  blockWeights,
  outerWeights,
  type Tensor,
} from '../../../server/src/inference/engine/gguf-facts';

const dense: Tensor[] = [
  { name: 'token_embd.weight', bytes: 500 },
  { name: 'blk.0.attn_q.weight', bytes: 10 },
  { name: 'blk.0.ffn_up.weight', bytes: 30 },
  { name: 'blk.1.attn_q.weight', bytes: 20 },
  { name: 'blk.10.attn_q.weight', bytes: 7 },
  { name: 'output_norm.weight', bytes: 3 },
];

describe('weights of a GGUF', () => {
  it('of each block', () => {
    assert.deepEqual(blockWeights({ blocks: 2, tensors: dense }), [40, 20]);
  });

  it('outside the blocks: an output of its own, or the input’s once more', () => {
    assert.deepEqual(outerWeights(dense), { input: 500, output: 503 });
    assert.deepEqual(outerWeights([...dense, { name: 'output.weight', bytes: 600 }]), {
      input: 500,
      output: 603,
    });
  });

  const experts: Tensor[] = [
    { name: 'blk.0.attn_q.weight', bytes: 100 },
    { name: 'blk.0.ffn_up_exps.weight', bytes: 800 },
    { name: 'blk.0.ffn_up_shexp.weight', bytes: 100 },
    { name: 'token_embd.weight', bytes: 5000 },
  ];
  const shares: [what: string, tensors: Tensor[], expertsUsed: number, share: number][] = [
    ['all of a dense model', dense, 1, 1],
    ['8 of 128 experts, and what every token passes', experts, 8 / 128, 0.25],
    ['no weights at all', [], 1, 1],
  ];
  for (const [what, tensors, expertsUsed, share] of shares)
    it(`that one token reads: ${what}`, () => {
      assert.equal(activeShare({ tensors, expertsUsed }), share);
    });
});
