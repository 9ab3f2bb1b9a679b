/** Says what became of a placement: "tiny: ready". What was there when the page opened is not news. */
import type { Instance } from '#protocol';
import { element, setText, type View } from './dom';
import { outside } from './format';
import { changes, type Said } from './news';

export function createAnnouncer(): View<readonly Instance[]> {
  let known: Map<string, Said> | null = null;
  const root = element('p', 'unseen');
  root.setAttribute('role', 'status');
  root.setAttribute('aria-live', 'polite');
  return {
    root,
    update(instances) {
      const now = new Map(
        instances.map(({ id, model, state }) => [id, { name: outside(model.name, 60), state }]),
      );
      const news = known ? changes(known, now) : [];
      known = now;
      if (news.length > 0) setText(root, news.join('. '));
    },
  };
}
