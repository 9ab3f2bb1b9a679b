/** One engine process: started, listened to, and known to have ended. What it says on its streams goes to the log. */
import { type ChildProcess, fork } from 'node:child_process';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import { type FromEngine, fromEngineSchema, type ToEngine } from '#protocol';

export interface EngineExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** What happened, in words. */
  readonly message: string;
  /** Whether it was stopped on purpose. */
  readonly expected: boolean;
}

export interface EngineProcess {
  /** Process id; 0 when the process could not be started at all: then `exited` says why. */
  readonly pid: number;
  /** A process that cannot be killed, because it is stuck in a driver, counts as ended after a while. */
  readonly exited: Promise<EngineExit>;
  send(message: ToEngine): void;
  /** @param why in words, when this is not what the user asked for: it becomes the exit's message. */
  kill(why?: string): void;
  /** Lets it end by itself, and makes sure after a short grace. */
  stop(): Promise<void>;
}

export interface EngineProcessOptions {
  readonly enginePath: string;
  /** Added to the environment of this process. */
  readonly env: NodeJS.ProcessEnv;
  readonly log: Logger;
  /** MiB that its JavaScript may take, where a limit is wanted. */
  readonly heapLimit?: number;
  onMessage(message: FromEngine): void;
}

/** ms between the request to end and the kill. */
const GRACE_MS = 1000;
/** ms after a kill before a process is given up. */
const STUCK_MS = 5000;
/** ms that output of a dead engine may lag behind its exit. */
const LAST_WORDS_MS = 200;
/** Lines kept for the exit's message: llama.cpp says why it aborts just before it does, and then prints a stack. */
const LAST_LINES = 40;
const TELLING = /error|abort|assert|fail/i;

export function startEngineProcess(options: EngineProcessOptions): EngineProcess {
  const { log } = options;
  const child = fork(options.enginePath, [String(process.pid)], {
    env: { ...process.env, ...options.env, ELECTRON_RUN_AS_NODE: '1' },
    execArgv: options.heapLimit === undefined ? [] : [`--max-old-space-size=${options.heapLimit}`],
    serialization: 'json',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });

  const lastLines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    readLines(stream, (line) => {
      log.debug({ enginePid: child.pid }, line);
      lastLines.push(line);
      if (lastLines.length > LAST_LINES) lastLines.shift();
    });

  child.on('message', (raw) => {
    const message = fromEngineSchema.safeParse(raw);
    if (!message.success) return;
    if (message.data.type === 'log') log[message.data.level]({ enginePid: child.pid }, message.data.message);
    else options.onMessage(message.data);
  });

  let killedBecause: string | null = null;
  let expected = false;
  const { ended, kill } = endOf(child, () => expected, log);
  const exited = ended.then(({ code, signal, failure }): EngineExit => {
    const message =
      killedBecause ??
      (expected ? 'The engine was stopped.' : describeExit(code, signal, failure, lastLines));
    return { code, signal, message, expected };
  });

  return {
    pid: child.pid ?? 0,
    exited,
    send(message) {
      // an engine that has just died is reported by `exited`
      if (child.connected) child.send(message, () => {});
    },
    kill(why) {
      if (why === undefined) expected = true;
      else killedBecause ??= why;
      kill();
    },
    async stop() {
      expected = true;
      if (child.connected) child.disconnect();
      const grace = setTimeout(kill, GRACE_MS);
      await exited;
      clearTimeout(grace);
    },
  };
}

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream === null) return;
  createInterface({ input: stream }).on('line', (line) => {
    if (line.trim() !== '') onLine(line.trimEnd());
  });
}

interface End {
  readonly code: number | null;
  readonly signal: string | null;
  /** why the process did not even start */
  readonly failure: Error | null;
}

/** Last words are waited for where nobody knows yet why it ends. */
function endOf(
  child: ChildProcess,
  isExpected: () => boolean,
  log: Logger,
): { ended: Promise<End>; kill(): void } {
  let giveUp: () => void = () => {};
  let stuck: NodeJS.Timeout | undefined;
  const ended = new Promise<End>((resolve) => {
    giveUp = () => {
      log.error(
        `Process ${child.pid} was killed and does not end: it is stuck in a driver. It is not waited for any longer; ` +
          'the memory that it holds may stay taken until this machine is restarted.',
      );
      resolve({ code: null, signal: 'SIGKILL', failure: null });
    };
    child.once('exit', (code, signal) => {
      clearTimeout(stuck);
      const end = () => resolve({ code, signal, failure: null });
      if (isExpected()) return end();
      child.once('close', end);
      setTimeout(end, LAST_WORDS_MS).unref();
    });
    child.on('error', (failure) => {
      // also raised when a message could not be sent: then the exit follows
      if (child.pid === undefined) resolve({ code: null, signal: null, failure });
    });
  });
  return {
    ended,
    kill() {
      if (!child.kill('SIGKILL')) return;
      stuck ??= setTimeout(giveUp, STUCK_MS);
      stuck.unref();
    },
  };
}

function describeExit(
  code: number | null,
  signal: string | null,
  failure: Error | null,
  lastLines: readonly string[],
): string {
  if (failure !== null) return `The engine could not be started: ${failure.message}`;
  const lastWords = lastLines.find((line) => TELLING.test(line)) ?? lastLines.at(-1);
  const why = lastWords === undefined ? '' : ` It said: ${lastWords.trim()}`;
  if (signal === 'SIGKILL')
    return 'The engine was killed, by somebody or by the system because memory ran out.';
  if (signal !== null) return `The engine crashed (${signal}).${why}`;
  return `The engine ended by itself (exit code ${code}).${why}`;
}
