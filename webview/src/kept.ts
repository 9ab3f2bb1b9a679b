/** What the page keeps while it is loaded anew: the history of the GPUs, and which machines are open. Pure. */
import { createHistory, type History } from './history';

export interface Kept {
  readonly history: History;
  readonly opened: Map<string, boolean>;
}

const mostOpened = 500;

/** @param saved what `save` gave, or anything else: what cannot be read is left out */
export function restore(saved: unknown): Kept {
  const { history, opened } = typeof saved === 'object' && saved !== null ? fields(saved) : fields({});
  return { history: createHistory(history), opened: new Map(readOpened(opened)) };
}

export function save({ history, opened }: Kept): object {
  return { history: history.save(), opened: [...opened].slice(-mostOpened) };
}

function fields(saved: object): { history: unknown; opened: unknown } {
  return {
    history: 'history' in saved ? saved.history : null,
    opened: 'opened' in saved ? saved.opened : null,
  };
}

function readOpened(opened: unknown): [string, boolean][] {
  if (!Array.isArray(opened)) return [];
  return opened
    .slice(0, mostOpened)
    .filter(
      (entry): entry is [string, boolean] =>
        Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'boolean',
    );
}
