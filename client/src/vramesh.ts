/** This window's VRAMesh: it owns the language client, the last state of the host, and the status items. */
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { t } from '@vscode/l10n';
import {
  type Disposable,
  EventEmitter,
  type ExtensionContext,
  type InlineCompletionContext,
  InlineCompletionTriggerKind,
  type LogOutputChannel,
  type TextDocument,
  window,
  workspace,
} from 'vscode';
import {
  State as ClientState,
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  type StreamInfo,
} from 'vscode-languageclient/node';
import { lookingNotification, type State, stateNotification, stopRequest } from '#protocol';
import { attach, homeFolder } from '#protocol/attach';
import { offerChatModels } from './chat';
import { openContext } from './context';
import { keepContextKeys } from './context-keys';
import { Restarts } from './restarts';
import { affectsSettings, readSettings } from './settings';
import { Snooze } from './snooze';
import { StatusItems } from './status/items';
import { MachinesView } from './tree/machines-view';
import { Typing } from './typing';

/** What is completed. */
export const coveredDocuments = [
  { scheme: 'file' },
  { scheme: 'untitled' },
  { scheme: 'vscode-remote' },
  { scheme: 'vscode-notebook-cell' },
];

/** Trouble in the background belongs into the status item and the log, not into a pop-up with a stack trace. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

export class Vramesh implements Disposable {
  readonly log: LogOutputChannel;
  readonly client: LanguageClient;
  /** The host's last state; `null` while there is no host. */
  state: State | null = null;
  /** Why there is no host, in words. */
  problem: string | null = null;
  readonly #changed = new EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #disposables: Disposable[];
  readonly #extensionFolder: string;
  readonly typing = new Typing();
  readonly snooze = new Snooze();
  readonly #restarts = new Restarts();
  /** The window has spoken with the host that is there, or was. */
  #hasRun = false;
  #socket: Socket | null = null;
  #starting: Promise<void> | null = null;
  /** As soon as the client has noticed that the host is gone. */
  #startsAgain = false;
  #hasHungUp = false;
  #isEnding = false;

  constructor(context: ExtensionContext) {
    this.#extensionFolder = context.extensionPath;
    this.log = window.createOutputChannel('VRAMesh', { log: true });
    this.client = new QuietClient('vramesh', 'VRAMesh', async () => this.#streams(), this.#clientOptions());
    this.#disposables = [
      this.log,
      this.#changed,
      this.typing,
      this.snooze,
      this.snooze.onDidChange(() => this.#changed.fire()),
      new StatusItems(this),
      new MachinesView(this),
      keepContextKeys(this),
      openContext(this.client),
      offerChatModels(this),
      this.client.onDidChangeState(({ newState }) => {
        if (newState === ClientState.Running) return this.#isRunning();
        this.#noHost(this.problem);
        if (newState !== ClientState.Starting && this.#startsAgain) void this.#startAgain();
      }),
      window.onDidChangeWindowState(({ focused }) => this.#look(focused)),
      workspace.onDidChangeConfiguration((change) => {
        if (affectsSettings(change) && this.client.isRunning()) {
          void this.client.sendNotification('workspace/didChangeConfiguration', { settings: readSettings() });
        }
      }),
    ];
    this.client.onNotification(stateNotification.method, (state: State) => {
      this.state = state;
      this.problem = null;
      this.#changed.fire();
    });
  }

  /** Never rejects: what goes wrong is in the status item and in the log. */
  start(): Promise<void> {
    this.#starting ??= this.#attach().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  async stop(): Promise<void> {
    if (this.client.needsStop()) await this.client.stop();
  }

  /** Attaches again, to a new host where the old one has ended. */
  async restart(): Promise<void> {
    this.#restarts.forget();
    await this.stop().catch(() => {});
    this.#noHost(null);
    await this.start();
  }

  /**
   * Ends the host, for every window. It hangs up last of all: by then its port is free, and so is what its models held.
   */
  async endHost(): Promise<void> {
    if (!this.client.isRunning()) return;
    this.#isEnding = true;
    let fulfil = () => {};
    const hungUp = new Promise<void>((done) => {
      fulfil = done;
    });
    const listening = this.client.onDidChangeState(({ newState }) => {
      if (newState === ClientState.Stopped) fulfil();
    });
    try {
      await this.client.sendRequest(stopRequest.method, {}).catch((error: unknown) => {
        // It may have hung up before its last message was read: then it has done what it was asked for.
        if (this.client.isRunning()) throw error;
      });
      await hungUp;
    } finally {
      listening.dispose();
      this.#isEnding = false;
    }
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  /** The client is told when there is a host: one that has failed to connect once never tries again. */
  async #attach(): Promise<void> {
    const program = join(this.#extensionFolder, 'dist', 'vramesh.js');
    try {
      this.#hasHungUp = false;
      this.#socket = await attach({ home: homeFolder(), program });
      await this.client.start();
    } catch (error) {
      // Of one that hung up in the middle of it, it is known that it has ended.
      if (this.#hasHungUp) return;
      const problem = error instanceof Error ? error.message : String(error);
      this.log.error(problem);
      this.#noHost(problem);
    }
  }

  async #startAgain(): Promise<void> {
    this.#startsAgain = false;
    await this.#starting;
    await this.start();
  }

  #streams(): StreamInfo {
    const socket = this.#socket;
    if (socket === null) throw new Error(t('The host is not running yet. Try again in a moment.'));
    return { reader: socket, writer: socket };
  }

  #clientOptions(): LanguageClientOptions {
    return {
      documentSelector: coveredDocuments,
      initializationOptions: () => ({
        client: 'vscode',
        definitions: true,
        settings: readSettings(),
      }),
      outputChannel: this.log,
      middleware: {
        provideInlineCompletionItems: (document, position, context, token, next) =>
          this.#mayAsk(document, context) ? next(document, position, context, token) : null,
      },
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          this.#hungUp();
          // In the log; else it would say there that nothing is started again.
          const message = this.problem ?? t('The host has ended.');
          return { action: CloseAction.DoNotRestart, handled: true, message };
        },
      },
    };
  }

  /** What the user asks for explicitly always may be asked for. */
  #mayAsk(document: TextDocument, context: InlineCompletionContext): boolean {
    const snoozed = this.snooze.secondsLeft !== null;
    const explicit = context.triggerKind === InlineCompletionTriggerKind.Invoke;
    return (explicit || !snoozed) && this.typing.mayAsk(document, context);
  }

  #isRunning(): void {
    this.#hasRun = true;
    this.#look(window.state.focused);
  }

  #hungUp(): void {
    this.#hasHungUp = true;
    if (this.#isEnding) return;
    this.#startsAgain = this.#restarts.after(Date.now(), this.#hasRun);
    this.#hasRun = false;
    this.#noHost(
      this.#startsAgain
        ? t('The host ended and is started again.')
        : t('The host ended several times. Use “VRAMesh: Restart Host”.'),
    );
  }

  #look(looking: boolean): void {
    if (this.client.isRunning()) void this.client.sendNotification(lookingNotification.method, { looking });
  }

  #noHost(problem: string | null): void {
    this.state = null;
    this.problem = problem;
    this.#changed.fire();
  }
}
