/** The host's log in the editor's output channel, as standard `window/logMessage`. */
import { MessageType } from 'vscode-languageserver/node';
import type { Feature } from './session';

const types = {
  error: MessageType.Error,
  warn: MessageType.Warning,
  info: MessageType.Info,
  debug: MessageType.Debug,
} as const;

export const logFeature: Feature = ({ connection, parts, onReady, onEnd }) => {
  onReady(() => {
    onEnd(
      parts.onLogLine(({ level, text }) => {
        connection
          .sendNotification('window/logMessage', { type: types[level], message: text })
          .catch(() => {});
      }),
    );
  });
  return {};
};
