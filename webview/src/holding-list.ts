/** The models on a device, drawn over its bar: letter, name, layers. */
import { createList, element, setAttribute, setHidden, setText, type View } from './dom';
import { outside } from './format';
import type { Holding } from './holdings';
import { createMark } from './mark';

export function createHoldingList(): View<readonly Holding[]> {
  const list = createList(element('ul', 'holdings'), ({ instanceId }: Holding) => instanceId, createHolding);
  return {
    root: list.root,
    update(holdings) {
      setHidden(list.root, holdings.length === 0);
      list.update(holdings);
    },
  };
}

function createHolding(): View<Holding> {
  const mark = createMark();
  const model = element('bdi', '');
  const name = element('span', 'cut', model);
  const layers = element('span', 'label');
  const root = element('li', '', mark.root, element('div', 'named', name, layers));
  return {
    root,
    update(holding) {
      mark.update(holding.mark);
      const shownName = outside(holding.model, 60);
      setText(model, shownName);
      setAttribute(name, 'title', shownName);
      setText(layers, holding.state === 'ready' ? holding.layers : `${holding.layers}, ${holding.state}`);
      setAttribute(root, 'data-state', holding.state);
    },
  };
}
