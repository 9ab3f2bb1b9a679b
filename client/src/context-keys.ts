/** Tells VS Code what the manifest asks about this window. */
import { commands, Disposable, type TabChangeEvent, window } from 'vscode';
import { contextKeys, stepKeys } from './text/context-keys';
import type { Vramesh } from './vramesh';

/** Sets those that have changed, whenever the host's state does. */
export function keepContextKeys(vramesh: Vramesh): Disposable {
  const known = new Map<string, boolean>();
  let walkthroughIsKnown = false;
  const update = () => {
    const { state, problem } = vramesh;
    const now = { ...contextKeys(state, problem), ...(walkthroughIsKnown ? stepKeys(state) : {}) };
    for (const [name, value] of Object.entries(now)) {
      if (known.get(name) === value) continue;
      known.set(name, value);
      void commands.executeCommand('setContext', `vramesh.${name}`, value);
    }
  };
  const tabs = window.tabGroups.onDidChangeTabs((change) => {
    if (walkthroughIsKnown || !mayBeWalkthrough(change)) return;
    walkthroughIsKnown = true;
    update();
  });
  update();
  return Disposable.from(vramesh.onDidChange(update), tabs);
}

/**
 * VS Code never ticks off a step whose key was true before it had read the walkthrough, which it does at some moment after
 * its start: the keys wait for the first page that an extension cannot know, as the walkthrough is one.
 */
function mayBeWalkthrough({ opened, changed }: TabChangeEvent): boolean {
  return [...opened, ...changed].some(({ input }) => input === undefined);
}
