/** The editor's side of the host: one LSP session per connection. Never decides anything that a part could. */
export type { EditorParts } from './parts';
export { openSession } from './session';
