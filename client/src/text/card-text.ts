/** Parts of the status items' hovers: what is placed, which other machines there are, and what can be done. Pure, Markdown. */
import { t } from '@vscode/l10n';
import { type Instance, machineOf, type Node, type State } from '#protocol';
import { commandIds } from '../commands/ids';
import { commandLink } from './command-link';
import { escapeMarkdown, inGib, percent, tokensPerSecond, unknown } from './format';
import { instanceIcons, instanceWords, linkIcons, linkWords } from './words';

/** A card is read at a glance: of a hundred machines it shows the first. */
const mostRows = 8;

/** A line for each placed model. */
export function instanceRows(state: State): string {
  if (state.instances.length === 0) return t('No model is placed.');
  return rows(
    t('Models'),
    state.instances.map((instance) => instanceRow(instance, state)),
  );
}

/** A line for each other machine of the cluster; empty without any. */
export function machineRows(state: State): string {
  const others = state.topology.nodes.filter(({ status }) => status !== 'this');
  if (others.length === 0) return '';
  return rows(
    t('Other machines'),
    others.map((node) => machineRow(node, state)),
  );
}

const ids = {
  gpu: ['showTopology', 'place', 'invite', 'diagnose'],
  model: ['place', 'snooze', 'whyNoCompletion', 'openSettings'],
} as const;

const links = {
  showTopology: `$(server-environment) ${t('Show Topology')}`,
  place: `$(chip) ${t('Place Model…')}`,
  invite: `$(add) ${t('Invite Machine…')}`,
  diagnose: `$(pulse) ${t('Diagnose')}`,
  openSettings: `$(gear) ${t('Settings')}`,
  snooze: `$(bell-slash) ${t('Snooze…')}`,
  whyNoCompletion: `$(question) ${t('Why No Completion Here?')}`,
};

/** The commands that a card links to. */
export const linkedCommands: readonly string[] = [
  ...new Set([...ids.gpu, ...ids.model].map((id) => commandIds[id])),
  commandIds.toggleCompletions,
  commandIds.toggleLanguage,
  commandIds.endSnooze,
  commandIds.restartHost,
  commandIds.showLog,
  commandIds.installCudaRuntime,
];

export function actionRow(card: keyof typeof ids): string {
  return ids[card].map((id) => commandLink(links[id], commandIds[id])).join(' \u00a0 ');
}

/** What a click would get for this machine's GPU; empty where nothing is missing. */
export function runtimeLine({ cuda_missing }: State): string {
  if (cuda_missing !== true) return '';
  const install = commandLink(
    `$(cloud-download) ${t('Install CUDA Runtime')}`,
    commandIds.installCudaRuntime,
  );
  return `${t('NVIDIA driver found, CUDA runtime missing.')} ${install}`;
}

function instanceRow(instance: Instance, all: State): string {
  const { id, model, state, progress, node_id, tokens_per_second, error } = instance;
  const machine = machineOf(node_id, all);
  const loads = state === 'placing' || state === 'loading';
  const facts = [
    loads && progress !== null ? `${instanceWords[state]} ${percent(progress * 100)}` : instanceWords[state],
    ...(machine === null ? [] : [t('on {0}', escapeMarkdown(machine))]),
    ...(tokens_per_second === null ? [] : [tokensPerSecond(tokens_per_second)]),
    ...(all.completing === id ? [t('completes')] : []),
    ...(error === null ? [] : [escapeMarkdown(error)]),
  ];
  return `$(${instanceIcons[state]}) ${escapeMarkdown(model.name)}: ${facts.join(' · ')}`;
}

function machineRow({ node_id, name, status, node_profile: { memory } }: Node, { topology }: State): string {
  const roundTrip = topology.connections.find(({ to }) => to === node_id)?.round_trip_ms ?? null;
  const { gpu_vram_used: used, gpu_vram_total: total } = memory;
  const facts = [
    linkWords[status],
    ...(status === 'gone' ? [] : [roundTrip === null ? unknown : `${roundTrip.toFixed(1)} ms`]),
    total === null ? t('no GPU') : t('{0} of {1} GiB of VRAM', inGib(used), inGib(total)),
  ];
  return `$(${linkIcons[status]}) ${escapeMarkdown(name)}: ${facts.join(' · ')}`;
}

function rows(title: string, all: readonly string[]): string {
  const more = all.length - mostRows;
  const shown = more > 0 ? [...all.slice(0, mostRows), t('… and {0} more', more)] : all;
  // Two blanks at its end break a line of Markdown.
  return [`**${title}**`, ...shown].join('  \n');
}
