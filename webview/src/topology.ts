/** The whole page: placed models, then the machines with their GPUs; or that there is no host. */
import type { PageAction, PageView } from '#protocol';
import { createList, element, setHidden, type View } from './dom';
import { createModelsSection } from './models-section';
import { createNoHost } from './no-host';
import { createNodeSection, type PlacedNode } from './node-section';

export function createTopology(act: (action: PageAction) => void): View<PageView> {
  const noHost = createNoHost(act);
  const models = createModelsSection(act);
  const nodes = createList(
    element('div', 'nodes'),
    ({ node }: PlacedNode) => node.node_id,
    () => createNodeSection(act),
  );
  const title = element('h1', 'unseen', 'VRAMesh topology');
  return {
    root: element('main', '', title, noHost.root, models.root, nodes.root),
    update({ state, problem }) {
      setHidden(noHost.root, state !== null);
      setHidden(models.root, state === null);
      setHidden(nodes.root, state === null);
      noHost.update(problem);
      if (!state) return;
      models.update(state);
      const byEngine = new Map(
        state.instances.flatMap(({ engine_pid, model }) =>
          engine_pid === null ? [] : [[engine_pid, model.name] as const],
        ),
      );
      nodes.update(state.topology.nodes.map((node) => ({ node, models: byEngine })));
    },
  };
}
