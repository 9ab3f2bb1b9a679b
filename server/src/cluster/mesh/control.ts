/** One control connection: messages both ways, a heartbeat, and how good the link is. */
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  ResponseError,
} from 'vscode-jsonrpc/node';
import type * as z from 'zod';
import {
  type DocumentUpdate,
  documentNotification,
  goodbyeNotification,
  type LinkStatus,
  type NodeDocument,
  pingRequest,
  probeRequest,
  type RequestMessage,
  type Roster,
  rosterNotification,
} from '#protocol';
import { createMessageReader } from '../../message-reader';
import { createMessageWriter } from '../../message-writer';
import type { Channel } from '../wire';
import type { RequestOptions, StoredHandler } from './messages';
import { createPeerInput } from './peer-input';

const heartbeatMs = 500;
/** ms of silence after which it is asked for a sign of life; one of both asks, the other hears that. */
const quietMs = 400;
/** ms between two measures of the round trip. */
const measureMs = 5000;
const suspectMs = 2000;
/** The same for one that sends but does not read: what it is to be told would fill the memory. */
const goneMs = 10_000;
/** A timer that comes this much too late: this machine slept, the peer is not to blame. */
const sleptMs = 1500;
const probeBytes = 256 * 1024;
const refused = -32_000;
/** ms that a dismissed peer may take to read why. */
const farewellMs = 1000;

export interface ControlEvents {
  onDocument(update: DocumentUpdate): void;
  onRoster(roster: Roster): void;
  onGoodbye(): void;
  /** Its status has changed, or it was measured for the first time; later measures are looked at when wanted. */
  onLink(): void;
  onClose(reason: string): void;
}

export class Control {
  readonly channel: Channel;
  /** Which end opened it. */
  readonly dialled: boolean;
  status: LinkStatus = 'online';
  roundTripMs: number | null = null;
  bytesPerSecond: number | null = null;

  readonly #rpc: MessageConnection;
  readonly #events: ControlEvents;
  readonly #timer: NodeJS.Timeout;
  readonly #silence: NodeJS.Timeout;
  #heardAt = performance.now();
  #tickedAt = performance.now();
  /** Since when nothing more could be written; `null`: it can. */
  #blockedAt: number | null = null;
  /** What is to be sent when the peer reads again. */
  #waiting: Partial<NodeDocument> | null = null;
  #pinging = false;
  #measuredAt = performance.now();
  #sent = 0;
  #lastSent: Partial<Record<keyof NodeDocument, string>> = {};
  #closed = false;

  constructor(
    channel: Channel,
    dialled: boolean,
    handlers: ReadonlyMap<string, StoredHandler>,
    events: ControlEvents,
  ) {
    this.channel = channel;
    this.dialled = dialled;
    this.#events = events;
    const { socket, peer } = channel;
    const input = socket.pipe(createPeerInput());
    input.on('error', ({ message }) => this.close(`it sent ${message}`));
    socket.on('data', () => this.#heard());
    socket.on('drain', () => this.#drained());
    socket.once('close', () => this.close('the connection was closed'));
    socket.on('error', () => {});

    const reader = createMessageReader(input);
    reader.onError(() => this.close('it sent what is no message'));
    this.#rpc = createMessageConnection(reader, createMessageWriter(socket));
    // What is left is what could not be written: the other end has gone.
    this.#rpc.onError(() => this.close('the connection was closed'));
    this.#rpc.onRequest(pingRequest.method, () => ({}));
    this.#rpc.onRequest(probeRequest.method, () => ({}));
    this.#on(documentNotification, events.onDocument);
    this.#on(rosterNotification, events.onRoster);
    this.#on(goodbyeNotification, events.onGoodbye);
    for (const { method, run } of handlers.values())
      this.#rpc.onRequest(method, async (params: unknown, token) => {
        const cancelled = new AbortController();
        const stop = token.onCancellationRequested(() => cancelled.abort());
        const broken = () => cancelled.abort();
        socket.once('close', broken);
        try {
          return await run(params, peer, cancelled.signal);
        } catch (error) {
          throw new ResponseError(refused, error instanceof Error ? error.message : String(error));
        } finally {
          stop.dispose();
          socket.off('close', broken);
        }
      });
    this.#rpc.listen();
    this.#timer = setInterval(() => this.#beat(), heartbeatMs).unref();
    this.#silence = setTimeout(() => this.#show('suspect'), suspectMs).unref();
    void this.#probe();
  }

