/** The state document: on request, and to every window that shook hands whenever it changes. */
import { getStateRequest, lookingNotification, stateNotification } from '#protocol';
import { onNotification, onRequest } from './checked';
import type { Feature } from './session';

export const stateFeature: Feature = ({ connection, parts, tell, onReady, onEnd }) => {
  onRequest(connection, getStateRequest, () => parts.state());

  onReady(() => {
    const send = () => tell(stateNotification.method, parts.state());
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
