/** The state document: on request, and to every window that shook hands whenever it changes. */
import { getStateRequest, lookingNotification, stateNotification } from '#protocol';
import { onNotification, onRequest } from './checked';
import type { Feature } from './session';

export const stateFeature: Feature = ({ connection, parts, onReady, onEnd }) => {
  onRequest(connection, getStateRequest, () => parts.state());

  onReady(() => {
    const send = () =>
      void connection.sendNotification(stateNotification.method, parts.state()).catch(() => {});
    send();
    onEnd(parts.onState(send));
  });

  let stopLooking: (() => void) | null = null;
  const look = (looking: boolean) => {
    if (looking === (stopLooking !== null)) return;
    stopLooking?.();
    stopLooking = looking ? parts.look() : null;
  };
  onNotification(connection, lookingNotification, ({ looking }) => look(looking));
  onEnd(() => look(false));
  return {};
};
