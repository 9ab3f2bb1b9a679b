/**
 * The few controls that the page uses, with VS Code's own look. The only file that knows the toolkit: it is no longer
 * developed upstream, and whatever follows it is put in here.
 */
import { provideVSCodeDesignSystem, vsCodeButton, vsCodeProgressRing } from '@vscode/webview-ui-toolkit';
import { element, type View } from './dom';

export function registerControls(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeProgressRing());
}

export interface ButtonOptions {
  readonly look: 'primary' | 'secondary';
  readonly onClick: () => void;
}

export function createButton(label: string, { look, onClick }: ButtonOptions): HTMLElement {
  const button = document.createElement('vscode-button');
  button.setAttribute('appearance', look);
  button.textContent = label;
  button.addEventListener('click', () => {
    if (!button.hasAttribute('disabled')) onClick();
  });
  return button;
}

/** Turns for as long as it is shown; the text beside it says what is waited for. */
export function createProgressRing(): HTMLElement {
  const ring = document.createElement('vscode-progress-ring');
  ring.setAttribute('aria-hidden', 'true');
  return ring;
}

export interface Choice {
  readonly id: string;
  readonly text: string;
}

export interface Select extends View<{ choices: readonly Choice[]; chosen: string | null }> {
  focus(): void;
}

/**
 * The browser's own: the toolkit's dropdown does not tell a screen reader what was chosen when its options change.
 *
 * @param first what stands there before a choice was made, `''`
 */
export function createSelect(label: string, first: string, choose: (id: string) => void): Select {
  const select = element('select', '');
  select.addEventListener('change', () => choose(select.value));
  const root = element('label', 'select', element('span', 'label', label), select);
  let listed = '';
  return {
    root,
    focus: () => select.focus(),
    update({ choices, chosen }) {
      const now = JSON.stringify(choices);
      if (now !== listed) {
        listed = now;
        const options = [{ id: '', text: first }, ...choices].map(({ id, text }) => {
          const option = element('option', '', text);
          option.value = id;
          return option;
        });
        select.replaceChildren(...options);
      }
      const value = choices.some(({ id }) => id === chosen) ? (chosen ?? '') : '';
      if (select.value !== value) select.value = value;
    },
  };
}
