/** What a GGUF file says about itself. Every number in it is checked: the file may be damaged, or made to harm. */
import { statSync } from 'node:fs';
import type { GgufFileInfo, GgufTensorInfo } from 'node-llama-cpp';
import { ModelFileError } from './file-error';
import { impossible } from './header-scan';

export interface GgufFacts {
  readonly architecture: string;
  /** without the output layer */
  readonly blocks: number;
  /** tokens that the model was trained for */
  readonly contextSize: number;
  readonly embeddingSize: number;
  readonly vocabularySize: number;
  readonly chatTemplate: boolean;
  readonly tensors: readonly Tensor[];
  /** of a mixture of experts: the share of them that one token is given to; else 1 */
  readonly expertsUsed: number;
}

export interface Tensor {
  readonly name: string;
  /** in the file, with what is between it and the next one */
  readonly bytes: number;
}

/** No model comes near these. Beyond them llama.cpp reserves memory for nothing, or gives up in the middle. */
const MOST = { blocks: 512, contextSize: 2 ** 31, embeddingSize: 2 ** 20, experts: 4096 };

/** @throws ModelFileError */
export function readGgufFacts(info: GgufFileInfo): GgufFacts {
  const { general, tokenizer } = info.metadata;
  const architecture: unknown = general?.architecture;
  if (typeof architecture !== 'string' || architecture === '')
    throw new ModelFileError('The file does not say which architecture the model has. Choose another file.');
  const metadata: Readonly<Record<string, unknown>> = { ...info.architectureMetadata };
  const number = (key: string, most: number): number | null => {
    const value = metadata[key];
    if (value === undefined) return null;
    const plain = typeof value === 'bigint' ? Number(value) : value;
    if (typeof plain === 'number' && Number.isInteger(plain) && plain > 0 && plain <= most) return plain;
    throw key === 'block_count' && plain === 0
      ? new ModelFileError('The model has no layers: the file is damaged. Fetch it again.')
      : impossible(`${architecture}.${key} is ${String(value)}`);
  };
  const needed = (key: string, most: number): number => {
    const value = number(key, most);
    if (value !== null) return value;
    throw new ModelFileError(
      `The file does not say ${architecture}.${key}: it is damaged, or no language model.`,
    );
  };

  return {
    architecture,
    blocks: needed('block_count', MOST.blocks),
    contextSize: needed('context_length', MOST.contextSize),
    embeddingSize: needed('embedding_length', MOST.embeddingSize),
    vocabularySize: lengthOf(tokenizer?.ggml?.tokens),
    chatTemplate: typeof tokenizer?.chat_template === 'string' && tokenizer.chat_template !== '',
    tensors: tensorsOf(info),
    expertsUsed: expertsUsed(metadata, number),
  };
}

/** Bytes of the tensors of each block, in order. */
export function blockWeights({ blocks, tensors }: Pick<GgufFacts, 'blocks' | 'tensors'>): number[] {
  const bytes = Array.from({ length: blocks }, () => 0);
  for (const tensor of tensors) {
    const block = blockOf(tensor.name);
    if (block !== null && block < blocks) bytes[block] = (bytes[block] ?? 0) + tensor.bytes;
  }
  return bytes;
}

/** Bytes of the tensors outside the blocks. A model without output weights of its own takes those of its input. */
export function outerWeights(tensors: readonly Tensor[]): { input: number; output: number } {
  const outer = tensors.filter(({ name }) => blockOf(name) === null);
  const isInput = ({ name }: Tensor) => name.startsWith('token_embd');
  const bytesOf = (some: readonly Tensor[]) => some.reduce((total, { bytes }) => total + bytes, 0);
  const input = bytesOf(outer.filter(isInput));
  const tied = outer.some(({ name }) => name === 'output.weight') ? 0 : input;
  return { input, output: bytesOf(outer.filter((tensor) => !isInput(tensor))) + tied };
}

function blockOf(tensorName: string): number | null {
  const [, block] = /^blk\.(\d+)\./.exec(tensorName) ?? [];
  return block === undefined ? null : Number(block);
}

/** The share of the blocks' bytes that one token reads: of the experts only those that it is given to. */
export function activeShare({ tensors, expertsUsed }: Pick<GgufFacts, 'tensors' | 'expertsUsed'>): number {
  let all = 0;
  let active = 0;
  for (const { name, bytes } of tensors) {
    if (blockOf(name) === null) continue;
    all += bytes;
    active += /_exps\./.test(name) ? bytes * expertsUsed : bytes;
  }
  return all === 0 ? 1 : active / all;
}

function expertsUsed(
  metadata: Readonly<Record<string, unknown>>,
  number: (key: string, most: number) => number | null,
): number {
  // models without experts may say so with a zero
  if (!metadata.expert_count) return 1;
  const experts = number('expert_count', MOST.experts);
  const used = number('expert_used_count', MOST.experts);
  return experts === null || used === null ? 1 : Math.min(1, used / experts);
}

/** Sizes from where the tensors begin: llama.cpp wants them one after the other, without gaps. */
function tensorsOf(info: GgufFileInfo): Tensor[] {
  const parts = new Map<number, GgufTensorInfo[]>();
  for (const tensor of info.fullTensorInfo ?? []) {
    const part = parts.get(tensor.filePart) ?? [];
    parts.set(tensor.filePart, part);
    part.push(tensor);
  }
  return [...parts].flatMap(([part, tensors]) => {
    tensors.sort((a, b) => Number(a.fileOffset) - Number(b.fileOffset));
    const source = info.sourceData[part - 1];
    const end = source?.type === 'path' ? statSync(source.path).size : 0;
    return tensors.map((tensor, index) => {
      const next = tensors[index + 1];
      const bytes = (next === undefined ? end : Number(next.fileOffset)) - Number(tensor.fileOffset);
      if (!(bytes > 0))
        throw new ModelFileError(
          `The file is damaged or incomplete: ${tensor.name.slice(0, 100)} lies beyond its end. Fetch it again.`,
        );
      return { name: tensor.name, bytes };
    });
  });
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}
