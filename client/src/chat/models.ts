/** Which models VS Code's chat is offered: those that are placed and have a chat template. Pure. */
import { t } from '@vscode/l10n';
import type { Instance, State } from '#protocol';
import { plain } from '../text/format';
import { linkWords } from '../text/words';
import { chatLimits } from './limits';
import type { ChatModel } from './vscode-api';

/**
 * One a model, however often it is placed: the host asks the nearest, and the user's choice outlives a restart. One that is
 * unloaded or comes back by itself stays in the list.
 */
export function chatModels(state: State | null): ChatModel[] {
  const placed = new Map<string, Instance[]>();
  for (const instance of state?.instances ?? [])
    if (instance.chat_template === true && instance.state !== 'failed')
      placed.set(instance.model.name, [...(placed.get(instance.model.name) ?? []), instance]);
  return [...placed].flatMap(([name, instances]) => {
    const contexts = instances.flatMap((instance) => contextOf(instance) ?? []);
    // What fits into the smallest one can be answered by any of them.
    return contexts.length === 0 ? [] : [chatModel(name, instances, Math.min(...contexts), state)];
  });
}

/** Whether tokens can be counted now, without that a model is loaded for it. */
export function isReady(state: State | null, name: string): boolean {
  return (state?.instances ?? []).some(
    (instance) => instance.model.name === name && instance.state === 'ready',
  );
}

function chatModel(
  name: string,
  instances: readonly Instance[],
  contextSize: number,
  state: State | null,
): ChatModel {
  const nodes = state?.topology.nodes ?? [];
  const machines = nodes
    .filter(({ node_id }) => instances.some((instance) => instance.node_id === node_id))
    .map((node) => (node.status === 'this' ? linkWords.this : plain(node.name)));
  const about = t(
    '{0} tokens of context for question and answer together. It reads and writes text: no images, no tools.',
    contextSize,
  );
  const isLoaded = instances.some((instance) => instance.state === 'ready');
  return {
    id: name,
    name: plain(name),
    family: name,
    version: String(instances[0]?.model.size_bytes ?? ''),
    detail: machines.join(', '),
    tooltip: isLoaded ? about : `${about} ${t('It is not loaded now: the first question brings it back.')}`,
    ...chatLimits(contextSize),
    capabilities: { imageInput: false, toolCalling: false },
    isUserSelectable: true,
  };
}

/** Also of one that is unloaded. */
function contextOf({ context_size, placement }: Instance): number | null {
  return context_size ?? placement?.context_size ?? null;
}
