/**
 * The HTTP API: what VRAMesh knows, for scripts, other tools and the dashboard page. On loopback it asks for nothing;
 * where the user has opened it to other machines, for a token, over TLS.
 *
 * It holds no state of its own: every answer comes from the parts that are handed in. It must never answer a page of a
 * site that was not named, or somebody elsewhere without the token, or keep the host from stopping. A feature is one file that
 * registers its routes; `features.ts` lists them.
 */
import type { Logger } from 'pino';
import type { CatalogueEntry, State } from '#protocol';
import type { Metrics } from '../metrics';
import type { HostPlanner } from '../planner';
import type { Answerers, Sharing } from '../sharing';
import type { Door } from './door';
import { registerFeatures } from './features';
import type { Generating } from './generating';
import { loopbackDoor } from './guard';
import { createServer } from './server';
import { type TokenGuardOptions, tokenDoor } from './token-guard';

export { createGenerating } from './generating';

export interface ApiParts {
  readonly version: string;
  state(): State;
  /** Calls back when the state has changed, at most twice a second; returns how to stop. */
  onChange(listener: (state: State) => void): () => void;
  /** Someone watches live readings: samples come faster until the returned function is called. */
  look(): () => void;
  readonly instances: Pick<Sharing['instances'], 'list' | 'place' | 'unplace'>;
  readonly previews: Pick<Sharing['previews'], 'of'>;
  readonly modelsElsewhere: Sharing['modelsElsewhere'];
  readonly planner: Pick<HostPlanner, 'listing'>;
  catalogue(): readonly CatalogueEntry[];
  /** Where webview.js and webview.css lie. */
  readonly pageFolder: string;
  readonly metrics: Pick<Metrics, 'text'>;
  /** One for all doors: who waits in line waits in the same one. */
  readonly generating: Generating;
  readonly answerers: Pick<Answerers, 'list'>;
}

export interface Api {
  readonly address: { readonly host: string; readonly port: number };
  /** Ends open streams, lets answers in progress finish for a second, then closes every connection. */
  close(): Promise<void>;
}

const loopback = '127.0.0.1';
const closeGraceMs = 1000;

/** Listens on `port` of the loopback interface (0: any free port). Throws when the port cannot be had. */
export async function startApi({
  port,
  parts,
  log,
}: {
  port: number;
  parts: ApiParts;
  log: Logger;
}): Promise<Api> {
  return start({ host: loopback, port }, loopbackDoor, parts, log);
}

export interface WiderOptions extends TokenGuardOptions {
  /** An address of this machine, or one of all of them: "0.0.0.0", "::". */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly parts: ApiParts;
}

/** Listens for other machines. Throws when the address cannot be had. */
export async function startWiderApi(options: WiderOptions): Promise<Api> {
  const { host, port, parts, log } = options;
  return start({ host, port }, tokenDoor(options), parts, log);
}

async function start(wanted: Api['address'], door: Door, parts: ApiParts, log: Logger): Promise<Api> {
  const { host } = wanted;
  const app = createServer(log, door);
  registerFeatures(app, parts);

  try {
    await app.listen({ ...wanted });
  } catch (error) {
    await app.close();
    throw listenError(error, wanted);
  }
  const bound = app.server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : wanted.port;

  return {
    address: { host, port },
    async close() {
      // Half a request, or a reader that has stopped reading, would hold an orderly close for ever.
      const force = setTimeout(() => app.server.closeAllConnections(), closeGraceMs);
      await app.close();
      clearTimeout(force);
    },
  };
}

function listenError(error: unknown, { host, port }: Api['address']): Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const option = host === loopback ? '--http-port' : '--http-listen';
  const advice = `choose another one with ${option} (0: any free port)`;
  const words = (text: string) => new Error(text, { cause: error });
  if (code === 'EADDRINUSE')
    return words(`port ${port} is in use by another program: stop that program, or ${advice}`);
  if (code === 'EACCES') return words(`this user may not open port ${port}: ${advice}`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return words(
      `this machine has no address ${host}: give --http-listen one that it has, or 0.0.0.0 for all`,
    );
  const reason = error instanceof Error ? error.message : String(error);
  return words(`the HTTP API could not listen on ${host}:${port} (${reason}): ${advice}`);
}
