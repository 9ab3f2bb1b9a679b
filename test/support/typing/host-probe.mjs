/**
 * Loaded into a host before its program: writes to the file that HOST_PROBE names, when the host ends, what it asked of its
 * engines and what they said it cost, and how long its event loop stood still.
 */
import childProcess from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** ms between two looks at the clock. */
const TICK = 2;
/** ms; shorter ones are not kept. */
const SHORTEST = 4;

const file = process.env.HOST_PROBE;
// Engines inherit the environment.
if (file !== undefined && process.argv.includes('serve')) watch(file);

/** @param {string} file */
function watch(file) {
  /** @type {import('./probe').HostReport} */
  const report = { generations: [], stalls: [] };
  watchEngines(report.generations);
  watchEventLoop(report.stalls);
  process.once('exit', () => writeFileSync(file, JSON.stringify(report)));
}

/** @param {import('./probe').HostReport['generations']} generations */
function watchEngines(generations) {
  const { fork } = childProcess;
  /** @param {Parameters<typeof fork>} parameters */
  childProcess.fork = (...parameters) => {
    const child = fork(...parameters);
    const send = child.send.bind(child);
    /** @type {Map<number, import('./probe').Generation>} */
    const running = new Map();
    child.send = (message, ...rest) => {
      const at = epochMs();
      if (message?.type === 'generate') {
        const { priority, affinity, temperature } = message;
        const generation = {
          priority,
          affinity,
          temperature,
          begin: at,
          end: null,
          aborted: false,
          stats: null,
        };
        running.set(message.id, generation);
        generations.push(generation);
      }
      const aborted = message?.type === 'abort' ? running.get(message.id) : undefined;
      if (aborted) {
        aborted.end ??= at;
        aborted.aborted = true;
      }
      return send(message, ...rest);
    };
    child.on('message', (message) => {
      const done = message.type === 'done' ? running.get(message.id) : undefined;
      if (!done) return;
      running.delete(message.id);
      done.end ??= epochMs();
      done.stats = message.stats;
    });
    return child;
  };
}

/** @param {import('./probe').HostReport['stalls']} stalls */
function watchEventLoop(stalls) {
  let last = epochMs();
  let worked = workedMs();
  const timer = setInterval(() => {
    const now = epochMs();
    const work = workedMs();
    const ms = now - last - TICK;
    const own = work === null || worked === null ? null : work - worked;
    if (ms >= SHORTEST) stalls.push({ at: now, ms, own });
    last = now;
    worked = work;
  }, TICK);
  timer.unref();
}

/** A clock that other processes have, too. */
function epochMs() {
  return performance.timeOrigin + performance.now();
}

/** What the main thread has computed so far; null where the system does not say. */
function workedMs() {
  try {
    return Number.parseInt(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8'), 10) / 1e6;
  } catch {
    return null;
  }
}
