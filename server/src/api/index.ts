/**
 * The HTTP API: what VRAMesh knows, for scripts, other tools and the dashboard page, on loopback only.
 *
 * It holds no state of its own: every answer comes from the parts that are handed in. It must never listen on a
 * network address, answer a page of a foreign site, or keep the host from stopping. A feature is one file that
 * registers its routes; `features.ts` lists them.
 */
import type { Logger } from 'pino';
import type { CatalogueEntry, State } from '#protocol';
import type { Instances } from '../instances';
import type { HostPlanner } from '../planner';
import type { Sharing } from '../sharing';
import { registerFeatures } from './features';
import { createGenerating, type GeneratingParts } from './generating';
import { createServer } from './server';

export interface ApiParts extends GeneratingParts {
  readonly version: string;
  state(): State;
  /** Calls back when the state has changed, at most twice a second; returns how to stop. */
  onChange(listener: (state: State) => void): () => void;
  /** Someone watches live readings: samples come faster until the returned function is called. */
  look(): () => void;
  readonly instances: Pick<Instances, 'list' | 'place' | 'unplace'>;
  readonly previews: Pick<Sharing['previews'], 'of'>;
  readonly modelsElsewhere: Sharing['modelsElsewhere'];
  readonly planner: Pick<HostPlanner, 'listing'>;
  catalogue(): readonly CatalogueEntry[];
}

export interface Api {
  readonly address: { readonly host: string; readonly port: number };
  /** Ends open streams, lets answers in progress finish for a second, then closes every connection. */
  close(): Promise<void>;
}

const loopback = '127.0.0.1';
const closeGraceMs = 1000;

/** Listens on `port` of the loopback interface (0: any free port). Throws when the port cannot be had. */
export async function startApi(options: { port: number; parts: ApiParts; log: Logger }): Promise<Api> {
  const app = createServer(options.log);
  registerFeatures(app, { ...options.parts, generating: createGenerating(options.parts) });

  try {
    await app.listen({ host: loopback, port: options.port });
  } catch (error) {
    await app.close();
    throw listenError(error, options.port);
  }
  const bound = app.server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : options.port;

  return {
    address: { host: loopback, port },
    async close() {
      // Half a request, or a reader that has stopped reading, would hold an orderly close for ever.
      const force = setTimeout(() => app.server.closeAllConnections(), closeGraceMs);
      await app.close();
      clearTimeout(force);
    },
  };
}

function listenError(error: unknown, port: number): Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const advice = 'choose another one with --http-port (0: any free port)';
  if (code === 'EADDRINUSE') {
    return new Error(`port ${port} is in use by another program: stop that program, or ${advice}`, {
      cause: error,
    });
  }
  if (code === 'EACCES') {
    return new Error(`this user may not open port ${port}: ${advice}`, { cause: error });
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new Error(`the HTTP API could not listen on ${loopback}:${port} (${reason}): ${advice}`, {
    cause: error,
  });
}
