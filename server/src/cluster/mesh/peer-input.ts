/** What a peer may send on a connection: so much in one message, so much and so many in a second. */
import { type MessageBounds, MessageLimit } from '../../message-limit';

export const inputLimits = {
  /** bytes of one message's body */
  message: 4 * 2 ** 20,
  /** bytes a second, in the long run and at once */
  rate: 8 * 2 ** 20,
  burst: 32 * 2 ** 20,
  /** the same for messages: each may want an answer */
  messageRate: 500,
  messageBurst: 2000,
};

/**
 * Passes through what is within the limits and ends with an error, in words, at what is not.
 *
 * @param now ms of a clock that never goes back
 */
export function createPeerInput(now: () => number = () => performance.now()): MessageLimit {
  return new MessageLimit({ mostBytes: inputLimits.message, pace: createPace(now) });
}

function createPace(now: () => number): Required<MessageBounds>['pace'] {
  const { rate, burst, messageRate, messageBurst } = inputLimits;
  let bytesLeft = burst;
  let messagesLeft = messageBurst;
  let filledAt = now();

  return {
    bytes(count) {
      const at = now();
      const seconds = (at - filledAt) / 1000;
      filledAt = at;
      messagesLeft = Math.min(messageBurst, messagesLeft + seconds * messageRate);
      bytesLeft = Math.min(burst, bytesLeft + seconds * rate) - count;
      if (bytesLeft < 0) throw new Error('too much at once');
    },
    message() {
      messagesLeft -= 1;
      if (messagesLeft < 0) throw new Error('too many messages');
    },
  };
}
