import assert from 'node:assert/strict';
import type { Check, Gpu, Instance, NodeProfile } from '#protocol';
import { type DoctorFacts, diagnose } from '../../../server/src/doctor';
import { lostGpu, sampleGpu, sampleInstance, sampleNode, sampleState } from '../api/sample-state';

interface Situation {
  gpus?: Gpu[];
  profile?: Partial<NodeProfile>;
  instances?: Instance[];
  facts?: Partial<DoctorFacts>;
}

function checksOf({ gpus = [sampleGpu()], profile, instances = [], facts }: Situation): Check[] {
  return diagnose({
    state: sampleState([sampleNode(gpus, profile)], instances),
    socket: '/home/host.sock',
    home: '/home',
    http: { host: '127.0.0.1', port: 52415 },
    httpPort: 52415,
    backends: [],
    splitProblem: null,
    network: {
      address: null,
      wantedPort: 52414,
      peers: [],
      heard: null,
      clockOffsets: new Map(),
      platform: 'linux',
      behindWslNat: false,
    },
    ...facts,
  });
}

const fim = { prefix: '<p>', suffix: '<s>', middle: null, repository: null, file: null };

const cases: [
  what: string,
  situation: Situation,
  name: string,
  status: Check['status'],
  detail: RegExp,
  advice: RegExp | null,
][] = [
  ['the host', {}, 'Host', 'ok', /state in \/home$/, null],
  ['the socket', {}, 'Socket', 'ok', /^\/home\/host\.sock$/, null],
  ['the port', {}, 'HTTP port', 'ok', /^http:\/\/127\.0\.0\.1:52415$/, null],
  [
    'a port in use',
    { facts: { http: null } },
    'HTTP port',
    'warning',
    /52415 was in use.*everything else works/,
    /--http-port N/,
  ],
  ['split models', {}, 'Split models', 'ok', /several machines/, null],
  [
    'no library for split models',
    { facts: { splitProblem: 'this installation has no library for it (linux-x64)' } },
    'Split models',
    'warning',
    /must fit on one machine.*no library/,
    /npm run build/,
  ],
  ['the driver', {}, 'NVIDIA driver', 'ok', /535\.154\.05.*12\.2/, null],
  [
    'a driver that does not tell its versions',
    { profile: { driver_version: null, cuda_version: null } },
    'NVIDIA driver',
    'ok',
    /^—, for CUDA up to —$/,
    null,
  ],
  [
    'no driver',
    { gpus: [], profile: { gpu_problem: 'The driver is not loaded.' } },
    'NVIDIA driver',
    'warning',
    /^The driver is not loaded\.$/,
    null,
  ],
  ['a GPU', {}, 'GPU 0', 'ok', /^NVIDIA GeForce RTX 3050$/, null],
  ['a GPU that sleeps', { gpus: [sampleGpu({ status: 'asleep' })] }, 'GPU 0', 'ok', /, asleep$/, null],
  [
    'a lost GPU beside a good one',
    { gpus: [sampleGpu(), lostGpu({ index: 1 })] },
    'GPU 1',
    'failed',
    /was lost/,
    /comes back.*Xid/,
  ],
  ['no model', {}, 'Model', 'warning', /none is placed/, /vramesh place/],
  [
    'a model that answers',
    { instances: [sampleInstance({ fim })] },
    'Model',
    'ok',
    /^vramesh-tiny is ready, on cuda$/,
    null,
  ],
  [
    'a model with a note',
    { instances: [sampleInstance({ fim, note: 'VRAM was short' })] },
    'Model',
    'ok',
    /VRAM was short/,
    null,
  ],
  [
    'a model that is being loaded',
    { instances: [sampleInstance({ state: 'loading', backend: null })] },
    'Model',
    'ok',
    /^vramesh-tiny is loading$/,
    null,
  ],
  [
    'a model without fill-in-the-middle tokens',
    { instances: [sampleInstance({ fim: null })] },
    'Model',
    'warning',
    /completions are off/,
    /made for code completion/,
  ],
  [
    'a model whose engine comes back',
    { instances: [sampleInstance({ state: 'restarting', error: 'The engine was killed.' })] },
    'Model',
    'failed',
    /The engine was killed\./,
    null,
  ],
  [
    'a model that stays down',
    { instances: [sampleInstance({ state: 'failed', error: 'The file is damaged.' })] },
    'Model',
    'failed',
    /The file is damaged\./,
    /place it again or choose another one/,
  ],
];

describe('doctor', () => {
  for (const [what, situation, name, status, detail, advice] of cases) {
    it(what, () => {
      const check = checksOf(situation).find((candidate) => candidate.name === name);
      assert.equal(check?.status, status);
      assert.match(check.detail, detail);
      if (advice === null) assert.equal(check.advice, null);
      else assert.match(check.advice ?? '', advice);
    });
  }

  it('passes on what inference says of the backends', () => {
    const backend: Check = {
      name: 'CUDA backend',
      status: 'warning',
      detail: 'no libcudart',
      advice: 'Fetch it.',
    };
    assert.deepEqual(
      checksOf({ facts: { backends: [backend] } }).filter(({ name }) => name === 'CUDA backend'),
      [backend],
    );
  });

  it('has a check for every model and every GPU', () => {
    const checks = checksOf({
      gpus: [sampleGpu(), sampleGpu({ index: 1 })],
      instances: [sampleInstance({ fim }), sampleInstance({ fim, id: 'instance-2' })],
    });
    assert.equal(checks.filter(({ name }) => name === 'Model').length, 2);
    assert.deepEqual(
      checks.filter(({ name }) => name.startsWith('GPU')).map(({ name }) => name),
      ['GPU 0', 'GPU 1'],
    );
  });
});
