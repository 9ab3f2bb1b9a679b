/** What an instance needs of an engine. `inference/` fulfils it; the host hands it in. */
import type {
  Backend,
  GeneratePriority,
  GenerationOptions,
  GenerationResult,
  KvCacheType,
  LoadedModel,
  LoadFailure,
  PromptSegment,
  TokenizeParams,
  TokenLogprob,
} from '#protocol';

export interface GenerationRequest {
  readonly prompt: PromptSegment[];
  /** 0: only the KV cache is filled. */
  readonly maxTokens: number;
  readonly temperature: number;
  /** What a temperature above 0 draws with. */
  readonly seed: number;
  /** Programs come after users; idle work gives way to both. */
  readonly priority: GeneratePriority;
  /** Requests of one affinity share a KV cache where possible, e.g. all those of one document. */
  readonly affinity: string;
  /** Those of a program. */
  readonly options?: GenerationOptions | undefined;
  readonly signal: AbortSignal;
  /** What `options.top_logprobs` asks for, before the text comes that it is about. */
  onLogprobs?(logprobs: readonly TokenLogprob[]): void;
}

/** Text as it is decoded. Iterating rejects when the engine dies. */
export interface Generation extends AsyncIterable<string> {
  readonly done: Promise<GenerationResult>;
}

export interface Engine {
  readonly pid: number;
  readonly backend: Backend;
  readonly model: LoadedModel;
  readonly note: string | null;
  generate(request: GenerationRequest): Generation;
  tokenize(params: TokenizeParams): Promise<number[]>;
  /** Rejects for a number that the vocabulary does not have. */
  detokenize(tokens: readonly number[]): Promise<string>;
  /** Settles, never rejects, when the process has gone. */
  readonly exited: Promise<{ message: string; expected: boolean }>;
  stop(): Promise<void>;
}

export interface EngineOptions {
  readonly modelPath: string;
  readonly plan: {
    /** The last so many layers go to shards and GPUs; 0: all on the CPU. */
    readonly gpuLayers: number;
    /** Of this node, in the order of the layers. */
    readonly gpus: readonly { readonly index: number; readonly uuid: string | null }[];
    /** Devices of other nodes; absent: none. */
    readonly split?: {
      readonly shards: readonly { readonly socket: string; readonly layers: readonly number[] }[];
      /** Of each of `gpus`. */
      readonly gpuLayers: readonly number[];
    };
  };
  /** Tokens per sequence. */
  readonly contextSize: number;
  readonly sequences: number;
  /** Of those, how many programs may have at a time, wherever they ask; the others are for users. */
  readonly programSequences: number;
  readonly kvCacheType: KvCacheType;
  /** It was to run on a GPU, and no backend could use that. */
  readonly insteadOfGpu: boolean;
  onProgress(fraction: number): void;
  readonly signal: AbortSignal;
}

/** Rejects, in words, when the model cannot be run so; the error's `reason` is a LoadFailure. */
export type StartEngine = (options: EngineOptions) => Promise<Engine>;

/** Whether this is why an engine could not be started. */
export function failedFor(reason: LoadFailure, error: unknown): boolean {
  return error instanceof Error && 'reason' in error && error.reason === reason;
}
