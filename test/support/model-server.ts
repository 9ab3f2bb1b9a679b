/** A server of model files on loopback that speaks as Hugging Face does, and misbehaves as it is told. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly path: string;
  readonly range: { readonly start: number; readonly end: number } | null;
  readonly headers: IncomingMessage['headers'];
  /** How many requests for this path came before. */
  readonly before: number;
}

/** Answers itself and returns true, or leaves it to the server. */
export type Fault = (asked: Asked, response: ServerResponse, content: Buffer | undefined) => boolean;

export interface ModelServer {
  readonly url: string;
  readonly asked: Asked[];
  /** Looked at in order, before anything is sent. */
  readonly faults: Fault[];
  /** A file by its path: "/a/b.gguf". `etag`: by default of its content; `null`: none is sent. */
  put(path: string, content: Buffer, etag?: string | null): void;
  /** A file in a repository, listed with its size and hash, which may lie. */
  publish(repository: string, file: string, content: Buffer, says?: { size?: number; sha256?: string }): void;
  /** Bytes of files (not of listings) that were sent. */
  bytesSent(): number;
  close(): Promise<void>;
}

/** What a file is served with, unless told otherwise. */
export const etagOf = (content: Buffer) => `"${sha256(content).slice(0, 16)}"`;

export const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

/** Looks like a GGUF to whoever reads its first bytes; no two of them are equal. */
export function modelBytes(size: number, seed: number): Buffer {
  const content = Buffer.alloc(size);
  for (let at = 0; at < size; at += 4)
    content.writeUInt32LE(((at + seed) * 2_654_435_761) >>> 0, Math.min(at, size - 4));
  content.write('GGUF', 0, 'latin1');
  content.writeUInt32LE(3, 4);
  return content;
}

export async function startModelServer(): Promise<ModelServer> {
  const files = new Map<string, { content: Buffer; etag: string | null }>();
  const listings = new Map<string, unknown[]>();
  const asked: Asked[] = [];
  const faults: Fault[] = [];
  let sent = 0;

  const server = createServer((request, response) => {
    response.on('error', () => {});
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://any').pathname);
    const file = files.get(path);
    const range = rangeOf(request, file?.content.length ?? 0);
    const one = {
      path,
      range,
      headers: request.headers,
      before: asked.filter((other) => other.path === path).length,
    };
    asked.push(one);
    if (faults.some((fault) => fault(one, response, file?.content))) return;
    const listing = listings.get(path);
    if (listing) return void response.end(JSON.stringify(listing));
    if (!file) return void response.writeHead(404).end('not here');
    const etag = file.etag === null ? {} : { etag: file.etag };
    const condition = request.headers['if-range'];
    if (!range || (condition !== undefined && condition !== file.etag)) {
      sent += file.content.length;
      return void response
        .writeHead(200, { ...etag, 'content-length': file.content.length })
        .end(file.content);
    }
    const body = file.content.subarray(range.start, range.end + 1);
    sent += body.length;
    response.writeHead(206, { ...etag, ...rangeHeaders(range, file.content.length) }).end(body);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function put(path: string, content: Buffer, etag: string | null = etagOf(content)): void {
    files.set(path, { content, etag });
  }

  return {
    url,
    asked,
    faults,
    put,
    publish(repository, file, content, says = {}) {
      put(`/${repository}/resolve/main/${file}`, content);
      const folder = file.split('/').slice(0, -1);
      const path = ['', 'api', 'models', repository, 'tree', 'main', ...folder].join('/');
      const size = says.size ?? content.length;
      const entry = { type: 'file', path: file, size, lfs: { oid: says.sha256 ?? sha256(content), size } };
      const others = (listings.get(path) ?? []).filter((other) => (other as { path: string }).path !== file);
      listings.set(path, [...others, entry]);
    },
    bytesSent: () => sent,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

export function rangeHeaders({ start, end }: { start: number; end: number }, size: number) {
  return { 'content-length': end - start + 1, 'content-range': `bytes ${start}-${end}/${size}` };
}

function rangeOf(request: IncomingMessage, size: number): { start: number; end: number } | null {
  const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  return match && size > 0 ? { start: Number(match[1]), end: Math.min(Number(match[2]), size - 1) } : null;
}
