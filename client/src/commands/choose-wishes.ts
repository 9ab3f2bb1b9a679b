/** The questions of "Other Wishes…": how a model shall be placed, one wish a line, until the previews are asked for. */
import { t } from '@vscode/l10n';
import { type QuickPickItem, window } from 'vscode';
import type * as z from 'zod';
import type { previewsRequest } from '#protocol';
import { contextSizes, sequenceCounts } from '#protocol/wish-choices';

/** What is not wished for is as the host has it. */
export type ChosenWishes = Omit<z.input<typeof previewsRequest.params>, 'model_id'>;

interface Option extends QuickPickItem {
  readonly wish: ChosenWishes;
}

interface Question {
  readonly title: string;
  readonly options: readonly Option[];
}

const tokens = (size: number): Option => ({ label: t('{0} tokens', size), wish: { context_size: size } });
const side = (count: number): Option => ({ label: String(count), wish: { sequences: count } });

const questions: readonly Question[] = [
  {
    title: t('Context'),
    options: [{ label: t('4096 tokens, less when memory is short'), wish: {} }, ...contextSizes.map(tokens)],
  },
  { title: t('Requests side by side'), options: [{ label: '4', wish: {} }, ...sequenceCounts.map(side)] },
  {
    title: t('KV cache'),
    options: [
      { label: 'f16', wish: {} },
      { label: 'q8_0', description: t('half the VRAM'), wish: { kv_cache_type: 'q8_0' } },
      { label: 'q4_0', description: t('a quarter of the VRAM, less exact'), wish: { kv_cache_type: 'q4_0' } },
    ],
  },
  {
    title: t('Used for'),
    options: [
      { label: t('completion'), wish: {} },
      {
        label: t('chat'),
        description: t('never takes memory from the completion model'),
        wish: { role: 'chat' },
      },
    ],
  },
  {
    title: t('Devices'),
    options: [
      { label: t('GPUs first'), wish: {} },
      { label: t('CPU only'), wish: { prefer_gpu: false } },
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
    const done = { label: `$(check) ${t('Show Previews')}`, question: null };
    const picked = await window.showQuickPick([done, ...lines], {
      title,
      placeHolder: t('What shall be different?'),
    });
    if (picked === undefined) return undefined;
    if (picked.question === null) return Object.assign({}, ...[...chosen.values()].map(({ wish }) => wish));
    const option = await window.showQuickPick(picked.question.options, { title: picked.question.title });
    if (option) chosen.set(picked.question, option);
  }
}
