/** Reads JSON-RPC from whoever may break off in mid-message. */
import { StreamMessageReader } from 'vscode-jsonrpc/node';

/**
 * vscode-jsonrpc watches half a message with a timer that it sets again and again, also after the stream has ended:
 * each client and peer that dies at the wrong moment would leave one behind, with what it had sent, for ever.
 */
export function createMessageReader(stream: NodeJS.ReadableStream): StreamMessageReader {
  const reader = new StreamMessageReader(stream);
  reader.partialMessageTimeout = 0;
  return reader;
}
