/** Completions that are off for a while in this window. What the user asks for explicitly is still answered. */
import { commands, type Disposable, EventEmitter } from 'vscode';

export class Snooze implements Disposable {
  readonly #changed = new EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  #until: number | null = null;
  #end: NodeJS.Timeout | undefined;

  /** Seconds that are left, `Infinity` until the window is restarted; `null`: it is not on. */
  get secondsLeft(): number | null {
    const left = this.#until === null ? 0 : (this.#until - Date.now()) / 1000;
    return left > 0 ? left : null;
  }

  /** `minutes`: `Infinity` until the window is restarted. */
  begin(minutes: number): void {
    clearTimeout(this.#end);
    const ms = minutes * 60_000;
    if (Number.isFinite(ms)) this.#end = setTimeout(() => this.end(), ms);
    this.#set(Date.now() + ms);
  }

  end(): void {
    clearTimeout(this.#end);
    this.#set(null);
  }

  dispose(): void {
    clearTimeout(this.#end);
    this.#changed.dispose();
  }

  #set(until: number | null): void {
    this.#until = until;
    void commands.executeCommand('setContext', 'vramesh.snoozed', until !== null);
    this.#changed.fire();
  }
}
