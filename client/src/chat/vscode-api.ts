/**
 * VS Code's API for chat models, which is there since 1.104: what is used of it. The oldest VS Code that we run in does not
 * have it, nor do its types.
 */
import type { CancellationToken, Disposable, Event, LanguageModelTextPart, Progress } from 'vscode';

/** `LanguageModelChatInformation` */
export interface ChatModel {
  readonly id: string;
  readonly name: string;
  readonly family: string;
  readonly version: string;
  readonly detail: string;
  readonly tooltip: string;
  readonly maxInputTokens: number;
  readonly maxOutputTokens: number;
  readonly capabilities: { readonly imageInput: boolean; readonly toolCalling: boolean };
  /** Not in the API yet, but since 1.120 what lacks it is not among the models that users choose from. */
  readonly isUserSelectable: boolean;
}

/** `LanguageModelChatRequestMessage`. What else may be in it grows with every version. */
export interface SpokenMessage {
  readonly role: number;
  readonly content: readonly unknown[];
}

/** `ProvideLanguageModelChatResponseOptions` */
export interface AnswerOptions {
  readonly modelOptions?: Readonly<Record<string, unknown>>;
  readonly tools?: readonly unknown[];
  readonly toolMode?: number;
}

/** `LanguageModelChatProvider` */
export interface ChatModelProvider {
  readonly onDidChangeLanguageModelChatInformation: Event<void>;
  provideLanguageModelChatInformation(): ChatModel[];
  provideLanguageModelChatResponse(
    model: ChatModel,
    messages: readonly SpokenMessage[],
    options: AnswerOptions,
    progress: Progress<LanguageModelTextPart>,
    token: CancellationToken,
  ): Promise<void>;
  provideTokenCount(
    model: ChatModel,
    text: string | SpokenMessage,
    token: CancellationToken,
  ): Promise<number>;
}

interface ChatModelApi {
  registerLanguageModelChatProvider(vendor: string, provider: ChatModelProvider): Disposable;
}

/** Whether `vscode.lm` has it here. */
export function takesChatModels<Namespace extends object>(lm: Namespace): lm is Namespace & ChatModelApi {
  return 'registerLanguageModelChatProvider' in lm;
}
