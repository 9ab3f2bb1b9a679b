/**
 * Updates what is on the screen at once, and everything else when the browser has nothing better to do: with a hundred
 * machines only a few are seen. What was not updated yet is, before it is seen.
 */
import type { View } from './dom';

/** Beyond the edge of the screen, so that scrolling finds what is new. */
const margin = '300px 0px';

export interface SeenFirst {
  /** Its first update is made at once: it needs its size. */
  wrap<T>(view: View<T>): View<T>;
}

export function createSeenFirst(): SeenFirst {
  const waiting = new Map<Element, () => void>();
  const seen = new WeakSet<Element>();
  let isAsked = false;

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) seen.delete(target);
        else {
          seen.add(target);
          run(target);
        }
      }
    },
    { rootMargin: margin },
  );

  function run(root: Element): void {
    const update = waiting.get(root);
    waiting.delete(root);
    try {
      update?.();
    } catch {
      // What came is not what it should be: what was shown before stays.
    }
  }

  function work(deadline: IdleDeadline): void {
    isAsked = false;
    for (const root of waiting.keys()) {
      if (deadline.timeRemaining() <= 1) break;
      run(root);
    }
    if (waiting.size > 0) ask();
  }

  function ask(): void {
    if (isAsked) return;
    isAsked = true;
    requestIdleCallback(work);
  }

  return {
    wrap({ root, update }) {
      let isNew = true;
      observer.observe(root);
      return {
        root,
        update(value) {
          if (isNew || seen.has(root)) {
            update(value);
            isNew = false;
            return;
          }
          waiting.set(root, () => {
            if (root.isConnected) update(value);
          });
          ask();
        },
      };
    },
  };
}
