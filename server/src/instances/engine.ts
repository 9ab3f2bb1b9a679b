/** What an instance needs of an engine. `inference/` fulfils it; the host hands it in. */
import type { Backend, GenerationStats, LoadedModel, PromptSegment } from '#protocol';

export interface GenerationRequest {
  readonly prompt: PromptSegment[];
  readonly maxTokens: number;
  readonly temperature: number;
  /** Requests of one affinity share a KV cache where possible, e.g. all those of one document. */
  readonly affinity: string;
  readonly signal: AbortSignal;
}

/** Text as it is decoded. Iterating rejects when the engine dies. */
export interface Generation extends AsyncIterable<string> {
  readonly done: Promise<{ reason: 'end' | 'length' | 'aborted'; stats: GenerationStats }>;
}

export interface Engine {
  readonly pid: number;
  readonly backend: Backend;
  readonly model: LoadedModel;
  readonly note: string | null;
  generate(request: GenerationRequest): Generation;
  /** Settles, never rejects, when the process has gone. */
  readonly exited: Promise<{ message: string; expected: boolean }>;
  stop(): Promise<void>;
}

/** Rejects, in words, when the model cannot be run. */
export type StartEngine = (options: {
  modelPath: string;
  contextSize: number;
  onProgress(fraction: number): void;
  signal: AbortSignal;
}) => Promise<Engine>;
