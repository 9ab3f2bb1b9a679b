/** `vramesh/stop`: ends the host for everyone who uses it. */
import { stopRequest } from '#protocol';
import { onRequest } from './checked';
import type { Feature } from './session';

export const stopFeature: Feature = ({ connection, parts }) => {
  onRequest(connection, stopRequest, () => {
    parts.stop();
    return {};
  });
  return {};
};
