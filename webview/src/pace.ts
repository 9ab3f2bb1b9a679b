/**
 * When the page is painted: at once for what the user did, at most once a second for what the host says, and never while
 * it is hidden. Many changes between two frames are painted once.
 */
export interface Pace {
  /** Something else is to be shown, and can wait. */
  later(): void;
  /** The user waits for it. */
  now(): void;
}

const shortestMs = 1000;

export function createPace(paint: () => void): Pace {
  let paintedAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let frame: number | undefined;

  function now(): void {
    clearTimeout(timer);
    timer = undefined;
    if (document.hidden) return;
    frame ??= requestAnimationFrame((time) => {
      frame = undefined;
      paintedAt = time;
      paint();
    });
  }

  document.addEventListener('visibilitychange', now);
  return {
    now,
    later() {
      if (timer !== undefined || frame !== undefined || document.hidden) return;
      const wait = paintedAt + shortestMs - performance.now();
      if (wait <= 0) now();
      else timer = setTimeout(now, wait);
    },
  };
}
