/** One placed model: how it is, where it runs, how fast. */
import type { Gpu, Instance, PageAction } from '#protocol';
import { createButton, createProgressRing } from './controls';
import { element, setAttribute, setOptionalText, setText, type View } from './dom';
import { outside } from './format';
import { modelNotice, modelReadings, stateText } from './model-words';
import { createReadings } from './readings';

export interface PlacedModel {
  readonly instance: Instance;
  /** Of the machine on which its engine runs. */
  readonly gpus: readonly Gpu[];
}

export function createModelCard(act: (action: PageAction) => void): View<PlacedModel> {
  let instanceId = '';
  const ring = createProgressRing();
  const state = element('span', 'state');
  const name = element('bdi', '');
  const readings = createReadings();
  const notice = element('p', 'notice');
  const remove = createButton('Remove', {
    look: 'secondary',
    onClick: () => act({ type: 'unplace', instance_id: instanceId }),
  });
  const root = element(
    'article',
    'card model',
    element('header', 'row', element('h3', 'name', name), element('span', 'status', ring, state), remove),
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
      ring.hidden = instance.state !== 'loading' && instance.state !== 'restarting';
      readings.update(modelReadings(instance, gpus));
      setOptionalText(notice, modelNotice(instance));
    },
  };
}
