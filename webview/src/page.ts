/**
 * What the page knows, and what happens when a message comes or the user does something. It decides nothing of the
 * cluster: it shows what it is told, and asks.
 */
import type { PageView, ToPage } from '#protocol';
import type { Connection } from './connection';
import { type Kept, restore, save } from './kept';
import { machineViews } from './machine-views';
import { createMarks } from './marks';
import { isToPage } from './messages';
import { createPace } from './pace';
import { choiceOf, notPlacing, withModel, withOffer, withPreview, withWishes } from './placing';
import { type Acts, createTopology, type Shown } from './topology';

/** ms between two times that what the page remembers is kept. */
const keepMs = 5000;

export function startPage(connection: Connection): HTMLElement {
  const kept = restore(connection.kept());
  const marks = createMarks();
  let view: PageView = { type: 'view', state: null, problem: null };
  let placing = notPlacing;
  let failure: string | null = null;
  let placed = '';
  let keptAt = Number.NEGATIVE_INFINITY;

  const shown = ({ state, problem }: PageView): Shown => {
    const letters = marks.assign(state?.instances.map(({ id }) => id) ?? []);
    return {
      state,
      problem,
      marks: letters,
      placing,
      failure,
      machines: state
        ? machineViews({
            state,
            marks: letters,
            history: kept.history,
            preview: placing.chosenPreview,
            opened: kept.opened,
          })
        : [],
    };
  };

  const acts: Acts = {
    toggle(nodeId) {
      const machine = shown(view).machines.find(({ node }) => node.node_id === nodeId);
      if (machine) kept.opened.set(nodeId, !machine.isOpen);
      keep(kept);
      pace.now();
    },
    open() {
      placing = { ...notPlacing, isOpen: true };
      connection.send({ type: 'models' });
      pace.now();
    },
    close() {
      placing = notPlacing;
      pace.now();
    },
    chooseModel(modelId) {
      placing = withModel(placing, modelId);
      askForPreviews();
      pace.now();
    },
    wish(change) {
      placing = withWishes(placing, change(placing.wishes));
      askForPreviews();
      pace.now();
    },
    choosePreview(previewId) {
      placing = withPreview(placing, previewId);
      pace.now();
    },
    place() {
      const choice = choiceOf(placing);
      if (choice === null) return;
      failure = null;
      connection.send({ type: 'place', ...choice });
      acts.close();
    },
    placeOther: connection.isEditor ? () => connection.send({ type: 'placeOther' }) : null,
    unplace(instanceId) {
      failure = null;
      connection.send({ type: 'unplace', instance_id: instanceId });
      pace.now();
    },
    dismiss() {
      failure = null;
      pace.now();
    },
    editor: connection.isEditor ? (action) => connection.send(action) : null,
  };

  function heard(message: ToPage): void {
    switch (message.type) {
      case 'view':
        view = message;
        if (message.state) kept.history.add(message.state, Date.now());
        askAgain(message);
        pace.later();
        return;
      case 'models':
        placing = { ...placing, models: message };
        pace.now();
        return;
      case 'previews':
        placing = withOffer(placing, message);
        pace.now();
        return;
      case 'failure':
        failure = message.problem;
        pace.now();
        return;
    }
  }

  /** What is placed or gone changes what can be placed where. */
  function askAgain({ state }: PageView): void {
    const now = state?.instances.map(({ id, state: phase }) => `${id} ${phase}`).join() ?? '';
    if (now !== placed && placing.isOpen) askForPreviews();
    placed = now;
  }

  function askForPreviews(): void {
    const { chosenModel, wishes } = placing;
    if (chosenModel !== null) connection.send({ type: 'previews', model_id: chosenModel, wishes });
  }

  function keep(what: Kept): void {
    keptAt = performance.now();
    connection.keep(save(what));
  }

  const topology = createTopology(acts);
  topology.update(shown(view));
  let good = { view, placing };
  const pace = createPace(() => {
    try {
      topology.update(shown(view));
      good = { view, placing };
    } catch {
      // The inside of a message is not what it should be: it must not leave half of it behind.
      ({ view, placing } = good);
      topology.update(shown(view));
    }
    if (performance.now() - keptAt > keepMs) keep(kept);
  });
  connection.start((message) => {
    try {
      if (isToPage(message)) heard(message);
    } catch {
      // As above, found earlier.
      ({ view, placing } = good);
    }
  });
  return topology.root;
}
