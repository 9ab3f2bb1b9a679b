/**
 * Downloads of models. One that runs survives the end of the host, one that was paused or has failed keeps what arrived;
 * a file gets its name, in the models folder, only when all of its bytes were checked. Two run at a time, the others wait.
 * Must never replace a file that is there, nor trust anything that a server says beyond what is checked.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Download } from '#protocol';
import { withEither } from '../../either-signal';
import { freeBytes, spaceProblem, type TransferLimits } from '../../fetching';
import { fileStat } from '../gguf-folder';
import { createDownload, type OneDownload } from './download';
import { createHubClient, type FromPeer } from './hub-client';
import { type HubAsking, planOf } from './plan';
import { type DownloadRecord, readRecords } from './record';

export { Refused } from '../../fetching';
export type { FromPeer } from './hub-client';

const mostRunning = 2;
/** Between two events. */
const quietMs = 200;

export interface Downloads {
  /** Running, waiting, paused and failed ones, and those that this host has finished. */
  list(): Download[];
  /**
   * Fetches a model, or goes on with one that was paused or has failed. Resolves when it has begun; rejects in words:
   * unknown, gone, a token is wanted, the disk is too small, the name is taken.
   */
  start(source: string): Promise<Download>;
  /** Stops it. It can go on later with `start`, unless what arrived is to be discarded. Rejects when there is none. */
  cancel(id: string, discard: boolean): Promise<void>;
  /** At most five times a second. */
  onChange(listener: () => void): () => void;
  /** Goes on with what ran when the last host ended. */
  resume(): void;
}

export interface DownloadsOptions {
  /** Of this node. */
  readonly nodeId: string;
  /** Of the models; what is unfinished lies in `.downloads` in it. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Logger;
  readonly limits: TransferLimits;
  readonly fromPeer: FromPeer;
}

/** The part that runs, and how to stop it. */
interface Run {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export function createDownloads(options: DownloadsOptions): Downloads & { close(): Promise<void> } {
  const { nodeId, folder, env, log, limits } = options;
  const unfinished = join(folder, '.downloads');
  const known = new Map<string, OneDownload>();
  const runs = new Map<OneDownload, Run>();
  /** By source, so that asking twice is one download; and by download, whose plan only one may change. */
  const beginning = new Map<string | OneDownload, Promise<OneDownload>>();
  const listeners = new Set<() => void>();
  const closing = new AbortController();
  let announcing: NodeJS.Timeout | undefined;

  for (const [id, record] of readRecords(unfinished, log)) known.set(id, make(id, record));

  function make(id: string, record: DownloadRecord): OneDownload {
    const own = { unfinished: join(unfinished, id), changed: announce, asking, wantSpace };
    return createDownload(id, record, { nodeId, folder, limits, log, ...own });
  }

  // Read anew each time: a bad address is told to the one who asks.
  function asking(): HubAsking {
    const endpoint = endpointOf(env);
    const token = env.HF_TOKEN?.trim() || env.HUGGING_FACE_HUB_TOKEN?.trim() || null;
    return {
      client: createHubClient({ endpoint, token, fromPeer: options.fromPeer }),
      endpoint,
      patience: limits,
      stallMs: limits.stallMs,
    };
  }

  async function wantSpace(one: OneDownload): Promise<void> {
    mkdirSync(unfinished, { recursive: true, mode: 0o700 });
    const others = [...known.values()].filter((other) => other !== one && other.isActive);
    const needed = [one, ...others].reduce((sum, { missingBytes }) => sum + missingBytes, 0);
    const problem = spaceProblem(needed, await freeBytes(unfinished));
    if (problem) throw new Error(problem);
  }

  function announce(): void {
    announcing ??= setTimeout(() => {
      announcing = undefined;
      for (const listener of listeners) listener();
    }, quietMs).unref();
  }

  async function start(source: string): Promise<Download> {
    const there = [...known.values()].find(
      ({ record, state }) => record.source === source && state !== 'done',
    );
    return (await (there ? goOn(there) : shared(source, () => begin(source)))).shown();
  }

  function shared(key: string | OneDownload, begin: () => Promise<OneDownload>): Promise<OneDownload> {
    const begun = beginning.get(key) ?? begin().finally(() => beginning.delete(key));
    beginning.set(key, begun);
    return begun;
  }

  async function begin(source: string): Promise<OneDownload> {
    const parts = await planOf(source, asking(), closing.signal);
    const [first] = parts;
    if (!first) throw new Error(`${source} names no file.`);
    const there = known.get(first.name);
    if (there && there.state !== 'done') {
      if (there.record.parts[0]?.part.url === first.url) return goOn(there);
      throw new Error(
        `${first.name} is already being fetched from ${there.record.source}. Cancel that first.`,
      );
    }
    const taken = parts.find(({ name }) => fileStat(join(folder, name)));
    if (taken) {
      throw new Error(
        `${taken.name} is in the models folder already. Nothing was fetched; delete it first if you want it anew.`,
      );
    }
    const fresh = parts.map((part) => ({ part, verified: false }));
    const one = make(first.name, { source, state: 'running', error: null, parts: fresh });
    // Known at once: another source may mean a file of the same name.
    known.set(one.id, one);
    return shared(one, async () => {
      try {
        await wantSpace(one);
        await one.save();
      } catch (error) {
        known.delete(one.id);
        throw error;
      }
      return enqueue(one);
    });
  }

  function goOn(one: OneDownload): Promise<OneDownload> {
    if (one.isActive) return Promise.resolve(one);
    return shared(one, async () => {
      await one.planAnew(closing.signal);
      return enqueue(one);
    });
  }

  function enqueue(one: OneDownload): OneDownload {
    if (known.get(one.id) !== one) throw new Error(`The download of ${one.id} was cancelled meanwhile.`);
    one.record.state = 'running';
    one.state = 'waiting';
    announce();
    runNext();
    return one;
  }

  function runNext(): void {
    for (const one of known.values()) {
      if (runs.size >= mostRunning || closing.signal.aborted) return;
      if (one.state !== 'waiting') continue;
      one.state = 'downloading';
      const stop = new AbortController();
      const ended = withEither([stop.signal, closing.signal], (signal) => one.run(signal)).then(() => {
        runs.delete(one);
        announce();
        runNext();
      });
      runs.set(one, { stop, ended });
    }
  }

  async function cancel(id: string, discard: boolean): Promise<void> {
    const one = known.get(id);
    if (!one) throw new Error(`There is no download "${id}".`);
    if (one.state === 'waiting') one.state = 'paused';
    const run = runs.get(one);
    run?.stop.abort(new Error('cancelled'));
    await run?.ended;
    if (discard) {
      known.delete(id);
      await one.discard();
    } else if (one.state === 'paused') {
      one.record.state = 'paused';
      await one.save();
    }
    announce();
  }

  async function close(): Promise<void> {
    closing.abort(new Error('The host ends.'));
    clearTimeout(announcing);
    await Promise.allSettled([...beginning.values(), ...[...runs.values()].map(({ ended }) => ended)]);
  }

  return {
    list: () => [...known.values()].map((one) => one.shown()),
    start,
    cancel,
    close,
    resume() {
      for (const one of known.values()) {
        if (one.record.state === 'running' && one.state === 'paused') enqueue(one);
      }
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function endpointOf(env: NodeJS.ProcessEnv): URL {
  const text = env.HF_ENDPOINT?.trim() || 'https://huggingface.co';
  if (!URL.canParse(text))
    throw new Error(`HF_ENDPOINT is "${text.slice(0, 100)}", which is not an address.`);
  return new URL(text);
}
