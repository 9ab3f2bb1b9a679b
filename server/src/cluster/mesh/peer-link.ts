/** The way to one other member: dials until there is a connection, keeps the better of two, remembers what it said. */
import type { Logger } from 'pino';
import type { DocumentUpdate, LinkStatus, NodeDocument, Roster } from '#protocol';
import type { Channel, Wire } from '../wire';
import { Control } from './control';
import type { StoredHandler } from './messages';

const firstWaitMs = 250;
const longestWaitMs = 15_000;
/** What a node that has gone said last is shown for so long. */
const remembranceMs = 60_000;

export interface PeerLinkOptions {
  readonly nodeId: string;
  readonly peerId: string;
  readonly wire: Wire;
  readonly handlers: ReadonlyMap<string, StoredHandler>;
  readonly log: Logger;
  addresses(): string[];
  remember(address: string): void;
  document(): Partial<NodeDocument>;
  roster(): Roster;
  onRoster(roster: Roster): void;
  onLink(): void;
  onDocument(sections: DocumentUpdate['sections']): void;
  /** There is no connection any more. */
  onLost(): void;
}

export class PeerLink {
  control: Control | null = null;
  document: NodeDocument | null = null;
  left = false;
  version: string | null = null;
  problem: string | null = null;

  readonly #options: PeerLinkOptions;
  #partial: DocumentUpdate['sections'] = {};
  #expected = 0;
  #waitMs = firstWaitMs;
  #retry: NodeJS.Timeout | undefined;
  #forget: NodeJS.Timeout | undefined;
  #dialling: AbortController | null = null;
  #closed = false;

  constructor(options: PeerLinkOptions) {
    this.#options = options;
    this.dialNow();
  }

  get status(): LinkStatus {
    return this.control?.status ?? 'gone';
  }

  /** It may be there now: an address was learned. */
  hint(): void {
    this.#waitMs = firstWaitMs;
    this.dialNow();
  }

  dialNow(): void {
    if (this.#closed || this.control !== null || this.#dialling !== null) return;
    clearTimeout(this.#retry);
    const dialling = new AbortController();
    this.#dialling = dialling;
    const { peerId, wire, addresses } = this.#options;
    wire.open({ peerId, addresses: addresses(), kind: 'control', signal: dialling.signal }).then(
      (channel) => {
        this.#dialling = null;
        if (channel.remote !== null) this.#options.remember(channel.remote);
        this.take(channel, true);
      },
      (error: Error) => {
        this.#dialling = null;
        if (this.#closed || this.control !== null) return;
        this.problem = error.message;
        this.#options.onLink();
        this.#later();
      },
    );
  }

  /** Of two connections the one that the node with the lower id has dialled stays: both ends decide alike. */
  take(channel: Channel, dialled: boolean): void {
    if (this.#closed) {
      channel.socket.destroy();
      return;
    }
    const { nodeId, peerId } = this.#options;
    const wanted = dialled === nodeId < peerId;
    if (this.control !== null && !wanted && this.control.status === 'online') {
      channel.socket.destroy();
      return;
    }
    const old = this.control;
    this.#partial = {};
    this.#expected = 0;
    const control: Control = new Control(channel, dialled, this.#options.handlers, {
      onDocument: ({ version, sections }) => {
        if (this.control !== control) return;
        if (version !== this.#expected) return control.close('a part of its document is missing');
        this.#expected += 1;
        this.#learn(sections);
      },
      onRoster: (roster) => this.#options.onRoster(roster),
      onGoodbye: () => {
        this.left = true;
      },
      onLink: () => this.control === control && this.#options.onLink(),
      onClose: (reason) => this.control === control && this.#lost(reason),
    });
    this.control = control;
    old?.close('there is a better connection');
    this.left = false;
    this.problem = null;
    this.version = channel.peer.version;
    this.#waitMs = firstWaitMs;
    clearTimeout(this.#forget);
    clearTimeout(this.#retry);
    this.#dialling?.abort();
    control.sendRoster(this.#options.roster());
    control.sendDocument(this.#options.document());
    this.#options.onLink();
  }

  /** It was removed from the roster. */
  dismiss(): void {
    const { control } = this;
    this.control = null;
    control?.dismiss(this.#options.roster().members);
    this.close();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#forget);
    this.#dialling?.abort();
    const { control } = this;
    this.control = null;
    control?.close('it is not wanted any more');
  }

  /** It only speaks for itself: what it says of others is taken as said of itself. */
  #learn(sections: DocumentUpdate['sections']): void {
    const node_id = this.#options.peerId;
    this.#partial = { ...this.#partial, ...sections };
    const {
      profile,
      instances,
      downloads,
      models,
      addresses,
      requests,
      lent = [],
      leased = [],
      native_build = null,
    } = this.#partial;
    if (profile && instances && downloads && models && addresses && requests !== undefined)
      this.document = {
        profile,
        models,
        addresses,
        requests,
        lent,
        leased,
        native_build,
        instances: instances.map((instance) => ({ ...instance, node_id })),
        downloads: downloads.map((download) => ({ ...download, node_id })),
      };
    this.#options.onDocument(sections);
  }

  #lost(reason: string): void {
    this.control = null;
    this.#options.onLost();
    this.problem = this.left ? 'it was switched off' : reason;
    this.#options.log.info(`The connection to ${this.#options.peerId.slice(0, 12)} ended: ${reason}.`);
    this.#forget = setTimeout(() => {
      this.document = null;
      this.#options.onLink();
    }, remembranceMs);
    this.#forget.unref();
    this.#options.onLink();
    this.#later();
  }

  #later(): void {
    if (this.#closed) return;
    clearTimeout(this.#retry);
    // Not all at the same moment, when a switch comes back.
    const wait = this.#waitMs * (0.75 + Math.random() / 2);
    this.#waitMs = Math.min(longestWaitMs, this.#waitMs * 2);
    this.#retry = setTimeout(() => this.dialNow(), wait);
    this.#retry.unref();
  }
}
