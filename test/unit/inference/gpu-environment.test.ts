import assert from 'node:assert/strict';
import type { Backend } from '#protocol';
import { gpuEnvironment, type PlannedGpu } from '../../../server/src/inference/gpu-environment';

const first = { index: 0, uuid: 'GPU-11111111-aaaa' };
const third = { index: 2, uuid: 'GPU-33333333-cccc' };
const nameless = { index: 1, uuid: null };

describe('the GPUs that an engine sees', () => {
  const cuda = (devices: string) => ({ CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: devices });
  const vulkan = (devices: string) => ({ GGML_VK_VISIBLE_DEVICES: devices });
  const cases: [
    what: string,
    Backend,
    PlannedGpu[],
    inherited: NodeJS.ProcessEnv,
    expected: NodeJS.ProcessEnv,
  ][] = [
    ['CUDA: by uuid', 'cuda', [third], {}, cuda('GPU-33333333-cccc')],
    ['CUDA: in the order of the plan', 'cuda', [third, first], {}, cuda(`${third.uuid},${first.uuid}`)],
    ['CUDA: by position where there is no uuid', 'cuda', [nameless], {}, cuda('1')],
    [
      'CUDA: by position, in a list of the user, too',
      'cuda',
      [nameless],
      { CUDA_VISIBLE_DEVICES: '3, 1' },
      cuda('1'),
    ],
    ['CUDA: all hidden by the user', 'cuda', [first], { CUDA_VISIBLE_DEVICES: '-1' }, {}],
    ['CUDA: all hidden by an empty list', 'cuda', [first], { CUDA_VISIBLE_DEVICES: '' }, {}],
    ['Vulkan: by position', 'vulkan', [first, third], {}, vulkan('0,2')],
    [
      'Vulkan: by position in a list of the user',
      'vulkan',
      [nameless],
      { GGML_VK_VISIBLE_DEVICES: '4,0' },
      vulkan('0'),
    ],
    [
      'Vulkan: the same twice',
      'vulkan',
      [first, nameless],
      { GGML_VK_VISIBLE_DEVICES: '0,0' },
      vulkan('0,0'),
    ],
    ['Metal: nothing to choose', 'metal', [first], {}, {}],
    ['the CPU', 'cpu', [], {}, {}],
  ];
  for (const [what, backend, gpus, inherited, expected] of cases)
    it(what, () => {
      assert.deepEqual(gpuEnvironment(backend, gpus, inherited), expected);
    });
});
