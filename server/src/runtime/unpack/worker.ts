/** A thread that unpacks one archive: decompressing a gigabyte in the host would keep its editors waiting. */
import { workerData } from 'node:worker_threads';
import { unpack } from './unpack';

void unpack(workerData).catch((error: unknown) => {
  // On the host's side the thread's failure.
  setImmediate(() => {
    throw error;
  });
});