  async request<P extends z.ZodType, R extends z.ZodType>(
    { method, result }: RequestMessage<P, R>,
    params: z.input<P>,
    { limitMs, signal }: RequestOptions,
  ): Promise<z.output<R>> {
    const { name } = this.channel.peer;
    const cancel = new CancellationTokenSource();
    const abort = () => cancel.cancel();
    signal?.addEventListener('abort', abort, { once: true });
    const limit = setTimeout(abort, limitMs);
    try {
      return result.parse(await this.#rpc.sendRequest(method, params, cancel.token));
    } catch (error) {
      if (signal?.aborted) throw new Error('It was cancelled.');
      if (this.#closed) throw new Error(`The connection to ${name} broke.`);
      if (cancel.token.isCancellationRequested) throw new Error(`${name} did not answer in time.`);
      throw error instanceof ResponseError ? new Error(error.message) : error;
    } finally {
      clearTimeout(limit);
      signal?.removeEventListener('abort', abort);
      cancel.dispose();
    }
  }

  /** Sends the sections that have changed since they were sent last. A peer that does not read gets the newest later. */
  sendDocument(document: Partial<NodeDocument>): void {
    if (this.channel.socket.writableNeedDrain) {
      this.#waiting = document;
      return;
    }
    const changed: Partial<Record<keyof NodeDocument, string>> = {};
    const sections = Object.fromEntries(
      Object.entries(document).filter(([name, value]) => {
        const text = JSON.stringify(value);
        const key = name as keyof NodeDocument;
        if (this.#lastSent[key] === text) return false;
        changed[key] = text;
        return true;
      }),
    );
    if (Object.keys(sections).length === 0 && this.#sent > 0) return;
    Object.assign(this.#lastSent, changed);
    void this.#tell(documentNotification.method, { version: this.#sent++, sections });
  }

  sendRoster(roster: Roster): void {
    void this.#tell(rosterNotification.method, roster);
  }

  /** Resolves when what was said so far has been read, or the connection is gone. */
  async flushed(): Promise<void> {
    await this.request(pingRequest, {}, { limitMs: 2000 }).catch(() => {});
  }

  /** Resolves when it is written. */
  goodbye(): Promise<void> {
    return this.#tell(goodbyeNotification.method, {});
  }

  /** It is not trusted any more: it is told so, nothing that it says is read, and it has a moment to hang up by itself. */
  dismiss(members: Roster['members']): void {
    this.channel.socket.unpipe();
    clearInterval(this.#timer);
    clearTimeout(this.#silence);
    void this.#tell(rosterNotification.method, { members, discovery: [] });
    const limit = setTimeout(() => this.close('it is not trusted any more'), farewellMs);
    this.channel.socket.once('close', () => clearTimeout(limit));
  }

  close(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    clearTimeout(this.#silence);
    this.#rpc.dispose();
    this.channel.socket.destroy();
    this.#events.onClose(reason);
  }

  #on<P extends z.ZodType>(
    { method, params: schema }: { readonly method: string; readonly params: P },
    listener: (params: z.output<P>) => void,
  ): void {
    this.#rpc.onNotification(method, (params: unknown) => {
      const checked = schema.safeParse(params);
      if (checked.success) listener(checked.data);
      else this.close(`what it sent as ${method} was not understood (${checked.error.issues[0]?.message})`);
    });
  }

  /** A connection may end at any moment, before anybody has heard of it: what was to be said is lost then. */
  async #tell(method: string, params: object): Promise<void> {
    try {
      if (!this.#closed) await this.#rpc.sendNotification(method, params);
    } catch {
      // Its end is reported by `onClose`.
    }
  }

  #heard(): void {
    this.#heardAt = performance.now();
    this.#silence.refresh();
    this.#show('online');
  }

  #drained(): void {
    const document = this.#waiting;
    this.#waiting = null;
    this.#blockedAt = null;
    if (document !== null && !this.#closed) this.sendDocument(document);
  }

  #beat(): void {
    const now = performance.now();
    const slept = now - this.#tickedAt > heartbeatMs + sleptMs;
    this.#tickedAt = now;
    if (slept) this.#heardAt = now;
    const silence = now - this.#heardAt;
    if (silence > goneMs) {
      this.close(`it has been silent for ${goneMs / 1000} s`);
      return;
    }
    this.#blockedAt = this.channel.socket.writableNeedDrain && !slept ? (this.#blockedAt ?? now) : null;
    if (this.#blockedAt !== null && now - this.#blockedAt > goneMs) {
      this.close(`it has read nothing for ${goneMs / 1000} s`);
      return;
    }
    // What else it sends shows as well that it is there.
    const due = silence > quietMs || now - this.#measuredAt > measureMs;
    if (due && !this.#pinging) void this.#ping();
  }

  async #ping(): Promise<void> {
    this.#pinging = true;
    const begin = performance.now();
    try {
      await this.#rpc.sendRequest(pingRequest.method, {});
      const taken = performance.now() - begin;
      // Near the fastest: what is slower waited for a busy process, not for the network.
      const known = this.roundTripMs ?? taken;
      this.#measuredAt = performance.now();
      const isFirst = this.roundTripMs === null;
      this.roundTripMs = taken < known ? taken : known + (taken - known) * 0.05;
      if (isFirst) this.#events.onLink();
    } catch {
      // The connection ends by itself, or by silence.
    } finally {
      this.#pinging = false;
    }
  }

  async #probe(): Promise<void> {
    await this.#ping();
    const begin = performance.now();
    try {
      await this.#rpc.sendRequest(probeRequest.method, { padding: ' '.repeat(probeBytes) });
      const whole = performance.now() - begin;
      // The first round trip may have met a busy process and be longer than all of this.
      await this.#ping();
      const taken = whole > (this.roundTripMs ?? 0) ? whole - (this.roundTripMs ?? 0) : whole;
      this.bytesPerSecond = probeBytes / (taken / 1000);
      this.#events.onLink();
    } catch {
      // As above.
    }
  }

  #show(status: LinkStatus): void {
    if (this.#closed || status === this.status) return;
    this.status = status;
    this.#events.onLink();
  }
}
