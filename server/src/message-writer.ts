/** Writes JSON-RPC messages to a connection between machines, each as one piece: header and body apart would be two TLS records. */
import type { Writable } from 'node:stream';
import { type MessageWriter, WriteableStreamMessageWriter } from 'vscode-jsonrpc/node';

export function createMessageWriter(socket: Writable): MessageWriter {
  let header = '';
  const on = (event: 'close' | 'end' | 'error', listener: (error: Error) => void) => {
    socket.on(event, listener);
    return { dispose: () => void socket.off(event, listener) };
  };
  return new WriteableStreamMessageWriter({
    onClose: (listener) => on('close', listener),
    onError: (listener) => on('error', listener),
    onEnd: (listener) => on('end', listener),
    // The library writes the header as text, and then the body as bytes.
    write(data: string | Uint8Array) {
      if (typeof data === 'string') {
        header = data;
        return Promise.resolve();
      }
      const message = Buffer.concat([Buffer.from(header, 'ascii'), data]);
      return new Promise<void>((fulfil, reject) => {
        socket.write(message, (error) => (error ? reject(error) : fulfil()));
      });
    },
    end: () => void socket.end(),
  });
}
