/** What can be wished for when a model is placed: the questions of VS Code's "Other Wishes…", and on which machine. Pure. */
import type { Node, PageWishes } from '#protocol';
import { contextSizes, sequenceCounts } from '#protocol/wish-choices';
import { outside } from './format';
import { same } from './same';

export interface WishField {
  readonly wish: keyof PageWishes;
  readonly label: string;
  /** What it is when nothing is wished for. */
  readonly usual: string;
  readonly options: readonly WishOption[];
}

export interface WishOption {
  readonly id: string;
  readonly text: string;
  readonly wishes: PageWishes;
}

export type Machine = Pick<Node, 'node_id' | 'name'>;

const fields: readonly WishField[] = [
  {
    wish: 'context_size',
    label: 'Context',
    usual: '4096 tokens, less when memory is short',
    options: contextSizes.map((size) => option(`${size} tokens`, { context_size: size })),
  },
  {
    wish: 'sequences',
    label: 'Requests side by side',
    usual: '4',
    options: sequenceCounts.map((count) => option(`${count}`, { sequences: count })),
  },
  {
    wish: 'kv_cache_type',
    label: 'KV cache',
    usual: 'f16',
    options: [
      option('q8_0, half the VRAM', { kv_cache_type: 'q8_0' }),
      option('q4_0, a quarter of the VRAM, less exact', { kv_cache_type: 'q4_0' }),
    ],
  },
  {
    wish: 'role',
    label: 'Used for',
    usual: 'Completion',
    options: [option('Chat: never takes memory from the completion model', { role: 'chat' })],
  },
  {
    wish: 'prefer_gpu',
    label: 'Devices',
    usual: 'GPUs first',
    options: [option('CPU only', { prefer_gpu: false })],
  },
];

function option(text: string, wishes: PageWishes): WishOption {
  return { id: text, text, wishes };
}

/** Machines are only asked about where there are several. */
export function wishFields(machines: readonly Machine[]): readonly WishField[] {
  if (machines.length < 2) return fields;
  const options = machines.map(({ node_id, name }) => ({
    id: node_id,
    text: outside(name, 60),
    wishes: { nodes: [node_id] },
  }));
  return [...fields, { wish: 'nodes', label: 'Machine', usual: 'Any', options }];
}

/** `''`: as usual. */
export function chosenId({ wish, options }: WishField, wishes: PageWishes): string {
  return options.find((each) => same(each.wishes[wish], wishes[wish]))?.id ?? '';
}

/** @param id of an option; anything else: as usual */
export function withWish(wishes: PageWishes, { wish, options }: WishField, id: string): PageWishes {
  const { [wish]: _, ...others } = wishes;
  return { ...others, ...options.find((each) => each.id === id)?.wishes };
}

/** "Context: 8192 tokens · Devices: CPU only"; "as usual" */
export function wishesText(all: readonly WishField[], wishes: PageWishes): string {
  const wished = all.flatMap((field) => {
    const id = chosenId(field, wishes);
    return field.options.filter((each) => each.id === id).map(({ text }) => `${field.label}: ${text}`);
  });
  return wished.length === 0 ? 'as usual' : wished.join(' · ');
}
