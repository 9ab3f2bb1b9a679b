/** A line before each instance, for as long as somebody is in it: windows that chat and programs stand in the same one. */
import { type Instance, sequencesForPrograms } from '#protocol';
import { type Caller, createQueue, type Queue } from './queue';

export interface Lines {
  /** Resolves with how to leave, when it is this caller's turn; rejects with QueueFull, or as the signal aborts. */
  enter(instance: Instance, caller: Caller, signal: AbortSignal): Promise<() => void>;
}

export function createLines(): Lines {
  const queues = new Map<string, Queue>();

  function queueOf(instance: Instance): Queue {
    const { id } = instance;
    const known = queues.get(id);
    if (known) return known;
    const width = sequencesForPrograms(instance.role, instance.sequences ?? 1);
    const queue = createQueue(width, () => performance.now());
    queues.set(id, queue);
    return queue;
  }

  return {
    async enter(instance, caller, signal) {
      const queue = queueOf(instance);
      const forget = () => {
        if (queue.running + queue.waiting === 0) queues.delete(instance.id);
      };
      const leave = await queue.enter(caller, signal).finally(forget);
      return () => {
        leave();
        forget();
      };
    },
  };
}
