/** Reads a part of a model file of another machine. */
import { type FileAnswer, type FileRequest, fileAnswerSchema } from '#protocol';
import { type Channel, frameLimits, readFrame, writeFrame } from '../wire';

/** ms for the answer: a disk may have to wake up. */
const patienceMs = 20_000;

export interface RemoteFile {
  readonly answer: FileAnswer;
  /** The bytes follow in it; the caller destroys it. */
  readonly socket: Channel['socket'];
}

/** Rejects, in words, when the machine does not answer. */
export async function fetchFile(
  request: FileRequest,
  signal: AbortSignal,
  open: (signal: AbortSignal) => Promise<Channel>,
): Promise<RemoteFile> {
  const { socket } = await open(signal);
  const cancel = () => socket.destroy();
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  socket.once('close', () => signal.removeEventListener('abort', cancel));
  try {
    writeFrame(socket, request);
    const answer = await readFrame(socket, {
      schema: fileAnswerSchema,
      limit: frameLimits.hello,
      patienceMs,
    });
    return { answer, socket };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
