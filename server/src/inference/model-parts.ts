/** Large models come in numbered parts; llama.cpp wants the first one and finds the others beside it. */

const PART = /-(\d{5})-of-(\d{5})\.gguf$/;

/**
 * All files of the model, that which was named first.
 * @throws Error in words that complete "This file …" for a part that is not the first.
 */
export function partsOf(modelPath: string): string[] {
  const [name, number, count] = PART.exec(modelPath) ?? [];
  if (name === undefined || number === undefined || count === undefined) return [modelPath];
  if (Number(number) !== 1) throw new Error(`is part ${Number(number)} of a model: name part 1 instead`);
  const base = modelPath.slice(0, -name.length);
  return Array.from(
    { length: Number(count) },
    (_, index) => `${base}-${String(index + 1).padStart(5, '0')}-of-${count}.gguf`,
  );
}
