/** Names of split models: llama.cpp writes a large model as "name-00001-of-00003.gguf" and so on. */
const ending = /-\d{5}-of-\d{5}\.gguf$/i;
const pattern = /^(?<base>.+)-(?<part>\d{5})-of-(?<parts>\d{5})(?<ending>\.gguf)$/is;
/** A name that promises more is nonsense, or meant to keep somebody busy. */
const mostParts = 512;

export interface SplitName {
  readonly base: string;
  /** Names of all parts, in order; the first is the one that is loaded. */
  readonly parts: readonly string[];
}

/** Whether a file is named as a part is, if its numbers made sense: node-llama-cpp may look for others beside it. */
export function endsLikePart(name: string): boolean {
  return ending.test(name);
}

/** `null`: not a part of a split model. Takes a file name, or a path with "/". */
export function splitName(name: string): SplitName | null {
  const { base, part, parts, ending } = pattern.exec(name)?.groups ?? {};
  const count = Number(parts);
  if (!base || Number(part) < 1 || !(Number(part) <= count && count <= mostParts)) return null;
  const all = Array.from(
    { length: count },
    (_, index) => `${base}-${String(index + 1).padStart(5, '0')}-of-${parts}${ending}`,
  );
  return { base, parts: all };
}
