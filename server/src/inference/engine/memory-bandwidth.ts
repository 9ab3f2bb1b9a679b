/** How fast the CPU reads RAM: the pace at which it can decode, because every token reads all weights once. */
import { Worker } from 'node:worker_threads';
import { usableCores } from './llama';

/** More threads than these do not read faster on any machine with one socket. */
const MOST_THREADS = 16;
/** Bytes that each thread reads over and over: together far more than the caches hold. */
const BUFFER = 48 * 2 ** 20;
const MEASURE_MS = 250;

/** Looks for a byte that is not there: the C library reads for that as fast as the machine can. */
const READER = `
  const { parentPort, workerData: { bytes, ms } } = require('node:worker_threads');
  const buffer = Buffer.alloc(bytes, 1);
  parentPort.once('message', () => {
    const begin = performance.now();
    let passes = 0;
    let time = 0;
    do {
      buffer.indexOf(2);
      passes++;
      time = performance.now() - begin;
    } while (time < ms);
    parentPort.postMessage((passes * bytes * 1000) / time);
  });
  parentPort.postMessage('ready');
`;

/** Bytes per second, of all cores together. */
export async function measureMemoryBandwidth(): Promise<number> {
  const threads = Math.min(MOST_THREADS, usableCores());
  const workers = Array.from(
    { length: threads },
    () => new Worker(READER, { eval: true, workerData: { bytes: BUFFER, ms: MEASURE_MS } }),
  );
  try {
    await Promise.all(workers.map(nextMessage));
    const rates = workers.map(nextMessage);
    for (const worker of workers) worker.postMessage('begin');
    return (await Promise.all(rates)).reduce((total: number, rate) => total + Number(rate), 0);
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function nextMessage(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
