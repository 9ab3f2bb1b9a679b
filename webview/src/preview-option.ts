/** One way to place a model: where, how much memory, how fast; or why it cannot be. */
import type { Preview } from '#protocol';
import { element, setAttribute, setCutText, setText, type View } from './dom';
import { previewText } from './preview-words';

export interface OfferedPreview {
  readonly preview: Preview;
  readonly isChosen: boolean;
  readonly withMachine: boolean;
}

export function createPreviewOption(
  group: string,
  choose: (previewId: string) => void,
): View<OfferedPreview> {
  let previewId = '';
  const radio = element('input', '');
  radio.type = 'radio';
  radio.name = group;
  radio.addEventListener('change', () => choose(previewId));
  const title = element('bdi', 'title');
  const memory = element('span', 'value added');
  const speed = element('span', 'value');
  const detail = element('span', 'label detail');
  const root = element('label', 'preview', radio, element('span', 'row', title, memory, speed), detail);
  return {
    root,
    update({ preview, isChosen, withMachine }) {
      const text = previewText(preview, withMachine);
      const possible = preview.error === null;
      previewId = preview.id;
      if (radio.checked !== isChosen) radio.checked = isChosen;
      if (radio.disabled === possible) radio.disabled = !possible;
      setAttribute(root, 'data-possible', String(possible));
      setCutText(title, text.title);
      setText(memory, text.memory);
      setText(speed, possible ? text.speed : 'not possible');
      setText(detail, text.detail);
    },
  };
}
