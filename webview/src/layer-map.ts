/** Where the layers of a model lie: a row for each device, a cell for each layer; cells fill while it is loaded. */
import { createList, element, setCutText, setHidden, setText, type View } from './dom';
import type { LayerRun } from './model-words';

export function createLayerMap(): View<readonly LayerRun[]> {
  const list = createList(element('ul', 'layers'), ({ key }: LayerRun) => key, createRun);
  return {
    root: list.root,
    update(runs) {
      setHidden(list.root, runs.length === 0);
      list.update(runs);
    },
  };
}

function createRun(): View<LayerRun> {
  const place = element('bdi', 'cut');
  const text = element('span', 'label');
  const loaded = element('div', 'loaded');
  const cells = element('div', 'cells', loaded);
  cells.setAttribute('aria-hidden', 'true');
  return {
    root: element('li', '', element('div', 'row', place, text), cells),
    update(run) {
      setCutText(place, run.place);
      setText(text, run.text);
      setProperty(cells, '--layers', String(run.layers));
      // Whole layers only: a layer is there or it is not.
      setProperty(cells, '--loaded', String(Math.floor(run.loaded * run.layers) / run.layers));
    },
  };
}

function setProperty(on: HTMLElement, name: string, value: string): void {
  if (on.style.getPropertyValue(name) !== value) on.style.setProperty(name, value);
}
