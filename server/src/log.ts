/**
 * The host's log: structured lines in a rotated file, the same lines as text on the terminal of `serve`, and, for
 * whoever subscribes (the output channel of an editor), as they are written.
 */
import { join } from 'node:path';
import { Writable } from 'node:stream';
import pino, { type Logger } from 'pino';
import roll from 'pino-roll';

const mostUnwrittenBytes = 1024 * 1024;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export interface LogLine {
  readonly level: LogLevel;
  readonly text: string;
}

export interface HostLog {
  readonly logger: Logger;
  onLine(listener: (line: LogLine) => void): () => void;
}

export interface LogOptions {
  readonly folder: string;
  /** `VRAMESH_LOG`; anything unknown means "info". */
  readonly level: string | undefined;
  /** Write to stderr as well: `serve` in a terminal. */
  readonly terminal: boolean;
}

export async function openLog({ folder, level, terminal }: LogOptions): Promise<HostLog> {
  const file = await openFile(folder);
  // A terminal that was closed costs lines, not the host.
  if (terminal) process.stderr.on('error', () => {});

  const listeners = new Set<(line: LogLine) => void>();
  const lines = new Writable({
    write(chunk: Buffer, _encoding, done) {
      const line = toLine(chunk.toString());
      if (terminal) process.stderr.write(`${line.text}\n`);
      for (const listener of listeners) listener(line);
      done();
    },
  });

  const known = level !== undefined && level in pino.levels.values ? level : 'info';
  const streams = [...(file ? [file] : []), lines].map((stream) => ({ stream, level: 'trace' as const }));
  const logger = pino({ level: known, base: null }, pino.multistream(streams));
  return {
    logger,
    onLine(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * A full disk costs log lines, not the host. Lines are written at once: there are few, the last ones before an end are
 * the ones that matter, and to flush a full disk's would take for ever.
 */
async function openFile(folder: string) {
  const options = { size: '5m', limit: { count: 3 }, sync: true, maxLength: mostUnwrittenBytes };
  const file = await roll({ file: join(folder, 'host.log'), ...options }).catch(() => null);
  file?.on('error', () => {});
  return file;
}

/** `{"level":40,"msg":"…","err":{…}}` → "…: what went wrong". What others have named must not command a terminal. */
function toLine(json: string): LogLine {
  const record = JSON.parse(json) as { level: number; msg?: string; err?: { message?: string } };
  const level =
    record.level >= 50 ? 'error' : record.level >= 40 ? 'warn' : record.level >= 30 ? 'info' : 'debug';
  const cause = record.err?.message;
  const text = [record.msg, cause].filter((part) => part).join(': ');
  return { level, text: text.replace(/[^\P{Cc}\n]/gu, '�') };
}
