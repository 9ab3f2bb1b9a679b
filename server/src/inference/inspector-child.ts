/** The process that looks into model files, and the patience that it is given. */
import type { Logger } from 'pino';
import type { FromEngine, ToEngine } from '#protocol';
import { startEngineProcess } from './engine-process';

export type Answer = Extract<
  FromEngine,
  { type: 'inspected' | 'inspect_failed' | 'load_failed' | 'memory_measured' }
>;

export interface InspectorChild {
  /** Whether it can be asked no more. */
  readonly gone: boolean;
  /**
   * One question at a time.
   * @param limitMs after which the process is killed.
   * @throws ChildLost when it ends before it has answered; the signal's reason when it was aborted.
   */
  ask(question: ToEngine, limitMs: number, signal: AbortSignal): Promise<Answer>;
  stop(): Promise<void>;
}

/** The child has gone while it owed an answer. */
export class ChildLost extends Error {
  override readonly name = 'ChildLost';
  /** Whether it had not died, but was given up. */
  readonly tookTooLong: boolean;
  /** That ended it; null: it ended by itself, or was never there. */
  readonly signal: string | null;

  constructor(message: string, tookTooLong: boolean, signal: string | null) {
    super(message);
    this.tookTooLong = tookTooLong;
    this.signal = signal;
  }
}

/** MiB: the header of a large model takes some 300. */
const HEAP_LIMIT = 2048;

export function startInspectorChild(enginePath: string, env: NodeJS.ProcessEnv, log: Logger): InspectorChild {
  let gone = false;
  let onAnswer: (answer: Answer) => void = () => {};
  const process = startEngineProcess({
    enginePath,
    env,
    log,
    heapLimit: HEAP_LIMIT,
    onMessage(message) {
      if (isAnswer(message)) onAnswer(message);
    },
  });
  const exited = process.exited.then((exit) => {
    gone = true;
    return exit;
  });

  return {
    get gone() {
      return gone;
    },
    async ask(question, limitMs, signal) {
      let tookTooLong = false;
      const limit = setTimeout(() => {
        tookTooLong = true;
        process.kill();
      }, limitMs);
      const cancel = () => process.kill();
      signal.addEventListener('abort', cancel, { once: true });
      if (signal.aborted) cancel();
      try {
        return await new Promise<Answer>((resolve, reject) => {
          onAnswer = resolve;
          void exited.then((exit) => reject(new ChildLost(exit.message, tookTooLong, exit.signal)));
          process.send(question);
        });
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      } finally {
        clearTimeout(limit);
        signal.removeEventListener('abort', cancel);
      }
    },
    stop: () => process.stop(),
  };
}

function isAnswer(message: FromEngine): message is Answer {
  return (
    message.type === 'inspected' ||
    message.type === 'inspect_failed' ||
    message.type === 'load_failed' ||
    message.type === 'memory_measured'
  );
}
