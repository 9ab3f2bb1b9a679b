/**
 * Asking servers that nobody vouches for: redirects are followed by hand (a few, checked, and without the token once they
 * leave its host), a reply may not be compressed, a server that says nothing for a while is left, and JSON has a limit.
 */
import { withEither } from '../either-signal';
import { orAborted } from '../or-aborted';
import { checkAddress } from './address';

const mostRedirects = 5;
const mostJsonBytes = 8 * 1024 * 1024;

/** Trying again will not help. */
export class Refused extends Error {}

export class HttpError extends Error {
  readonly status: number;
  /** What the server asks for, in ms; `null`: it does not say. */
  readonly retryAfterMs: number | null;
  constructor(status: number, message: string, retryAfterMs: number | null) {
    super(message);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

export interface Client {
  /** Rejects with an HttpError for any status but 200 and 206. The body must be read or cancelled. */
  get(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Response>;
  json(url: URL, signal: AbortSignal): Promise<unknown>;
}

export interface ClientOptions {
  /** The `authorization` header for this address, which may be one that we were sent to; `null`: none. */
  readonly authorization: (url: URL) => string | null;
  /** Why a server refuses, in words, where more is known than its status; `null`: no more. */
  readonly refusal: (status: number, host: string) => string | null;
  /** What to say when an answer is not the JSON that was expected. */
  readonly notJson: (host: string) => string;
}

export function createClient({ authorization, refusal, notJson }: ClientOptions): Client {
  async function get(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
    let from: URL | undefined;
    let at = url;
    for (let hops = 0; hops <= mostRedirects; hops++) {
      refuseBadAddress(at, from);
      const pass = authorization(at);
      const response = await orAborted(
        fetch(at, {
          // A compressed reply has another length than the file, and may be a bomb.
          headers: {
            ...headers,
            'accept-encoding': 'identity',
            ...(pass === null ? {} : { authorization: pass }),
          },
          redirect: 'manual',
          signal,
        }),
        signal,
      );
      const location =
        response.status >= 300 && response.status < 400 ? response.headers.get('location') : null;
      if (location === null) return accepted(response, at);
      await discard(response);
      from = at;
      at = parsed(location, from);
    }
    throw new Refused(`${url.host} redirects in a circle. Nothing was fetched.`);
  }

  async function accepted(response: Response, url: URL): Promise<Response> {
    if (response.status === 200 || response.status === 206) {
      const encoding = response.headers.get('content-encoding') ?? 'identity';
      if (encoding === 'identity') return response;
      await discard(response);
      throw new Refused(
        `${url.host} sends the file compressed (${encoding.slice(0, 20)}), which was not asked for.`,
      );
    }
    await discard(response);
    throw new HttpError(
      response.status,
      refusal(response.status, url.host) ?? words(response.status, url.host),
      retryAfter(response),
    );
  }

  async function json(url: URL, signal: AbortSignal): Promise<unknown> {
    const response = await get(url, { accept: 'application/json' }, signal);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of bodyOf(response, signal)) {
      bytes += chunk.length;
      // Leaving the loop cancels the body.
      if (bytes > mostJsonBytes)
        throw new Refused(`${url.host} answers with more than anybody needs to know.`);
      chunks.push(chunk);
    }
    try {
      return JSON.parse(Buffer.concat(chunks).toString('utf8'));
    } catch {
      throw new Refused(notJson(url.host));
    }
  }

  return { get, json };
}

/** Leaving the loop over it, or the signal, ends the connection. */
export async function* bodyOf(response: Response, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (!response.body) throw new Error('The server sent nothing.');
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await orAborted(reader.read(), signal);
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

export async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => {});
}

/** Gives up on a server that is silent for `limitMs`: `alive` is called at every sign of life. */
export async function impatiently<T>(
  limitMs: number,
  outer: AbortSignal,
  act: (signal: AbortSignal, alive: () => void) => Promise<T>,
): Promise<T> {
  const silent = new AbortController();
  const timer = setTimeout(
    () => silent.abort(new Error(`The server sent nothing for ${Math.ceil(limitMs / 1000)} s.`)),
    limitMs,
  );
  try {
    return await withEither([outer, silent.signal], (signal) => act(signal, () => timer.refresh()));
  } catch (error) {
    // What a cut connection throws does not always say why it was cut.
    outer.throwIfAborted();
    silent.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** What `fetch` throws says little ("fetch failed"); what caused it says more. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause.message || error.cause.name : null;
  const reason = error instanceof TypeError && cause ? `The connection failed (${cause}).` : error.message;
  return reason.slice(0, 500);
}

function refuseBadAddress(url: URL, from: URL | undefined): void {
  try {
    checkAddress(url, from);
  } catch (error) {
    throw new Refused((error as Error).message);
  }
}

function parsed(location: string, from: URL): URL {
  try {
    return new URL(location, from);
  } catch {
    throw new Refused(`${from.host} redirects to something that is not an address.`);
  }
}

function words(status: number, host: string): string {
  if (status === 429) return `${host} asks to slow down (HTTP 429).`;
  return status >= 500
    ? `${host} has trouble of its own (HTTP ${status}).`
    : `${host} answers with HTTP ${status}.`;
}

function retryAfter(response: Response): number | null {
  const value = response.headers.get('retry-after');
  if (value === null) return null;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}
