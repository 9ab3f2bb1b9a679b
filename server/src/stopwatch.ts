/**
 * How long this thread has computed. While other programs hold the cores, a clock goes on though nothing is done; while
 * other threads of this process compute, its CPU time grows faster than the clock.
 */

/** @returns ms of work since the call, at most */
export function stopwatch(): () => number {
  const start = performance.now();
  const used = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(used);
    return Math.min(performance.now() - start, (user + system) / 1000);
  };
}
