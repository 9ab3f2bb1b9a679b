/** One placed model: how it is, where it runs, how fast. */
import type { Gpu, Instance, PageAction } from '#protocol';
import { createButton, createProgressRing } from './controls';
import { element, setAttribute, setHidden, setOptionalText, setText, type View } from './dom';
import { outside, unknown } from './format';
import { modelNotice, modelReadings, stateText } from './model-words';
import { createReadings } from './readings';

export interface PlacedModel {
  readonly instance: Instance;
  /** Of the machine on which its engine runs. */
  readonly gpus: readonly Gpu[];
}

/** States that end by themselves. */
const moving = new Set<Instance['state']>(['placing', 'loading', 'restarting']);

export function createModelCard(act: (action: PageAction) => void): View<PlacedModel> {
  let instanceId = '';
  const ring = createProgressRing();
  const state = element('span', 'state');
  const name = element('bdi', '');
  const progress = element('progress', '');
  const readings = createReadings();
  const notice = element('p', 'notice');
  const remove = createButton('Remove', {
    look: 'secondary',
    onClick: () => act({ type: 'unplace', instance_id: instanceId }),
  });
  const root = element(
    'article',
    'card model',
    element(
      'header',
      'row',
      element('div', 'title', element('h3', 'name', name), element('span', 'status', ring, state)),
      remove,
    ),
    progress,
    readings.root,
    notice,
  );
  return {
    root,
    update({ instance, gpus }) {
      instanceId = instance.id;
      const shownName = outside(instance.model.name);
      setAttribute(root, 'data-status', instance.state);
      setText(name, shownName);
      setAttribute(remove, 'aria-label', `Remove ${shownName}`);
      setText(state, stateText(instance));
      setHidden(ring, !moving.has(instance.state));
      showProgress(progress, instance.state === 'loading' ? instance.progress : null);
      const values = modelReadings(instance, gpus);
      readings.update(values);
      setHidden(
        readings.root,
        values.every(({ value }) => value === unknown),
      );
      setOptionalText(notice, modelNotice(instance));
    },
  };
}

function showProgress(bar: HTMLProgressElement, progress: number | null): void {
  setHidden(bar, progress === null);
  setAttribute(bar, 'aria-label', 'Loading');
  if (progress !== null) setAttribute(bar, 'value', progress.toFixed(3));
}
