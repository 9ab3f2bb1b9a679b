/**
 * Whether something that came to the page is a message for it. Only its outline is looked at: what is inside is shown as
 * text, and a message that cannot be shown is dropped as a whole (`main.ts`).
 */
import type { ToPage } from '#protocol';

export function isToPage(message: unknown): message is ToPage {
  if (!isObject(message)) return false;
  switch (message.type) {
    case 'view':
      return isTextOrNull(message.problem) && (message.state === null || isState(message.state));
    case 'models':
      return isTextOrNull(message.problem) && isList(message.models) && isList(message.elsewhere);
    case 'previews':
      return (
        isTextOrNull(message.problem) &&
        typeof message.model_id === 'string' &&
        isObject(message.wishes) &&
        isList(message.previews)
      );
    case 'failure':
      return typeof message.problem === 'string';
    default:
      return false;
  }
}

function isState(state: unknown): boolean {
  if (!isObject(state) || !isObject(state.topology)) return false;
  const { nodes, connections } = state.topology;
  return [nodes, connections, state.instances, state.downloads].every(isList);
}

/** Of objects: everything that the page lists is one. */
function isList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isObject);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}
