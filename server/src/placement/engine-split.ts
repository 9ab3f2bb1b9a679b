/**
 * How llama.cpp itself splits layers over the GPUs that one engine sees. node-llama-cpp has no tensor split, so this
 * is what happens, and a preview must show it. Source: `load_tensors` in llama.cpp's src/llama-model.cpp (MIT), facts
 * only: each GPU's part is its free memory over that of all, and layer l of n goes to the first GPU where the parts
 * added up exceed l / n. The arithmetic is done in 32-bit floats there, so it is here.
 */

/** Layers of each GPU, in the order in which the engine sees them. `free`: bytes that llama.cpp sees free there. */
export function engineSplit(free: readonly number[], layers: number): number[] {
  const float = Math.fround;
  let sum = 0;
  const running = free.map((bytes) => (sum = float(sum + float(bytes))));
  const ends = running.map((end) => float(end / float(sum)));
  const counts = free.map(() => 0);
  let gpu = 0;
  for (let layer = 0; layer < layers; layer++) {
    const part = float(layer / layers);
    while (gpu < ends.length && !((ends[gpu] ?? 0) > part)) gpu++;
    if (gpu < ends.length) counts[gpu] = (counts[gpu] ?? 0) + 1;
  }
  return counts;
}
