/** A window's settings: given in the handshake, changed by `workspace/didChangeConfiguration`. */
import { settingsSchema } from '#protocol';
import type { Feature } from './session';

export const settingsFeature: Feature = ({ connection, options, parts }) => {
  connection.onDidChangeConfiguration(({ settings }) => {
    const checked = settingsSchema.safeParse(settings);
    if (checked.success) options.settings = checked.data;
    else parts.log.warn('A client sent settings that were ignored; the ones before stay.');
  });
  return {};
};
