/** Placing a model: which one, how, where, and what that would come to, which is drawn on the bars while it is looked at. */
import { createButton, createProgressRing, createSelect } from './controls';
import { createList, element, setAttribute, setHidden, setOptionalText, setText, type View } from './dom';
import { outside } from './format';
import { choiceOf, type Placing } from './placing';
import { createPreviewOption, type OfferedPreview } from './preview-option';
import { modelChoices, onSeveralMachines } from './preview-words';
import { type ChangeWishes, createWishList } from './wish-list';
import type { Machine } from './wish-words';

export interface PlaceActs {
  readonly open: () => void;
  readonly close: () => void;
  readonly chooseModel: (modelId: string) => void;
  readonly wish: (change: ChangeWishes) => void;
  readonly choosePreview: (previewId: string) => void;
  readonly place: () => void;
  /** Files and downloads, with VS Code's own dialogs; `null`: not from here. */
  readonly placeOther: (() => void) | null;
}

export interface PlaceShown {
  readonly placing: Placing;
  readonly machines: readonly Machine[];
}

export function createPlacePanel(acts: PlaceActs): View<PlaceShown> {
  const open = createButton('Place a Model…', { look: 'primary', onClick: acts.open });
  const models = createSelect('Model', 'Choose a model…', (id) => {
    if (id !== '') acts.chooseModel(id);
  });
  const wishes = createWishList(acts.wish);
  const waiting = element('p', '', '');
  const wait = element('div', 'row waiting', createProgressRing(), waiting);
  const problem = element('p', 'notice');
  const previews = createList(
    element('div', 'previews'),
    ({ preview }: OfferedPreview) => preview.id,
    () => createPreviewOption('preview', acts.choosePreview),
  );
  previews.root.setAttribute('role', 'radiogroup');
  previews.root.setAttribute('aria-label', 'Where it shall be placed');
  const place = createButton('Place', { look: 'primary', onClick: acts.place });
  const cancel = createButton('Cancel', { look: 'secondary', onClick: acts.close });
  const other = acts.placeOther
    ? [createButton('File or Download…', { look: 'secondary', onClick: acts.placeOther })]
    : [];
  const form = element(
    'section',
    'card placing',
    element('h3', '', 'Place a model'),
    models.root,
    wishes.root,
    wait,
    problem,
    previews.root,
    element('div', 'actions', place, cancel, ...other),
  );
  form.setAttribute('aria-label', 'Place a model');
  form.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') acts.close();
  });
  let wasOpen = false;

  return {
    root: element('div', '', open, form),
    update({ placing, machines }) {
      const { isOpen, chosenModel, chosenPreview, offer } = placing;
      // What has the focus may be about to go.
      const hadFocus = form.contains(document.activeElement);
      setHidden(open, isOpen);
      setHidden(form, !isOpen);
      if (hadFocus && !isOpen) open.focus();
      const choices =
        placing.models === null ? [] : modelChoices(placing.models.models, placing.models.elsewhere);
      models.update({ choices, chosen: chosenModel });
      setHidden(wishes.root, chosenModel === null);
      wishes.update({ wishes: placing.wishes, machines });
      const text = waitingText(placing, choices.length);
      setHidden(wait, text === null);
      setText(waiting, text ?? '');
      const trouble = placing.models?.problem ?? offer?.problem ?? noModels(placing, choices.length);
      setOptionalText(problem, trouble === null ? null : outside(trouble, 600));
      const offered = offer?.previews ?? [];
      const withMachine = onSeveralMachines(offered);
      previews.update(
        offered.map((preview) => ({ preview, isChosen: preview.id === chosenPreview?.id, withMachine })),
      );
      setHidden(previews.root, offered.length === 0);
      setAttribute(place, 'disabled', choiceOf(placing) === null ? '' : null);
      if (isOpen && !wasOpen) {
        wishes.fold();
        models.focus();
      }
      wasOpen = isOpen;
    },
  };
}

function waitingText({ models, chosenModel, offer }: Placing, choices: number): string | null {
  if (models === null) return 'Looking for models…';
  if (choices > 0 && chosenModel !== null && offer === null) return 'Working out what it would come to…';
  return null;
}

function noModels({ models }: Placing, choices: number): string | null {
  if (models === null || models.problem !== null || choices > 0) return null;
  return 'There is no model yet. Download one, or choose a GGUF file, in VS Code; or run "vramesh pull".';
}
