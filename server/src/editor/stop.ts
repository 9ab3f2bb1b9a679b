/** `vramesh/stop`: ends the host for everyone who uses it. */
import { MessageType } from 'vscode-languageserver/node';
import { stopRequest } from '#protocol';
import { onRequest } from './checked';
import type { Feature } from './session';

export const stopFeature: Feature = ({ connection, parts }) => {
  onRequest(connection, stopRequest, () => {
    setImmediate(() => void endAfterAnswer());
    return {};
  });

  /** Messages leave in order: when this one is written, so is the answer, and only then the connection may end. */
  async function endAfterAnswer(): Promise<void> {
    const farewell = { type: MessageType.Info, message: 'The host was asked to end.' };
    await connection.sendNotification('window/logMessage', farewell).catch(() => {});
    parts.stop();
  }
  return {};
};
