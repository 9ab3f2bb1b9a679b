/** A window's settings: given in the handshake, changed by `workspace/didChangeConfiguration`. */
import { settingsSchema } from '#protocol';
import type { Feature } from './session';

const msPerMinute = 60_000;

export const settingsFeature: Feature = ({ connection, options, parts, onReady }) => {
  /** The host is shared: what concerns it is as the window says that spoke last. */
  const apply = () => {
    const { idleMinutes, placeOnRequest } = options.settings.instances;
    parts.cluster.setStaticPeers(options.settings.cluster.peers);
    parts.placeOnRequest.setAllowed(placeOnRequest);
    parts.instances.setIdleAfter(idleMinutes === 0 ? null : idleMinutes * msPerMinute);
  };
  // The command line comes and goes, and has no settings of its own.
  onReady(() => {
    if (options.client !== 'cli') apply();
  });

  connection.onDidChangeConfiguration(({ settings }) => {
    const checked = settingsSchema.safeParse(settings);
    if (checked.success) {
      options.settings = checked.data;
      apply();
    } else parts.log.warn('A client sent settings that were ignored; the ones before stay.');
  });
  return {};
};
