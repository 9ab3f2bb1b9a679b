/** The placed models, and the way to place another one. Changes of their states are spoken. */
import type { Instance, PageAction, State } from '#protocol';
import { createButton } from './controls';
import { createList, element, setHidden, setText, type View } from './dom';
import { outside } from './format';
import { createModelCard, type PlacedModel } from './model-card';

export function createModelsSection(act: (action: PageAction) => void): View<State> {
  const cards = createList(
    element('div', 'cards'),
    ({ instance }: PlacedModel) => instance.id,
    () => createModelCard(act),
  );
  const empty = element('p', 'empty', 'No model is placed. Place one to complete code with it.');
  const announcer = createAnnouncer();
  return {
    root: element(
      'section',
      'models',
      element(
        'header',
        'heading row',
        element('h2', 'name', 'Placed models'),
        createButton('Place Model…', { look: 'primary', onClick: () => act({ type: 'place' }) }),
      ),
      empty,
      cards.root,
      announcer.root,
    ),
    update({ instances, topology }) {
      const gpus = topology.nodes.flatMap(({ node_profile }) => node_profile.gpus);
      setHidden(empty, instances.length > 0);
      cards.update(instances.map((instance) => ({ instance, gpus })));
      announcer.update(instances);
    },
  };
}

/** Says what became of a model: "tiny: ready". What was there when the page opened is not news. */
function createAnnouncer(): View<readonly Instance[]> {
  let known: Map<string, string> | undefined;
  const root = element('p', 'unseen');
  root.setAttribute('role', 'status');
  return {
    root,
    update(instances) {
      const now = new Map(
        instances.map(({ id, model, state }) => [id, `${outside(model.name, 60)}: ${state}`]),
      );
      const before = known;
      known = now;
      if (!before) return;
      const news = [...now].filter(([id, text]) => before.get(id) !== text).map(([, text]) => text);
      const removed = [...before]
        .filter(([id]) => !now.has(id))
        .map(([, text]) => text.replace(/: \w+$/, ': removed'));
      if (news.length + removed.length > 0) setText(root, [...news, ...removed].join('. '));
    },
  };
}
