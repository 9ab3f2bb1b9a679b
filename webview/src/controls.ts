/**
 * VS Code's own look for the few controls that the page uses. The only file that knows the toolkit: it is no longer
 * developed upstream, and whatever follows it is put in here.
 */
import { provideVSCodeDesignSystem, vsCodeButton, vsCodeProgressRing } from '@vscode/webview-ui-toolkit';

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
  button.addEventListener('click', onClick);
  return button;
}

/** Turns for as long as it is shown; the text beside it says what is waited for. */
export function createProgressRing(): HTMLElement {
  const ring = document.createElement('vscode-progress-ring');
  ring.setAttribute('aria-hidden', 'true');
  return ring;
}
