/** A model that writes for as long as somebody reads, in place of an engine; and the API over it, with limits that a test can wait for. */
import path from 'node:path';
import type { GenerationResult } from '#protocol';
import { type ApiParts, createGenerating } from '../../../server/src/api';
import type { Door } from '../../../server/src/api/door';
import { registerFeatures } from '../../../server/src/api/features';
import { type ApiServer, createServer, type ServerLimits } from '../../../server/src/api/server';
import { tokenDoor } from '../../../server/src/api/token-guard';
import { openIdentity } from '../../../server/src/cluster';
import { type Answerers, createLines } from '../../../server/src/sharing';
import { freshFolder } from '../../support/host';
import { sampleInstance } from '../../unit/api/sample-state';
import { createLog, createParts } from './harness';

export const token = 'vramesh_right';
/** Characters of each piece. */
export const pieceLength = 16 * 1024;

const aborted: GenerationResult = {
  reason: 'aborted',
  stopped_by: null,
  stats: {
    prompt_tokens: 1,
    reused_tokens: 0,
    evaluated_tokens: 1,
    generated_tokens: 1,
    queue_ms: 0,
    first_token_ms: 1,
    total_ms: 1,
    prefill_tokens_per_second: null,
    tokens_per_second: null,
  },
};

export interface Endless {
  readonly parts: ReturnType<typeof createParts>;
  /** Texts that are being written. */
  readonly writing: number;
  /** Pieces that were taken off the model, of all texts. */
  readonly pieces: number;
}

export function createEndless(): Endless {
  const special = { prefix: '<p>', suffix: '<s>', middle: '<m>', repository: null, file: null };
  const instance = sampleInstance({ state: 'ready', role: 'completion', sequences: 4, fim: special });
  let writing = 0;
  let pieces = 0;
  const find: Answerers['find'] = async () => ({
    kind: 'ready',
    answerer: {
      instance,
      tokenize: async () => [],
      detokenize: async () => '',
      generate: ({ signal }) => {
        writing += 1;
        const done = new Promise<GenerationResult>((fulfil) => {
          const end = () => {
            writing -= 1;
            fulfil(aborted);
          };
          if (signal.aborted) end();
          else signal.addEventListener('abort', end, { once: true });
        });
        async function* write() {
          while (!signal.aborted) {
            pieces += 1;
            yield 'x'.repeat(pieceLength);
            await new Promise((fulfil) => setImmediate(fulfil));
          }
        }
        return { done, [Symbol.asyncIterator]: write };
      },
    },
  });
  return {
    parts: partsWith(find),
    get writing() {
      return writing;
    },
    get pieces() {
      return pieces;
    },
  };
}

export interface Opened {
  readonly app: ApiServer;
  readonly port: number;
  readonly lines: string[];
}

/** What the API gets from the host, where models are found so. */
export function partsWith(find: Answerers['find']): Endless['parts'] {
  const answerers = { list: () => [], find };
  return {
    ...createParts(),
    generating: createGenerating({
      answerers,
      lines: createLines(),
      placeOnRequest: () => false,
      observer: { answered() {}, generated() {} },
    }),
  };
}

/** As `--http-listen` opens it, for whoever has `token`. */
export async function widerDoor(): Promise<Door> {
  const identity = openIdentity(path.join(freshFolder(), 'identity.pem'));
  return tokenDoor({
    key: identity.privateKey,
    cert: await identity.certificate(),
    token: { matches: (text) => text === token },
    origins: [],
    log: createLog().log,
  });
}

/** Every route, with these limits. @param prepare adds what a test wants to see */
export async function open(
  parts: ApiParts,
  limits: ServerLimits,
  { door, prepare = () => {} }: { door?: Door; prepare?: (app: ApiServer) => void } = {},
): Promise<Opened> {
  const { log, lines } = createLog();
  const app = createServer(log, door, limits);
  prepare(app);
  registerFeatures(app, parts);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  return { app, lines, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

export async function close({ app }: Opened): Promise<void> {
  app.server.closeAllConnections();
  await app.close();
}
