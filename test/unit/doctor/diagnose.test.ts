import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import path from 'node:path';
import type { Check, Gpu, Instance, NodeProfile } from '#protocol';
import { openIdentity } from '../../../server/src/cluster';
import { type DoctorFacts, diagnose } from '../../../server/src/doctor';
import { cleanUp, freshFolder } from '../../support/host';
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
    wider: null,
    hasToken: false,
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
  ['no door for other machines', {}, 'HTTPS port', 'ok', /^closed: [^.]*HTTP API$/, null],
  [
    'a token, but no door',
    { facts: { hasToken: true } },
    'HTTPS port',
    'ok',
    /^closed.*though there is a token.*--http-listen ADDRESS/,
    null,
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

  describe('where other machines may use the HTTP API', () => {
    const origins = ['https://chat.example', 'https://b.example'];
    let certificate: string;
    before(async () => {
      certificate = await openIdentity(path.join(freshFolder(), 'identity.pem')).certificate();
    });
    after(cleanUp);

    function check(name: string, change: { host?: string; origins?: string[]; hasToken?: boolean } = {}) {
      const { hasToken = true, ...door } = change;
      const wider = { host: '0.0.0.0', port: 52416, origins: [], certificate, ...door };
      return checksOf({ facts: { wider, hasToken } }).find((candidate) => candidate.name === name);
    }

    it('says where, and for whom', () => {
      assert.deepEqual(check('HTTPS port'), {
        name: 'HTTPS port',
        status: 'ok',
        detail: 'https://0.0.0.0:52416, for whoever has the token',
        advice: null,
      });
      assert.match(check('HTTPS port', { host: '::' })?.detail ?? '', /^https:\/\/\[::\]:52416,/);
      assert.match(
        check('HTTPS port', { origins })?.detail ?? '',
        /also for pages of https:\/\/chat\.example, https:\/\/b\.example$/,
      );
    });

    it('warns when the token has gone, since nobody is let in', () => {
      const { status, detail, advice } = check('HTTPS port', { hasToken: false }) ?? {};
      assert.equal(status, 'warning');
      assert.match(detail ?? '', /^https:\/\/0\.0\.0\.0:52416 is open, but .*no token/);
      assert.match(advice ?? '', /vramesh token new/);
    });

    for (const host of ['127.0.0.1', '127.8.0.1', '::1', 'localhost'])
      it(`warns that nobody else reaches ${host}`, () => {
        const { status, detail } = check('HTTPS port', { host }) ?? {};
        assert.equal(status, 'warning');
        assert.match(detail ?? '', /from this machine only/);
      });

    it('tells the certificate by its fingerprint, and until when it is good', () => {
      const { fingerprint256 } = new X509Certificate(certificate);
      const { status, detail } = check('Certificate') ?? {};
      assert.equal(status, 'ok');
      assert.equal(detail, `valid until 9999-12-31, SHA-256 ${fingerprint256}`);
    });
  });

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
