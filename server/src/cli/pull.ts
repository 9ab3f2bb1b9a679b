/** `vramesh pull SOURCE`: fetches a model, or goes on with one that was interrupted. */
import { Command } from 'commander';
import { cancelDownloadRequest, type Download, downloadRequest } from '#protocol';
import { type HostConnection, openConnection } from './connection';
import { downloadProgress } from './download-text';
import { bytes } from './format';
import { print, untilInterrupted } from './output';
import { cut, plain } from './terminal-text';

export function pullCommand(): Command {
  return new Command('pull')
    .description('fetch a model, or go on with one that was interrupted')
    .argument(
      '<source>',
      'what "vramesh models --catalogue" names, hf:owner/repository/file.gguf, or an https address',
    )
    .option('--json', 'print the download when it has ended')
    .action(pull);
}

async function pull(source: string, options: { json?: boolean }): Promise<void> {
  const interrupted = untilInterrupted();
  const host = await openConnection();
  const { download } = await host.request(downloadRequest, { source }, interrupted);
  const line = createLine(options.json === true);
  line.begin(download);
  const last = await untilItStops(host, download, line.update, interrupted).finally(line.end);
  if (last === 'interrupted') {
    await host.request(cancelDownloadRequest, { download_id: download.id });
    throw new Error(`It was stopped. What has arrived is kept: "vramesh pull ${source}" goes on.`);
  }
  host.close();
  if (last === null)
    throw new Error(`${plain(download.name)} is no longer fetched: it was given up elsewhere.`);
  const done = last.state === 'done';
  if (options.json || done)
    print(
      last,
      options.json,
      `${plain(last.name)} is here, ${bytes(last.bytes)}: vramesh place ${target(last)}`,
    );
  if (done) return;
  throw new Error(
    last.error ?? `It was paused elsewhere. What has arrived is kept: "vramesh pull ${source}" goes on.`,
  );
}

/** How it is when it moves no more; `null`: it was given up and forgotten. */
async function untilItStops(
  host: HostConnection,
  begun: Download,
  onProgress: (download: Download) => void,
  signal: AbortSignal,
): Promise<Download | null | 'interrupted'> {
  const moves = ({ state }: Download) => !['done', 'failed', 'paused'].includes(state);
  if (!moves(begun)) return begun;
  let last: Download | null = begun;
  let seen = false;
  const stopped = host.watchChanges(({ downloads }) => {
    const now = downloads.find(({ id }) => id === begun.id) ?? null;
    // A state that was on its way when the download began does not know it yet.
    if (now === null && !seen) return false;
    seen = true;
    last = now;
    if (now) onProgress(now);
    return now === null || !moves(now);
  });
  const interruption = new Promise<void>((fulfil) => {
    if (signal.aborted) fulfil();
    signal.addEventListener('abort', () => fulfil(), { once: true });
  });
  await Promise.race([stopped, interruption]);
  return signal.aborted ? 'interrupted' : last;
}

/** One line that is written over on a terminal; elsewhere one at the start, since nobody watches. */
function createLine(json: boolean) {
  const terminal = process.stderr.isTTY;
  return {
    begin({ name, total_bytes }: Download): void {
      const amount = total_bytes === null ? '' : ` (${bytes(total_bytes)})`;
      if (!terminal && !json) process.stdout.write(`Fetching ${plain(name)}${amount}.\n`);
    },
    update(download: Download): void {
      if (!terminal) return;
      // A line that is wrapped could not be written over.
      const text = cut(
        `${plain(download.name)} ${downloadProgress(download)}`,
        (process.stderr.columns || 80) - 1,
      );
      process.stderr.write(`\r${text}\u001b[K`);
    },
    end(): void {
      if (terminal) process.stderr.write('\r\u001b[K');
    },
  };
}

/** What `place` takes, in quotes where the shell would take it apart. */
function target({ model_id, name }: Download): string {
  const id = plain(model_id ?? name);
  return /^[\w./:@+-]+$/.test(id) ? id : `'${id.replaceAll("'", `'\\''`)}'`;
}
