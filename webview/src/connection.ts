/**
 * Who answers the page: VS Code (`vscode-connection.ts`), or the host itself over HTTP (`http-connection.ts`). The page
 * knows nothing else of where it is shown.
 */
import type { PageAction } from '#protocol';

export interface Connection {
  /** Something of an editor is there: files, logs, invitations. */
  readonly isEditor: boolean;
  /** @param listener gets what comes, as it came: nothing was checked */
  start(listener: (message: unknown) => void): void;
  send(action: PageAction): void;
  /** What `keep` was given before the page was loaded anew; anything, or `undefined`. */
  kept(): unknown;
  keep(value: object): void;
}
