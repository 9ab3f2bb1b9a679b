/**
 * Copies of model files from one machine to another. They are downloads like any other (resumed, in pieces, with
 * progress), whose address is "vramesh://<node id>/<file>", and whose bytes come over a connection between members.
 */
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import type { Download, ModelRef, SharedModel } from '#protocol';
import { type Channel, type Cluster, fetchFile, serveFile } from '../cluster';
import { type Downloads, partsOf, Refused } from '../models';

interface CopyModels {
  list(): ModelRef[];
  readonly downloads: Pick<Downloads, 'start' | 'list' | 'onChange'>;
}

/** As `fetch` would answer. Rejects with `Refused` when trying again will not help. */
export async function fetchFromPeer(
  cluster: Pick<Cluster, 'open'>,
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  const range = /^bytes=(?<start>\d+)-(?<end>\d*)$/.exec(headers.range ?? '')?.groups;
  const request = {
    file: decodeURIComponent(url.pathname.slice(1)),
    start: Number(range?.start ?? 0),
    end: range?.end ? Number(range.end) : null,
  };
  const { answer, socket } = await fetchFile(request, signal, (opening) =>
    cluster.open({ peerId: url.host, kind: 'file', signal: opening }),
  );
  if (!answer.found) {
    socket.destroy();
    throw new Refused(`The machine that had the model refuses: ${answer.message}.`);
  }
  const { start, end, total_bytes, validator } = answer;
  return new Response(Readable.toWeb(Readable.from(bytesOf(socket))) as ReadableStream<Uint8Array>, {
    status: range === undefined ? 200 : 206,
    headers: {
      etag: validator,
      'content-length': String(end - start + 1),
      'content-range': `bytes ${start}-${end}/${total_bytes}`,
    },
  });
}

/** Leaving the loop over it ends the connection. */
async function* bytesOf(socket: Channel['socket']): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of socket) yield chunk;
  } finally {
    socket.destroy();
  }
}

export function serveCopies(cluster: Pick<Cluster, 'onChannel'>, models: Pick<CopyModels, 'list'>): void {
  cluster.onChannel('file', (channel) => {
    void serveFile(channel, (file) => {
      const paths = models
        .list()
        .filter(({ embedded }) => !embedded)
        .flatMap(partsOf);
      return paths.find((path) => basename(path) === file) ?? null;
    });
  });
}

/** Resolves with the model once it is here. Rejects, in words; what has arrived is kept. */
export async function copyFrom(
  models: CopyModels,
  { file, name }: SharedModel,
  holders: readonly string[],
  signal: AbortSignal,
  onBegin: (download: Download) => void = () => {},
): Promise<ModelRef> {
  let problem = `${name} is not on this machine, and no machine that has it is connected.`;
  for (const holder of holders) {
    signal.throwIfAborted();
    try {
      const download = await models.downloads.start(`vramesh://${holder}/${encodeURIComponent(file)}`);
      onBegin(download);
      const { model_id } = await ended(models.downloads, download.id, signal);
      const model = models.list().find((candidate) => candidate.id === model_id);
      if (model) return model;
    } catch (error) {
      problem = (error as Error).message;
    }
  }
  throw new Error(problem);
}

/** The copy goes on when nobody waits for it any more. */
function ended(downloads: CopyModels['downloads'], id: string, signal: AbortSignal): Promise<Download> {
  return new Promise((fulfil, reject) => {
    const settle = (act: () => void) => {
      stop();
      signal.removeEventListener('abort', abort);
      act();
    };
    const abort = () => settle(() => reject(new Error('It was cancelled. What was copied is kept.')));
    const look = () => {
      const download = downloads.list().find((candidate) => candidate.id === id);
      if (download?.state === 'done') settle(() => fulfil(download));
      else if (!download || download.state === 'failed' || download.state === 'paused')
        settle(() => reject(new Error(download?.error ?? 'The copy was cancelled.')));
    };
    const stop = downloads.onChange(look);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    else look();
  });
}
