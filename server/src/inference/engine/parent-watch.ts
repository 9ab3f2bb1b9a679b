/** No engine outlives its host: an orphan would hold VRAM that nobody can see or free. */
import process from 'node:process';

const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;

/** Ends this process at once. Not `exit()`: llama.cpp may be decoding, and its teardown could hang or abort then. */
export function endAtOnce(): void {
  process.kill(process.pid, 'SIGKILL');
}

/**
 * Ends this process when its host goes, however that happens. The closed IPC channel says so; on Linux the kernel
 * does too, which works even while this process is stopped or stuck in a GPU driver.
 * @param hostPid the process that started this one.
 */
export async function dieWithHost(hostPid: number): Promise<void> {
  process.on('disconnect', endAtOnce);
  if (process.platform === 'linux') await askKernel();
  // the host may have gone before the kernel was asked
  if (process.ppid !== hostPid || !process.connected) endAtOnce();
}

async function askKernel(): Promise<void> {
  const { default: koffi } = await import('koffi');
  const prctl = koffi.load('libc.so.6').func('int prctl(int option, unsigned long value)');
  prctl(PR_SET_PDEATHSIG, SIGKILL);
}
