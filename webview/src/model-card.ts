/** One placed model: how it is, where its layers lie, how fast it is, and the way to remove it. */
import type { Instance } from '#protocol';
import { createButton, createProgressRing } from './controls';
import {
  element,
  onlyChanges,
  setAttribute,
  setCutText,
  setHidden,
  setOptionalText,
  setText,
  type View,
} from './dom';
import { outside, unknown } from './format';
import { createLayerMap } from './layer-map';
import { createMark } from './mark';
import { type LayerRun, loadingText, modelNotice, modelReadings, stateText } from './model-words';
import { createReadings } from './readings';
import { same } from './same';

export interface PlacedModel {
  readonly instance: Instance;
  readonly mark: string;
  readonly layers: readonly LayerRun[];
  /** It answers the completions of this machine now. */
  readonly isCompleting: boolean;
}

/** States that end by themselves. */
const moving = new Set<Instance['state']>(['placing', 'loading', 'restarting']);

export function createModelCard(unplace: (instanceId: string) => void): View<PlacedModel> {
  let instanceId = '';
  const mark = createMark();
  const ring = createProgressRing();
  const state = element('span', 'state');
  const name = element('bdi', '');
  const completes = element('p', 'label', 'Answers your completions');
  const progress = element('progress', '');
  const progressText = element('p', 'label');
  const layers = createLayerMap();
  const readings = createReadings();
  const notice = element('p', 'notice');
  const remove = createButton('Remove', { look: 'secondary', onClick: () => unplace(instanceId) });
  const root = element(
    'article',
    'card model',
    element('header', 'row', mark.root, element('h3', 'cut', name), ring, state),
    completes,
    progressText,
    progress,
    layers.root,
    readings.root,
    notice,
    element('div', 'actions', remove),
  );
  return onlyChanges<PlacedModel>(
    {
      root,
      update({ instance, mark: letter, layers: runs, isCompleting }) {
        instanceId = instance.id;
        const shownName = outside(instance.model.name);
        setAttribute(root, 'data-status', instance.state);
        setAttribute(root, 'aria-label', shownName);
        mark.update(letter);
        setCutText(name, shownName);
        setAttribute(remove, 'aria-label', `Remove ${shownName}`);
        setText(state, stateText(instance));
        setHidden(ring, !moving.has(instance.state));
        setHidden(completes, !isCompleting);
        setOptionalText(progressText, loadingText(instance));
        showProgress(progress, instance.state === 'loading' ? instance.progress : null, shownName);
        layers.update(runs);
        const values = modelReadings(instance);
        readings.update(values);
        setHidden(
          readings.root,
          values.every(({ value }) => value === unknown),
        );
        setOptionalText(notice, modelNotice(instance));
      },
    },
    same,
  );
}

function showProgress(bar: HTMLProgressElement, progress: number | null, model: string): void {
  setHidden(bar, progress === null);
  setAttribute(bar, 'aria-label', `Loading ${model}`);
  if (progress !== null) setAttribute(bar, 'value', progress.toFixed(3));
}
