import assert from 'node:assert/strict';
import type { Backend, LoadFailure } from '#protocol';
import { classifyLoadFailure, type LoadStage } from '../../../server/src/inference/engine/load-failure';

describe('why a model did not load', () => {
  const cases: [stage: LoadStage, Backend, words: string[], reason: LoadFailure, says: RegExp][] = [
    ['backend', 'cuda', ['NoBinaryFound'], 'backend', /cannot use cuda here/],
    [
      'backend',
      'vulkan',
      ['llama.cpp chose cpu instead'],
      'backend',
      /cannot use vulkan here: llama.cpp chose cpu/,
    ],
    [
      'model',
      'cuda',
      [
        'ggml_backend_cuda_buffer_type_alloc_buffer: cudaMalloc failed: out of memory',
        'Failed to load model',
      ],
      'memory',
      /cudaMalloc/,
    ],
    [
      'model',
      'vulkan',
      ['ggml_vulkan: Device memory allocation of size 1 failed.', 'ErrorOutOfDeviceMemory'],
      'memory',
      /Too little memory/,
    ],
    [
      'model',
      'cpu',
      ["error loading model: unknown model architecture: 'mystery9'"],
      'model',
      /architecture "mystery9"/,
    ],
    [
      'model',
      'cpu',
      [
        "tensor 'blk.3.ffn_up.weight' data is not within the file bounds, model is corrupted or incomplete",
        'Failed to load model',
      ],
      'model',
      /damaged or incomplete \(tensor 'blk\.3.*Fetch it again/,
    ],
    [
      'model',
      'cpu',
      [
        'The value of "size" is out of range. It must be >= 0 && <= 4294967296. Received 18_446_744_073_709_552_000',
      ],
      'model',
      /^The file is damaged: there are impossible numbers in its header\. Fetch it again\.$/,
    ],
    ['model', 'cpu', ['Failed to load model'], 'model', /cannot load this file/],
    [
      'context',
      'cuda',
      ['Not enough VRAM to fit the model with the specified settings'],
      'memory',
      /Not enough VRAM/,
    ],
    ['context', 'cpu', ['Failed to create context'], 'memory', /KV cache/],
  ];
  for (const [stage, backend, words, reason, says] of cases)
    it(`${reason}: ${words[0]}`, () => {
      const failure = classifyLoadFailure(stage, backend, words);
      assert.equal(failure.reason, reason);
      assert.match(failure.message, says);
    });
});
