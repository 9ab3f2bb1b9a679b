/** The questions of "Other Wishes…": how a model shall be placed, one wish a line, until the previews are asked for. */
import { type QuickPickItem, window } from 'vscode';
import type * as z from 'zod';
import type { previewsRequest } from '#protocol';

/** What is not wished for is as the host has it. */
export type ChosenWishes = Omit<z.input<typeof previewsRequest.params>, 'model_id'>;

interface Option extends QuickPickItem {
  readonly wish: ChosenWishes;
}

interface Question {
  readonly title: string;
  readonly options: readonly Option[];
}

const tokens = (size: number): Option => ({ label: `${size} tokens`, wish: { context_size: size } });
const side = (count: number): Option => ({ label: String(count), wish: { sequences: count } });

const questions: readonly Question[] = [
  {
    title: 'Context',
    options: [
      { label: '4096 tokens, less when memory is short', wish: {} },
      ...[512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072].map(tokens),
    ],
  },
  { title: 'Requests side by side', options: [{ label: '4', wish: {} }, ...[1, 2, 8, 16].map(side)] },
  {
    title: 'KV cache',
    options: [
      { label: 'f16', wish: {} },
      { label: 'q8_0', description: 'half the VRAM', wish: { kv_cache_type: 'q8_0' } },
      { label: 'q4_0', description: 'a quarter of the VRAM, less exact', wish: { kv_cache_type: 'q4_0' } },
    ],
  },
  {
    title: 'Used for',
    options: [
      { label: 'completion', wish: {} },
      { label: 'chat', description: 'never takes memory from the completion model', wish: { role: 'chat' } },
    ],
  },
  {
    title: 'Devices',
    options: [
      { label: 'GPUs first', wish: {} },
      { label: 'CPU only', wish: { prefer_gpu: false } },
    ],
  },
];

/** `undefined`: the user does not want any placement. */
export async function chooseWishes(title: string): Promise<ChosenWishes | undefined> {
  const chosen = new Map<Question, Option>();
  for (;;) {
    const lines = questions.map((question) => ({
      label: question.title,
      description: (chosen.get(question) ?? question.options[0])?.label ?? '',
      question,
    }));
    const done = { label: '$(check) Show Previews', question: null };
    const picked = await window.showQuickPick([done, ...lines], {
      title,
      placeHolder: 'What shall be different?',
    });
    if (picked === undefined) return undefined;
    if (picked.question === null) return Object.assign({}, ...[...chosen.values()].map(({ wish }) => wish));
    const option = await window.showQuickPick(picked.question.options, { title: picked.question.title });
    if (option) chosen.set(picked.question, option);
  }
}
