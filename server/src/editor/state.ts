/** The state document: on request, and to every window that shook hands whenever it changes. */
import { getStateRequest, lookingNotification, type State, stateNotification } from '#protocol';
import { onNotification, onRequest } from './checked';
import type { EditorParts } from './parts';
import type { Session } from './session';

interface StateSession extends Pick<Session, 'connection' | 'tell' | 'onReady' | 'onEnd'> {
  readonly parts: Pick<EditorParts, 'state' | 'onState' | 'look'>;
}

export function stateFeature({ connection, parts, tell, onReady, onEnd }: StateSession) {
  onRequest(connection, getStateRequest, () => parts.state());

  onReady(() => {
    // Built once for all windows: with many machines it is large.
    const send = (state: State) => tell(stateNotification.method, state);
    send(parts.state());
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
}
