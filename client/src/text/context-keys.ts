/** What the manifest asks about a window, by name without `vramesh.`. Pure. */
import type { State } from '#protocol';

/** For menus and welcome texts. */
export function contextKeys(state: State | null, problem: string | null): Record<string, boolean> {
  return { hasHost: state !== null, hostFailed: state === null && problem !== null };
}

/** The steps of the walkthrough that were taken. */
export function stepKeys(state: State | null): Record<string, boolean> {
  const nodes = state?.topology.nodes ?? [];
  const own = nodes.find(({ status }) => status === 'this');
  return {
    sawGpu: (own?.node_profile.gpus.length ?? 0) > 0,
    // The small model that is there by itself is nobody's choice.
    choseModel: (state?.instances ?? []).some(
      ({ placed_by, state: now }) => placed_by === 'user' && (now === 'ready' || now === 'idle'),
    ),
    acceptedCompletion: (state?.completions.accepted ?? 0) > 0,
    addedMachine: nodes.length > 1,
  };
}
