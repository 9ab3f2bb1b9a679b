/** Hands waiting requests to free sequences: first come first served, but to the sequence that suits them. */
import { chooseSequence } from './choose-sequence';

export interface Job<Token> {
  readonly affinity: string;
  readonly tokens: readonly Token[];
  readonly signal: AbortSignal;
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
  busy: boolean;
  stopping: boolean;
  affinity: string | null;
  lastUsed: number;
  readonly tokens: readonly Token[];
}

interface Waiting<Token, Sequence> {
  readonly job: Job<Token>;
  readonly begin: (slot: Slot<Token, Sequence>) => void;
}

/** @param cached the tokens in a sequence's KV cache. */
export function createScheduler<Token, Sequence>(
  sequences: readonly Sequence[],
  cached: (sequence: Sequence) => readonly Token[],
): Scheduler<Token, Sequence> {
  let clock = 0;
  let waiting: Waiting<Token, Sequence>[] = [];
  const slots = sequences.map(
    (sequence): Slot<Token, Sequence> => ({
      sequence,
      busy: false,
      stopping: false,
      affinity: null,
      lastUsed: 0,
      get tokens() {
        return cached(sequence);
      },
    }),
  );

  const dispatch = () => {
    waiting = waiting.filter(({ job, begin }) => {
      const slot = slots[chooseSequence(slots, job) ?? -1];
      if (slot === undefined) return true;
      begin(slot);
      return false;
    });
  };

  const occupy = async <Result>(
    slot: Slot<Token, Sequence>,
    job: Job<Token>,
    work: (sequence: Sequence) => Promise<Result>,
  ): Promise<Result> => {
    const markStopping = () => {
      slot.stopping = true;
    };
    slot.busy = true;
    slot.affinity = job.affinity;
    slot.lastUsed = ++clock;
    job.signal.addEventListener('abort', markStopping);
    try {
      return await work(slot.sequence);
    } finally {
      job.signal.removeEventListener('abort', markStopping);
      slot.busy = false;
      slot.stopping = false;
      dispatch();
    }
  };

  return {
    run(job, work) {
      return new Promise((resolve, reject) => {
        const giveUp = () => {
          waiting = waiting.filter((entry) => entry !== entryOfJob);
          resolve(null);
        };
        const entryOfJob: Waiting<Token, Sequence> = {
          job,
          begin(slot) {
            job.signal.removeEventListener('abort', giveUp);
            occupy(slot, job, work).then(resolve, reject);
          },
        };
        if (job.signal.aborted) return resolve(null);
        job.signal.addEventListener('abort', giveUp, { once: true });
        waiting.push(entryOfJob);
        dispatch();
      });
    },
  };
}
