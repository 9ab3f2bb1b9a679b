/** The host's log in the editor's output channel, as standard `window/logMessage`. */
import { MessageType } from 'vscode-languageserver/node';
import type { Feature } from './session';

const types = {
  error: MessageType.Error,
  warn: MessageType.Warning,
  info: MessageType.Info,
  debug: MessageType.Debug,
} as const;

export const logFeature: Feature = ({ parts, tell, onReady, onEnd }) => {
  onReady(() => {
    onEnd(
      parts.onLogLine(({ level, text }) => {
        tell('window/logMessage', { type: types[level], message: text });
      }),
    );
  });
  return {};
};
