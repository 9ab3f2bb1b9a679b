/** Who asks and does not read: neither the host's memory fills, nor does anything work for it any longer than the limit. */
import assert from 'node:assert/strict';
import net from 'node:net';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { type ApiServer, serverLimits } from '../../../server/src/api/server';
import { cleanUp } from '../../support/host';
import { until } from '../../support/until';
import { sampleGpu, sampleNode, sampleState } from '../../unit/api/sample-state';
import {
  close,
  createEndless,
  type Endless,
  type Opened,
  open,
  partsWith,
  pieceLength,
  token,
  widerDoor,
} from './endless';

const mib = 1024 * 1024;
/** More than the kernel takes on both sides of a connection. */
const most = 48 * mib;
const limits = { ...serverLimits, keepAlive: 100, stall: 150, look: 20 };

function request(route: string, body: object | null = null): string {
  const head = `${route} HTTP/1.1\r\nHost: localhost\r\n`;
  if (body === null) return `${head}\r\n`;
  const text = JSON.stringify(body);
  return `${head}Content-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
}

const streams: [what: string, request: string][] = [
  ['/v1/completions', request('POST /v1/completions', { prompt: 'x', stream: true })],
  ['/v1/completions with four choices', request('POST /v1/completions', { prompt: 'x', stream: true, n: 4 })],
  [
    '/v1/chat/completions',
    request('POST /v1/chat/completions', { messages: [{ role: 'user', content: 'x' }], stream: true }),
  ],
  ['/infill', request('POST /infill', { input_prefix: 'x', input_suffix: 'y', stream: true })],
];

describe('HTTP API: who does not read', () => {
  let model: Endless;
  let api: Opened;
  /** Statuses of what the host has answered so far, whether or not it was read. */
  let answered: number[];
  const prepare = (app: ApiServer) => {
    app.addHook('onSend', (_request, reply, _payload, done) => {
      answered.push(reply.statusCode);
      done();
    });
  };
  beforeEach(async () => {
    answered = [];
    model = createEndless();
    api = await open(model.parts, limits, { prepare });
  });
  afterEach(() => close(api));
  after(cleanUp);

  const connections = () => promisify(api.app.server.getConnections.bind(api.app.server))();
  const calm = async () => {
    await until('nothing is written', () => model.writing === 0);
    await until('no connection is left', async () => (await connections()) === 0);
    assert.deepEqual(api.lines, []);
  };

  /** It reads nothing, ever. */
  function stalled(bytes: string): net.Socket {
    const socket = net.connect(api.port, '127.0.0.1').on('error', () => {});
    socket.pause().write(bytes);
    return socket;
  }

  for (const [what, bytes] of streams) {
    it(`a stream of ${what}: the model is held back, and then let go`, async () => {
      const socket = stalled(bytes);
      await until('it writes', () => model.writing > 0);
      await calm();
      assert.ok(model.pieces * pieceLength < most, `${model.pieces} pieces were written for nobody`);
      socket.destroy();
    });
  }

  it('a stream over TLS: the same', async () => {
    const wider = await open(model.parts, limits, { door: await widerDoor() });
    const socket = tls.connect({ host: '127.0.0.1', port: wider.port, rejectUnauthorized: false });
    socket.on('error', () => {}).pause();
    const [, bytes = ''] = streams[0] ?? [];
    socket.write(bytes.replace('Host', `Authorization: Bearer ${token}\r\nHost`));
    await until('it writes', () => model.writing > 0);
    await until('it writes no more', () => model.writing === 0);
    assert.ok(model.pieces * pieceLength < most, `${model.pieces} pieces were written for nobody`);
    socket.destroy();
    await close(wider);
  });

  it('fifty streams, one after the other on a connection: none is left', async () => {
    const socket = stalled(streams[0]?.[1].repeat(50) ?? '');
    await until('it writes', () => model.writing > 0);
    await calm();
    assert.ok(model.pieces * pieceLength < most, `${model.pieces} pieces were written for nobody`);
    socket.destroy();
  });

  it('streams that wait for the one before them on their connection are never begun when it ends', async () => {
    const socket = net.connect(api.port, '127.0.0.1').on('error', () => {});
    socket.resume().write(streams[0]?.[1].repeat(3) ?? '');
    await until('the first comes', () => model.pieces > 100);
    assert.equal(model.writing, 1);
    socket.resetAndDestroy();
    await calm();
  });

  it('a thousand answers that are asked for at once: only so many are made, and the connection ends', async () => {
    const answer = await (await fetch(`http://127.0.0.1:${api.port}/openapi.json`)).text();
    const socket = stalled(request('GET /openapi.json').repeat(2000));
    await until('some are made', () => answered.length > 1);
    await calm();
    const whole = answered.filter((status) => status === 200).length;
    assert.ok(whole * answer.length < most, `${whole} of 2000`);
    socket.destroy();
  });

  it('requests that cannot be answered yet: only so many of a connection wait', async () => {
    let asked = 0;
    const find = () => {
      asked += 1;
      return new Promise<never>(() => {});
    };
    const other = await open(partsWith(find), limits, { prepare });
    const socket = net.connect(other.port, '127.0.0.1').on('error', () => {});
    socket.write(request('POST /v1/completions', { prompt: 'x' }).repeat(5000));
    await until('some are refused', () => answered.length > 0);
    assert.equal(asked, 1, 'the others wait for the first');
    assert.ok(
      answered.length < 2000 && answered.every((status) => status === 429),
      `${answered.length} wait`,
    );
    assert.equal((await fetch(`http://127.0.0.1:${other.port}/health`)).status, 200, 'others are answered');
    socket.destroy();
    await close(other);
  });

  it('events: it is cut off, and nobody looks at GPUs for it any more', async () => {
    const node = sampleNode([sampleGpu()]);
    const large = sampleState(
      Array.from({ length: 500 }, (_none, index) => ({ ...node, node_id: `${index}` })),
    );
    const { parts } = model;
    const socket = stalled(request('GET /events'));
    await until('it is a listener', () => parts.listeners.size > 0);
    await until('it is none any more', () => {
      parts.change(large);
      return parts.listeners.size === 0;
    });
    await calm();
    assert.equal(parts.lookers.size, 0);
    socket.destroy();
  });

  it('who waits longer than that for an answer, and could read it, gets it', async () => {
    let passed = 0;
    const find = async () => {
      await until('the limit has passed', () => passed > 0);
      return { kind: 'unknown' as const };
    };
    const count = (app: ApiServer) => {
      app.addHook('onRequest', (_request, reply, done) => {
        reply.raw.on('timeout', () => {
          passed += 1;
        });
        done();
      });
    };
    const other = await open(partsWith(find), { ...limits, stall: 20 }, { prepare: count });
    const response = await fetch(`http://127.0.0.1:${other.port}/v1/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"model":"x","prompt":"x"}',
    });
    assert.equal(response.status, 404);
    await close(other);
  });
});
