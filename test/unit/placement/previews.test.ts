/** What a user is offered on ordinary machines, as text: per device the first layer, the layers, and MiB in use. */
import assert from 'node:assert/strict';
import { previewSchema } from '#protocol';
import { previews } from '../../../server/src/placement';
import { choose, cpu, FACTS, GiB, gpu, NEEDS, node, request, told } from './support';

const twoCards = () => [
  gpu('RTX 3060', 11.5, 12, { id: 'GPU-a' }),
  gpu('RTX 3060', 10.2, 12, { id: 'GPU-b' }),
  cpu(20, 32),
];

const offers: readonly [string, ReturnType<typeof request>, readonly string[]][] = [
  [
    'a 7B on a large card: whole on it, or on the CPU',
    request(NEEDS['7B'](), [node('desk', [gpu('4090', 22.9, 24), cpu(40, 64)])]),
    ['gpu:GPU-4090 | desk/cpu 0+0 320 | desk/GPU-4090 0+29 6006', 'cpu | desk/cpu 0+29 5846'],
  ],
  [
    'a 13B on two equal cards of which one drives the screen',
    request(NEEDS['13B'](), [node('desk', [...twoCards().slice(0, 2), cpu(40, 64)])]),
    [
      'gpu+cpu:GPU-a+GPU-b | desk/cpu 0+2 1620 | desk/GPU-a 2+21 11670 | desk/GPU-b 23+18 9760',
      'gpu+cpu:GPU-a | desk/cpu 0+20 10800 | desk/GPU-a 20+21 11290',
      'cpu | desk/cpu 0+41 21130',
      'gpu:GPU-a ✗ RTX 3060 (GPU 0) is 9.3 GiB short: 20.8 GiB are needed, 11.5 GiB are free',
      'gpu:GPU-b ✗ RTX 3060 (GPU 1) is 10.6 GiB short: 20.8 GiB are needed, 10.2 GiB are free',
      'gpus:GPU-a+GPU-b ✗ llama.cpp splits layers over GPUs by their free memory alone: ' +
        'RTX 3060 (GPU 0) is 254 MiB short: 11.7 GiB are needed, 11.5 GiB are free',
    ],
  ],
  [
    'three cards: the smallest sets that hold it, those with most memory first',
    request(NEEDS['13B'](), [
      node('box', [
        gpu('A', 11.8, 12),
        gpu('B', 15.5, 16),
        gpu('C', 15.6, 16),
        cpu(5, 64, { bandwidth: null }),
      ]),
    ]),
    [
      'gpus:GPU-B+GPU-C | box/cpu 0+0 320 | box/GPU-B 0+21 11520 | box/GPU-C 21+20 10630',
      'gpus:GPU-A+GPU-C | box/cpu 0+0 320 | box/GPU-A 0+18 9990 | box/GPU-C 18+23 12160',
      'gpus:GPU-A+GPU-B | box/cpu 0+0 320 | box/GPU-A 0+18 9990 | box/GPU-B 18+23 12160',
      'gpu:GPU-A ✗ A is 9.0 GiB short: 20.8 GiB are needed, 11.8 GiB are free',
      'gpu:GPU-B ✗ B is 5.3 GiB short: 20.8 GiB are needed, 15.5 GiB are free',
      'gpu:GPU-C ✗ C is 5.2 GiB short: 20.8 GiB are needed, 15.6 GiB are free',
      'cpu ✗ RAM is 15.6 GiB short: 20.6 GiB are needed, 5.0 GiB are free',
    ],
  ],
  [
    'a large model beside an 8 GB card: the last layers on it',
    request(NEEDS['13B'](), [node('laptop', [gpu('3070', 7.4, 8), cpu(25, 32)])]),
    [
      'gpu+cpu:GPU-3070 | laptop/cpu 0+28 14880 | laptop/GPU-3070 28+13 7210',
      'cpu | laptop/cpu 0+41 21130',
      'gpu:GPU-3070 ✗ 3070 is 13.4 GiB short: 20.8 GiB are needed, 7.4 GiB are free',
    ],
  ],
  [
    'VRAM that is kept for a model that is away: llama.cpp takes it for free and deals out layers by it',
    request(NEEDS['32B'](), [
      node('box', [gpu('A', 14, 24, { driverFreeBytes: 20 * GiB }), gpu('B', 20, 24), cpu(8, 32)]),
    ]),
    ['gpus:GPU-A+GPU-B | box/cpu 0+0 320 | box/GPU-A 0+33 12162 | box/GPU-B 33+32 12074'],
  ],
  [
    'the same, where its share would not leave that',
    request(NEEDS['32B'](), [
      node('box', [gpu('A', 10, 24, { driverFreeBytes: 20 * GiB }), gpu('B', 20, 24), cpu(8, 32)]),
    ]),
    ['gpu+cpu:GPU-B'],
  ],
  ['no GPU', request(NEEDS['1.5B'](), [node('laptop', [cpu(10, 16)])]), ['cpu | laptop/cpu 0+29 2068']],
  [
    'a GPU that sleeps, and too little RAM',
    request(NEEDS['7B'](), [node('laptop', [gpu('3070', 7.4, 8, { obstacle: 'asleep' }), cpu(5, 16)])]),
    [
      'gpu:GPU-3070 ✗ 3070 cannot be used: asleep',
      'cpu ✗ RAM is 726 MiB short: 5.7 GiB are needed, 5.0 GiB are free',
    ],
  ],
  [
    'VRAM for all of it, but no RAM for the embeddings',
    request(NEEDS['7B'](), [node('box', [gpu('4090', 23, 24), cpu(0.25, 8)])]),
    [
      'gpu:GPU-4090 ✗ RAM is 64 MiB short: 320 MiB are needed, 256 MiB are free',
      'gpu+cpu:GPU-4090 ✗ RAM is 516 MiB short: 772 MiB are needed, 256 MiB are free',
      'cpu ✗ RAM is 5.5 GiB short: 5.7 GiB are needed, 256 MiB are free',
    ],
  ],
  [
    'GPUs are not wanted',
    request(NEEDS['7B'](), [node('desk', [gpu('4090', 22.9, 24), cpu(40, 64)])], {
      wishes: { prefer_gpu: false },
    }),
    ['cpu | desk/cpu 0+29 5846'],
  ],
  [
    'only the GPUs of two machines together hold it',
    request(NEEDS['32B'](), [
      node('a', [gpu('3090', 15, 24, { id: 'GPU-a' }), cpu(8, 32)]),
      node('b', [gpu('3090', 12, 24, { id: 'GPU-b' }), cpu(8, 32)], 1),
      node('c', [gpu('1050', 2, 2, { id: 'GPU-c' }), cpu(4, 8)], 1),
    ]),
    [
      'nodes:a+b | a/cpu 0+0 320 | b/GPU-b 0+29 10786 | a/GPU-a 29+36 13450',
      'gpu:GPU-a ✗ 3090 of a is 7.8 GiB short: 22.8 GiB are needed, 15.0 GiB are free',
    ],
  ],
  [
    'a cluster whose RAM and VRAM hold it only together',
    request(NEEDS['32B'](), [
      node('a', [cpu(7, 8)]),
      node('b', [gpu('3090', 15, 24, { id: 'GPU-b' }), cpu(1, 32)], 1),
      node('c', [cpu(4, 8)], 1),
    ]),
    ['nodes-gpu+cpu:a+b+c'],
  ],
];

