/** Requests between nodes, typed by the constants of the protocol, and checked by their schemas on arrival. */
import type * as z from 'zod';
import type { RequestMessage } from '#protocol';

export interface RequestOptions {
  /** ms until the answer must have come. */
  readonly limitMs: number;
  readonly signal?: AbortSignal;
}

/** Rejects, in words: no connection, it broke, the peer refused, no answer in time, cancelled. */
export type PeerRequest = <P extends z.ZodType, R extends z.ZodType>(
  peerId: string,
  message: RequestMessage<P, R>,
  params: z.input<P>,
  options: RequestOptions,
) => Promise<z.output<R>>;

export interface Sender {
  readonly id: string;
  readonly name: string;
}

/** One handler a message; what it throws goes back in words. */
export type MessageHandler = <P extends z.ZodType, R extends z.ZodType>(
  message: RequestMessage<P, R>,
  handler: (params: z.output<P>, peer: Sender, signal: AbortSignal) => Promise<z.input<R>>,
) => void;

/** A handler whose message has been forgotten: what comes in is unknown until the schema has seen it. */
export interface StoredHandler {
  readonly method: string;
  run(params: unknown, peer: Sender, signal: AbortSignal): Promise<unknown>;
}
