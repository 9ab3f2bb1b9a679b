/** What the page shows while there is no host: that it is waited for, or why there is none and what to do. */
import type { PageAction } from '#protocol';
import { createButton, createProgressRing } from './controls';
import { element, setHidden, setText, type View } from './dom';
import { outside } from './format';

export function createNoHost(act: (action: PageAction) => void): View<string | null> {
  const waiting = element('div', 'row', createProgressRing(), element('p', '', 'Waiting for the host…'));
  const reason = element('p', '');
  const trouble = element(
    'div',
    '',
    element('h2', 'name', 'The host is not running'),
    reason,
    element('p', 'label', 'Readings and placed models show up here as soon as it runs.'),
    element(
      'div',
      'actions',
      createButton('Restart Host', { look: 'primary', onClick: () => act({ type: 'restartHost' }) }),
      createButton('Show Log', { look: 'secondary', onClick: () => act({ type: 'showLog' }) }),
    ),
  );
  return {
    root: element('section', 'no-host', waiting, trouble),
    update(problem) {
      setHidden(waiting, problem !== null);
      setHidden(trouble, problem === null);
      setText(reason, outside(problem ?? '', 600));
    },
  };
}
