/** What an instance needs to know where it can run. The host fulfils it with `placement/`, `models/` and `telemetry/`. */
import type { ModelRef, Preview, Wishes } from '#protocol';

/** In tokens/s; `null`: the run says nothing of it. */
export interface Speed {
  readonly decode: number | null;
  readonly prefill: number | null;
}

export interface Planner {
  /** Every way to place the model now, best first; those that cannot be come last. Rejects, in words, for a bad file. */
  previews(model: ModelRef, wishes: Wishes): Promise<Preview[]>;
  /** Bytes that are free on a device of this node at this moment; `null`: it has gone, or does not tell. */
  freeBytes(deviceId: string): number | null;
  /** VRAM that a process holds on a device, as the driver says; `null` where it does not. */
  heldBytes(deviceId: string, pid: number): number | null;
  /** A run on what was previewed came to this speed. It takes the very preview that `previews` gave. */
  learn(preview: Preview, speed: Speed): void;
}
