/** Tunnels to devices that other machines lend: each in a thread of its own, known by the machine that it leads to. */
import { rmSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { ShardRequest } from '#protocol';
import type { Identity } from '../identity';
import type { Greeting } from '../wire';
import type { TunnelOrder, TunnelReport } from './order';

export interface TunnelRequest {
  readonly peerId: string;
  readonly request: ShardRequest;
  /** Path of the Unix socket that the engine will connect to. */
  readonly socket: string;
  readonly signal: AbortSignal;
}

export interface Tunnel {
  /** Bytes that the engine has sent and got so far. */
  traffic(): { readonly sent: number; readonly received: number };
  /** Settles, never rejects, with the reason in words, when neither this host nor its engine has ended it. */
  readonly lost: Promise<string>;
  close(): void;
}

export interface Tunnels {
  /** Resolves when the devices are lent. Rejects, in words, when they are not. */
  open(request: TunnelRequest): Promise<Tunnel>;
  /** All that lead to a machine: it is lost. */
  drop(peerId: string): void;
  close(): void;
}

export interface TunnelParts {
  /** The bundle that the threads run. */
  readonly workerPath: string;
  readonly identity: Identity;
  readonly greeting: Greeting;
  addressesOf(peerId: string): readonly string[];
}

export function createTunnels({ workerPath, identity, greeting, addressesOf }: TunnelParts): Tunnels {
  const open = new Map<Tunnel, { readonly peerId: string; drop(): void }>();

  async function dig({ peerId, request, socket, signal }: TunnelRequest): Promise<Tunnel> {
    const order: TunnelOrder = {
      privateKey: identity.privateKey,
      certificate: await identity.certificate(),
      greeting,
      peerId,
      addresses: addressesOf(peerId),
      request,
      socket,
    };
    signal.throwIfAborted();
    const worker = new Worker(workerPath, { workerData: order });
    let traffic = { sent: 0, received: 0 };
    let close = (_why: string, _lost: boolean): void => {};
    let lose = (_why: string): void => {};
    const lost = new Promise<string>((fulfil) => {
      lose = fulfil;
    });
    const closed = new Promise<string>((fulfil) => {
      close = (why, isLost) => {
        fulfil(why);
        if (isLost) lose(why);
        void worker.terminate();
        rmSync(socket, { force: true });
      };
    });
    // What comes after the first reason changes nothing.
    worker.once('error', ({ message }) => close(message, true));
    worker.once('exit', () => close('its thread has ended', false));
    const tunnel: Tunnel = { traffic: () => traffic, lost, close: () => close('it was closed', false) };
    const opened = new Promise<boolean>((fulfil) => {
      worker.on('message', (report: TunnelReport) => {
        if (report.type === 'open') fulfil(true);
        else if (report.type === 'count') traffic = { sent: report.sent, received: report.received };
        else close(report.why, report.lost);
      });
      void closed.then(() => fulfil(false));
    });
    const cancel = () => close('it was cancelled', false);
    signal.addEventListener('abort', cancel, { once: true });
    open.set(tunnel, { peerId, drop: () => close('it is not connected any more', true) });
    void closed.then(() => open.delete(tunnel));
    const isOpen = await opened;
    signal.removeEventListener('abort', cancel);
    if (!isOpen) throw new Error(await closed);
    return tunnel;
  }

  return {
    open: dig,
    drop(peerId) {
      for (const entry of open.values()) if (entry.peerId === peerId) entry.drop();
    },
    close() {
      for (const tunnel of open.keys()) tunnel.close();
    },
  };
}
