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
import { lookingNotification, type State, stateNotification } from '#protocol';
import { attach, homeFolder } from '#protocol/attach';
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
  #hasRun = false;

  constructor(context: ExtensionContext) {
    this.#extensionFolder = context.extensionPath;
    this.log = window.createOutputChannel('VRAMesh', { log: true });
    this.client = new QuietClient('vramesh', 'VRAMesh', () => this.#connect(), this.#clientOptions());
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
      this.client.onDidChangeState(({ newState }) => {
        if (newState === ClientState.Running) this.#hasRun = true;
        else this.#noHost(this.problem);
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
  async start(): Promise<void> {
    try {
      await this.client.start();
      this.#look(window.state.focused);
    } catch (error) {
      this.#noHost(error instanceof Error ? error.message : String(error));
      this.log.error(this.problem ?? '');
    }
  }

  async stop(): Promise<void> {
    if (this.client.needsStop()) await this.client.stop();
  }

  /** Attaches again, to a new host where the old one has ended. */
  async restart(): Promise<void> {
    this.#restarts.forget();
    await this.stop().catch(() => {});
    await this.start();
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  async #connect(): Promise<StreamInfo> {
    const socket: Socket = await attach({
      home: homeFolder(),
      program: join(this.#extensionFolder, 'dist', 'vramesh.js'),
    });
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
        closed: () => this.#closed(),
      },
    };
  }

  /** What the user asks for explicitly always may be asked for. */
  #mayAsk(document: TextDocument, context: InlineCompletionContext): boolean {
    const snoozed = this.snooze.secondsLeft !== null;
    const explicit = context.triggerKind === InlineCompletionTriggerKind.Invoke;
    return (explicit || !snoozed) && this.typing.mayAsk(document, context);
  }

  #closed(): { action: CloseAction; handled: boolean } {
    const restart = this.#restarts.after(Date.now(), this.#hasRun);
    this.#hasRun = false;
    this.#noHost(
      restart
        ? t('The host ended and is started again.')
        : t('The host ended several times. Use “VRAMesh: Restart Host”.'),
    );
    return { action: restart ? CloseAction.Restart : CloseAction.DoNotRestart, handled: true };
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
