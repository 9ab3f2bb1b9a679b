/** What the page shows while there is no host: that it is waited for, or why there is none and what to do. */
import { createButton, createProgressRing } from './controls';
import { element, setHidden, setText, type View } from './dom';
import { outside } from './format';

/** `null`: not from here. */
export type NoHostActs = { readonly restart: () => void; readonly showLog: () => void } | null;

export function createNoHost(acts: NoHostActs): View<string | null> {
  const waiting = element('div', 'row', createProgressRing(), element('p', '', 'Waiting for the host…'));
  const reason = element('p', '');
  const actions = acts
    ? [
        createButton('Restart Host', { look: 'primary', onClick: acts.restart }),
        createButton('Show Log', { look: 'secondary', onClick: acts.showLog }),
      ]
    : [];
  const trouble = element(
    'div',
    'trouble',
    element('h2', '', 'Disconnected: the host is not running'),
    reason,
    element('p', 'label', 'GPUs and placed models show up here as soon as it runs.'),
    element('div', 'actions', ...actions),
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
