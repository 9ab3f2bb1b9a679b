/**
 * Hands waiting requests to sequences: users first, then chats, then programs, each first come first served, but to the
 * sequence that suits them. Chats and programs get only so many at a time, whoever they are: the rest is for who types. Idle
 * work runs where nobody waits, and is aborted as soon as another request needs its sequence, or a user's comes for the same
 * affinity.
 */
import type { GeneratePriority } from '#protocol';
import { chooseSequence } from './choose-sequence';

export interface Job<Token> {
  readonly affinity: string;
  readonly tokens: readonly Token[];
  readonly priority: GeneratePriority;
  /** Aborted by whoever asked, or by the scheduler when idle work has to make room. */
  readonly controller: AbortController;
}

export interface Scheduler<Token, Sequence> {
  /**
   * Runs `work` on a sequence as soon as one is free for this job. Resolves with its result, or with null when the
   * job was aborted while it waited.
   */
  run<Result>(job: Job<Token>, work: (sequence: Sequence) => Promise<Result>): Promise<Result | null>;
}

interface Slot<Token, Sequence> {
  readonly sequence: Sequence;
  job: Job<Token> | null;
  reserved: boolean;
  affinity: string | null;
  lastUsed: number;
  wantedAt: number | null;
  readonly running: GeneratePriority | null;
  readonly stopping: boolean;
  readonly tokens: readonly Token[];
}

interface Waiting<Token, Sequence> {
  readonly job: Job<Token>;
  readonly begin: (slot: Slot<Token, Sequence>) => void;
}

/**
 * @param forPrograms sequences that programs may have at a time.
 * @param cached the tokens in a sequence's KV cache.
 * @param now a clock in ms.
 */
export function createScheduler<Token, Sequence>(
  sequences: readonly Sequence[],
  forPrograms: number,
  cached: (sequence: Sequence) => readonly Token[],
  now: () => number,
): Scheduler<Token, Sequence> {
  let waiting: Waiting<Token, Sequence>[] = [];
  const slots = sequences.map(
    (sequence): Slot<Token, Sequence> => ({
      sequence,
      job: null,
      reserved: false,
      affinity: null,
      lastUsed: 0,
      wantedAt: null,
      get running() {
        return this.job?.priority ?? null;
      },
      get stopping() {
        return this.job?.controller.signal.aborted ?? false;
      },
      get tokens() {
        return cached(sequence);
      },
    }),
  );

  const mayBegin = ({ priority }: Job<Token>) =>
    !isOfProgram(priority) || slots.filter(({ running }) => isOfProgram(running)).length < forPrograms;

  const serve = (priority: GeneratePriority) => {
    waiting = waiting.filter(({ job, begin }) => {
      if (job.priority !== priority || !mayBegin(job)) return true;
      const slot = slots[chooseSequence(slots, job, now()) ?? -1];
      if (slot?.job === null) {
        begin(slot);
        return false;
      }
      if (slot !== undefined && priority !== 'idle') {
        slot.reserved = true;
        if (slot.running === 'idle') slot.job.controller.abort();
      }
      return true;
    });
  };

  const dispatch = () => {
    for (const slot of slots) slot.reserved = false;
    serve('user');
    serve('chat');
    serve('api');
    if (waiting.every(({ job }) => job.priority === 'idle' || !mayBegin(job))) serve('idle');
    // no sequence will become free for what waits now
    if (slots.every(({ job }) => job === null)) for (const { job } of waiting) job.controller.abort();
  };

  const occupy = async <Result>(
    slot: Slot<Token, Sequence>,
    job: Job<Token>,
    work: (sequence: Sequence) => Promise<Result>,
  ): Promise<Result> => {
    if (job.priority === 'idle' && slot.affinity !== job.affinity) slot.wantedAt = null;
    slot.job = job;
    slot.affinity = job.affinity;
    slot.lastUsed = now();
    try {
      return await work(slot.sequence);
    } finally {
      slot.job = null;
      slot.lastUsed = now();
      if (job.priority !== 'idle') slot.wantedAt = slot.lastUsed;
      dispatch();
    }
  };

  const endIdleWorkOf = (affinity: string) => {
    const jobs = [...slots, ...waiting].flatMap(({ job }) => (job === null ? [] : [job]));
    for (const job of jobs) if (job.priority === 'idle' && job.affinity === affinity) job.controller.abort();
  };

  return {
    run(job, work) {
      return new Promise((resolve, reject) => {
        const { signal } = job.controller;
        const giveUp = () => {
          waiting = waiting.filter((entry) => entry !== entryOfJob);
          resolve(null);
        };
        const entryOfJob: Waiting<Token, Sequence> = {
          job,
          begin(slot) {
            signal.removeEventListener('abort', giveUp);
            occupy(slot, job, work).then(resolve, reject);
          },
        };
        if (signal.aborted) return resolve(null);
        signal.addEventListener('abort', giveUp, { once: true });
        if (job.priority === 'user') endIdleWorkOf(job.affinity);
        waiting.push(entryOfJob);
        dispatch();
      });
    },
  };
}

/** Neither for the next key of who types, nor giving way to it. */
function isOfProgram(priority: GeneratePriority | null): boolean {
  return priority !== null && priority !== 'user' && priority !== 'idle';
}
