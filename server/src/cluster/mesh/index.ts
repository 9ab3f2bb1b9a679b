/**
 * The mesh: one control connection to each other member, over which nodes tell what they are and ask each other for
 * things. It trusts the wire to let in members only, and no member to be well-behaved.
 */
import type { Logger } from 'pino';
import type * as z from 'zod';
import type { DocumentUpdate, Member, NodeDocument, RequestMessage, Roster } from '#protocol';
import type { Wire } from '../wire';
import type { MessageHandler, PeerRequest, StoredHandler } from './messages';
import { PeerLink } from './peer-link';

export type { MessageHandler, PeerRequest } from './messages';
export type { PeerLink } from './peer-link';

/** Changes closer together than this are sent as one. */
const pauseMs = 100;

export interface MeshOptions {
  readonly nodeId: string;
  readonly wire: Wire & { drop(nodeId: string): void };
  readonly log: Logger;
  members(): Member[];
  addressesOf(nodeId: string): string[];
  remember(nodeId: string, address: string): void;
  roster(): Roster;
  onRoster(roster: Roster, from: string): void;
  /** Somebody came, went, or is silent; or who belongs to the cluster has changed. */
  onLink(): void;
  onDocument(nodeId: string, sections: DocumentUpdate['sections']): void;
}

export interface Mesh {
  readonly request: PeerRequest;
  readonly handle: MessageHandler;
  link(nodeId: string): PeerLink | null;
  /** The roster has changed: connects to who is new, hangs up on who is not trusted any more, tells the others. */
  rosterChanged(): void;
  /** A node may be at one of its addresses now. */
  hint(nodeId: string): void;
  publish(sections: Partial<NodeDocument>): void;
  /** Resolves when what was said is written. */
  flush(): Promise<void>;
  /** Resolves when the others were told goodbye. */
  close(): Promise<void>;
}

export function createMesh(options: MeshOptions): Mesh {
  const { nodeId, wire, log, members } = options;
  const links = new Map<string, PeerLink>();
  const handlers = new Map<string, StoredHandler>();
  let document: Partial<NodeDocument> = {};
  let sending: NodeJS.Timeout | null = null;
  let closed = false;

  wire.handle('control', (channel) => {
    const link = links.get(channel.peer.id);
    if (link === undefined) channel.socket.destroy();
    else link.take(channel, false);
  });

  function linkTo(peerId: string): PeerLink {
    return new PeerLink({
      nodeId,
      peerId,
      wire,
      handlers,
      log,
      addresses: () => options.addressesOf(peerId),
      remember: (address) => options.remember(peerId, address),
      document: () => document,
      roster: options.roster,
      onRoster: (roster) => options.onRoster(roster, peerId),
      onLink: options.onLink,
      onDocument: (sections) => options.onDocument(peerId, sections),
      // What is under way with it would wait for nothing.
      onLost: () => wire.drop(peerId),
    });
  }

  function rosterChanged(): void {
    if (closed) return;
    const trusted = new Set(members().map(({ node_id }) => node_id));
    const before = [...links];
    for (const [id, link] of before) if (trusted.has(id)) link.control?.sendRoster(options.roster());
    for (const [id, link] of before) {
      if (trusted.has(id)) continue;
      links.delete(id);
      link.dismiss();
    }
    for (const id of trusted) if (!links.has(id)) links.set(id, linkTo(id));
    options.onLink();
  }

  return {
    rosterChanged,
    link: (id) => links.get(id) ?? null,
    hint: (id) => links.get(id)?.hint(),
    async request(peerId, message, params, limits) {
      const control = links.get(peerId)?.control;
      if (!control) throw new Error('That machine is not connected now.');
      return control.request(message, params, limits);
    },
    handle,
    publish(sections) {
      document = { ...document, ...sections };
      sending ??= setTimeout(() => {
        sending = null;
        for (const { control } of links.values()) control?.sendDocument(document);
      }, pauseMs);
    },
    async flush() {
      await Promise.all([...links.values()].map(({ control }) => control?.flushed()));
    },
    async close() {
      closed = true;
      if (sending !== null) clearTimeout(sending);
      await Promise.all([...links.values()].map(({ control }) => control?.goodbye()));
      for (const link of links.values()) link.close();
    },
  };

  function handle<P extends z.ZodType, R extends z.ZodType>(
    { method, params: schema }: RequestMessage<P, R>,
    handler: (
      params: z.output<P>,
      peer: { id: string; name: string },
      signal: AbortSignal,
    ) => Promise<z.input<R>>,
  ): void {
    handlers.set(method, {
      method,
      async run(params, peer, signal) {
        const checked = schema.safeParse(params);
        if (!checked.success)
          throw new Error(`${method} was not understood (${checked.error.issues[0]?.message}).`);
        return handler(checked.data, peer, signal);
      },
    });
  }
}
