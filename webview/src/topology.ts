/** The whole page: placed models and placing on one side, the machines with their GPUs on the other; or that there is no host. */
import type { Download, PageAction, State } from '#protocol';
import { createAnnouncer } from './announcer';
import { createButton } from './controls';
import { createList, element, onlyChanges, setHidden, setOptionalText, setText, type View } from './dom';
import { createDownloadRow, type DownloadActs } from './download-row';
import { openDownloads } from './download-words';
import { outside } from './format';
import { createLegend } from './legend';
import { createMachine, type MachineActs } from './machine';
import type { MachineView } from './machine-views';
import { clusterText } from './machine-words';
import { createModelCard, type PlacedModel } from './model-card';
import { layerRuns, modelsText } from './model-words';
import { createNoHost } from './no-host';
import { createPlacePanel, type PlaceActs } from './place-panel';
import type { Placing } from './placing';
import { same } from './same';
import { createSeenFirst } from './seen-first';
import { createTooltip } from './tooltip';

export interface Shown {
  /** `null`: there is no host. */
  readonly state: State | null;
  /** Why there is none. */
  readonly problem: string | null;
  readonly machines: readonly MachineView[];
  readonly marks: ReadonlyMap<string, string>;
  readonly placing: Placing;
  /** What was asked for and did not work. */
  readonly failure: string | null;
}

export interface Acts extends PlaceActs, Pick<MachineActs, 'toggle'> {
  readonly unplace: (instanceId: string) => void;
  readonly dismiss: () => void;
  /** `null`: there is no editor. */
  readonly editor: ((action: PageAction) => void) | null;
}

/** With more than this, the browser leaves out those that are not seen when it draws. */
const manyMachines = 12;

export function createTopology(acts: Acts): View<Shown> {
  const { editor } = acts;
  const tooltip = createTooltip();
  const summary = element('p', 'summary');
  const noHost = createNoHost(
    editor && {
      restart: () => editor({ type: 'restartHost' }),
      showLog: () => editor({ type: 'showLog' }),
    },
  );
  const failure = createFailure(acts.dismiss);
  const models = createModels(acts);
  const seenFirst = createSeenFirst();
  const machineActs = { toggle: acts.toggle, diagnose: editor && (() => editor({ type: 'diagnose' })) };
  const machines = createList(
    element('div', 'machines'),
    ({ node }: MachineView) => node.node_id,
    () => seenFirst.wrap(createMachine(machineActs, tooltip)),
  );
  const alone = createAlone(editor);
  const header = element('header', 'overview', element('h1', '', 'VRAMesh'), summary);
  const body = element(
    'div',
    'columns',
    element('div', 'side', models.root),
    element('section', 'topology', element('h2', '', 'Machines'), machines.root, alone, createLegend()),
  );
  return {
    root: element('main', '', header, noHost.root, failure.root, body, tooltip.root),
    update(shown) {
      const { state, problem } = shown;
      setHidden(noHost.root, state !== null);
      setHidden(body, state === null);
      setHidden(summary, state === null);
      noHost.update(problem);
      failure.update(shown.failure);
      if (state) {
        setText(summary, clusterText(state));
        models.update({ ...shown, state });
        machines.update(shown.machines);
        machines.root.classList.toggle('many', shown.machines.length > manyMachines);
        setHidden(alone, state.topology.nodes.length > 1);
      }
      tooltip.refresh();
    },
  };
}

/** The side with what is placed, what could be, and what is on its way. */
function createModels(acts: Acts): View<Shown & { state: State }> {
  const count = element('span', 'label');
  const empty = element('p', 'empty', 'No model is placed. Place one to complete code with it.');
  const place = createPlacePanel(acts);
  const cards = createList(
    element('div', 'models'),
    ({ instance }: PlacedModel) => instance.id,
    () => createModelCard(acts.unplace),
  );
  const downloads = createDownloads(acts.editor);
  const announcer = createAnnouncer();
  return {
    root: element(
      'section',
      'placements',
      element('header', 'row', element('h2', '', 'Models'), count),
      place.root,
      empty,
      cards.root,
      downloads.root,
      announcer.root,
    ),
    update({ state, marks, placing }) {
      const { instances, completing, topology } = state;
      setText(count, instances.length === 0 ? '' : modelsText(instances));
      place.update({ placing, machines: topology.nodes });
      setHidden(empty, instances.length > 0);
      cards.update(
        instances.map((instance) => ({
          instance,
          mark: marks.get(instance.id) ?? '',
          layers: layerRuns(instance, { topology }),
          isCompleting: instance.id === completing,
        })),
      );
      downloads.update(state);
      announcer.update(instances);
    },
  };
}

function createDownloads(editor: Acts['editor']): View<State> {
  const acts: DownloadActs | null = editor && {
    pause: (download_id) => editor({ type: 'pauseDownload', download_id }),
    resume: (download_id) => editor({ type: 'resumeDownload', download_id }),
    discard: (download_id) => editor({ type: 'discardDownload', download_id }),
  };
  const rows = createList(
    element('ul', ''),
    ({ download }: { download: Download }) => `${download.node_id} ${download.id}`,
    () => createDownloadRow(acts),
  );
  const root = element('section', 'card downloads', element('h3', '', 'Downloads'), rows.root);
  return {
    root,
    update({ downloads, topology: { nodes } }) {
      const names = new Map(
        nodes.filter(({ status }) => status !== 'this').map(({ node_id, name }) => [node_id, name]),
      );
      const open = openDownloads(downloads);
      setHidden(root, open.length === 0);
      rows.update(open.map((download) => ({ download, machine: names.get(download.node_id) ?? null })));
    },
  };
}

/** No other machine yet. */
function createAlone(editor: Acts['editor']): HTMLElement {
  const how = editor
    ? [
        element(
          'div',
          'actions',
          createButton('Invite Machine…', { look: 'secondary', onClick: () => editor({ type: 'invite' }) }),
          createButton('Join Cluster…', { look: 'secondary', onClick: () => editor({ type: 'join' }) }),
        ),
      ]
    : [element('p', '', 'Run "vramesh invite" in a terminal, or use "VRAMesh: Invite Machine…" in VS Code.')];
  return element(
    'div',
    'empty alone',
    element('p', '', 'No other machines yet: invite one'),
    element('p', 'label', 'Machines that trust each other share their GPUs, and can hold a model together.'),
    ...how,
  );
}

function createFailure(dismiss: () => void): View<string | null> {
  const text = element('p', '');
  const root = element(
    'div',
    'failure',
    text,
    createButton('Dismiss', { look: 'secondary', onClick: dismiss }),
  );
  root.setAttribute('role', 'alert');
  return onlyChanges<string | null>(
    {
      root,
      update(problem) {
        setHidden(root, problem === null);
        setOptionalText(text, problem === null ? null : outside(problem, 600));
      },
    },
    same,
  );
}
