/** What went wrong while loading, from llama.cpp's own words: the backend, the memory, or the file? */
import type { Backend, LoadFailure } from '#protocol';

/** How far loading had come. */
export type LoadStage = 'backend' | 'model' | 'context';

const MEMORY =
  /out of ?memory|OutOf(Device|Host)Memory|(failed|unable) to allocate|malloc failed|(not enough|insufficient) (\w+ )?(V?RAM|memory)/i;
const UNKNOWN_ARCHITECTURE = /unknown (?:model )?architecture:? ['"]?([\w.-]+)/i;
const DAMAGED =
  /corrupted or incomplete|(file|out of) (bounds|range)|invalid magic|failed to read|missing tensor|wrong (number|shape)|gguf_init|outside the bounds/i;

/** What Node says when it is to read or reserve as much as a damaged header asks for. */
const IMPOSSIBLE_NUMBER =
  /is out of range\. It must be|Invalid (typed )?array length|Cannot create a (string|Buffer)/i;

/** Whether llama.cpp's words say that memory was short. */
export function tellsOfMemory(words: string): boolean {
  return MEMORY.test(words);
}

/** @param words the error, then what llama.cpp logged. */
export function classifyLoadFailure(
  stage: LoadStage,
  backend: Backend,
  words: readonly string[],
): { reason: LoadFailure; message: string } {
  const all = words.join('\n');
  const detail = mostTelling(words);
  if (tellsOfMemory(all)) return { reason: 'memory', message: `Too little memory: ${detail}` };
  if (stage === 'backend')
    return { reason: 'backend', message: `llama.cpp cannot use ${backend} here: ${detail}` };
  if (stage === 'context') return { reason: 'memory', message: `The KV cache could not be made: ${detail}` };

  const architecture = UNKNOWN_ARCHITECTURE.exec(all)?.[1];
  if (architecture !== undefined)
    return {
      reason: 'model',
      message: `llama.cpp does not know the architecture "${architecture}" of this model. Choose another model, or update VRAMesh.`,
    };
  if (IMPOSSIBLE_NUMBER.test(all))
    return {
      reason: 'model',
      message: 'The file is damaged: there are impossible numbers in its header. Fetch it again.',
    };
  if (DAMAGED.test(all))
    return { reason: 'model', message: `The file is damaged or incomplete (${detail}). Fetch it again.` };
  return { reason: 'model', message: `llama.cpp cannot load this file: ${detail}` };
}

/** llama.cpp's first complaint is the cause; "Failed to load model" at the end says nothing. */
function mostTelling(words: readonly string[]): string {
  const lines = words.map((line) => line.trim()).filter((line) => line !== '');
  return (
    lines.find((line) => !/^(failed to (load model|create context)|no (pre)?built? )/i.test(line)) ??
    lines[0] ??
    'no reason given'
  );
}
