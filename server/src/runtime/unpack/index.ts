/** Unpacks an archive in a thread of its own. */
import { Worker } from 'node:worker_threads';
import type { UnpackOrder } from './unpack';

export type { UnpackOrder } from './unpack';

/** @param workerPath the bundle that the thread runs. Rejects in words, or with the signal's reason; the thread is gone then. */
export async function unpackInThread(
  workerPath: string,
  order: UnpackOrder,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const worker = new Worker(workerPath, { workerData: order });
  const cancel = () => void worker.terminate();
  signal.addEventListener('abort', cancel, { once: true });
  let failure: unknown = null;
  worker.once('error', (error) => {
    failure = error;
  });
  // Not before it has ended: until then it may still write.
  const code = await new Promise<number>((fulfil) => worker.once('exit', fulfil));
  signal.removeEventListener('abort', cancel);
  signal.throwIfAborted();
  if (failure !== null) throw failure;
  if (code !== 0) throw new Error('unpacking was ended');
}
