/** The letter of a placed model, as it stands on its card and on the bars of the devices that hold it. */
import { element, setText, type View } from './dom';

/** Its name stands beside it, or in the text of the bar: the letter alone says nothing to those who hear the page. */
export function createMark(): View<string> {
  const root = element('span', 'mark');
  root.setAttribute('aria-hidden', 'true');
  return {
    root,
    update: (letter) => setText(root, letter),
  };
}