describe('placement: previews', () => {
  for (const [title, asked, expected] of offers)
    it(title, () => {
      // Where clusters are concerned only the beginning is of interest.
      const lines = told(asked).slice(0, expected.length);
      assert.deepEqual(
        lines.map((line, index) =>
          line.slice(0, expected[index]?.includes(' ') ? undefined : expected[index]?.length),
        ),
        expected,
      );
      for (const preview of previews(asked)) previewSchema.parse(preview);
    });

  it('a model that fits one GPU whole is spread only if that is asked for', () => {
    const nodes = [node('a', [gpu('A', 20, 24), cpu(20, 32)]), node('b', [gpu('B', 20, 24), cpu(20, 32)], 1)];
    const kinds = (min_nodes: number) =>
      previews(request(NEEDS['7B'](), nodes, { wishes: { min_nodes } })).map(({ kind }) => kind);
    assert.deepEqual(kinds(1), ['gpu', 'gpu', 'cpu', 'cpu']);
    assert.deepEqual(kinds(2), ['nodes', 'nodes']);
    const [best] = previews(request(NEEDS['7B'](), nodes, { wishes: { min_nodes: 2 } }));
    assert.equal(best?.layers_on_gpu, 29);
    assert.deepEqual(best?.nodes, ['a', 'b']);
  });

  it('what needs another machine has its shares, and the reason why it cannot be yet', () => {
    const nodes = [node('a', [cpu(20, 32)]), node('b', [gpu('B', 20, 24), cpu(20, 32)], 1)];
    const splitObstacle = 'this version cannot split a model over machines yet';
    const all = previews(request(NEEDS['7B'](), nodes, { splitObstacle }));
    assert.equal(choose(all)?.id, 'cpu');
    const remote = all.find(({ id }) => id === 'b/gpu:GPU-B');
    assert.equal(remote?.error, splitObstacle);
    assert.deepEqual(
      remote?.shares.map(({ node_id, layers }) => [node_id, layers]),
      [
        ['a', 0],
        ['b', 29],
      ],
    );
  });

  it('faster first, unknown speed last, then more free memory', () => {
    const card = (id: string, free: number, bandwidth: number | null) =>
      gpu('GPU', free, 24, { id, bandwidth });
    const cards = [
      card('unknown', 23, null),
      card('slow', 20, 3e11),
      card('less', 10, 9e11),
      card('more', 20, 9e11),
    ];
    const all = previews(request(NEEDS['7B'](), [node('desk', [...cards, cpu(20, 32)])]));
    assert.deepEqual(
      all.map(({ id }) => id),
      ['gpu:more', 'gpu:less', 'gpu:slow', 'gpu:unknown', 'cpu'],
    );
  });

  const desk = () => [node('desk', [gpu('4090', 22.9, 24), cpu(40, 64)])];
  const refusals: readonly [string, ReturnType<typeof request>, RegExp][] = [
    [
      'tensor sharding',
      request(NEEDS['7B'](), desk(), { wishes: { sharding: 'Tensor' } }),
      /tensor sharding/,
    ],
    [
      'no fill-in-the-middle tokens',
      request(NEEDS['7B'](), desk(), { facts: { ...FACTS, fim: null } }),
      /has no fill-in-the-middle tokens: it can be placed for chat/,
    ],
    ['an unknown node', request(NEEDS['7B'](), desk(), { wishes: { nodes: ['desk', 'attic'] } }), /id attic/],
    ['too few nodes', request(NEEDS['7B'](), desk(), { wishes: { min_nodes: 2 } }), /2 nodes .* only 1/],
    ['no nodes', request(NEEDS['7B'](), []), /no node/],
    [
      'an empty list of nodes',
      request(NEEDS['7B'](), desk(), { wishes: { nodes: [] } }),
      /list of nodes is empty/,
    ],
  ];
  for (const [title, asked, reason] of refusals)
    it(`refused before any device: ${title}`, () => {
      const all = previews(asked);
      assert.equal(all.length, 1);
      assert.equal(all[0]?.kind, 'none');
      assert.match(all[0]?.error ?? '', reason);
      assert.equal(choose(all), null);
      previewSchema.parse(all[0]);
    });

  it('a model without fill-in-the-middle tokens is placed for chat', () => {
    const asked = request(NEEDS['7B'](), desk(), {
      facts: { ...FACTS, fim: null },
      wishes: { role: 'chat' },
    });
    assert.equal(choose(previews(asked))?.kind, 'gpu');
  });

  it('only the nodes that were listed hold layers', () => {
    const nodes = [...desk(), node('attic', [gpu('3090', 20, 24), cpu(20, 32)], 1)];
    const all = previews(request(NEEDS['7B'](), nodes, { wishes: { nodes: ['attic'] } }));
    assert.deepEqual(
      all.map(({ id }) => id),
      ['attic/gpu:GPU-3090', 'attic/cpu'],
    );
    assert.deepEqual(all[0]?.nodes, ['desk', 'attic']);
  });
});
