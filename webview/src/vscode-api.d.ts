/** What VS Code gives to a page in a webview; `undefined` elsewhere. */
interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: object): void;
}
declare const acquireVsCodeApi: (() => VsCodeApi) | undefined;
