/** What changed of the placed models from one document to the next, in words that are said aloud. Pure. */
import type { Instance } from '#protocol';

export interface Said {
  readonly name: string;
  readonly state: Instance['state'];
}

export function changes(before: ReadonlyMap<string, Said>, now: ReadonlyMap<string, Said>): string[] {
  return [
    ...[...now]
      .filter(([id, { state }]) => before.get(id)?.state !== state)
      .map(([, { name, state }]) => `${name}: ${state}`),
    ...[...before].filter(([id]) => !now.has(id)).map(([, { name }]) => `${name}: removed`),
  ];
}
