/** What status item 2 says of the model, and of what is being fetched. Pure: the state in, texts out. */
import { t } from '@vscode/l10n';
import { type Instance, machineOf, type State } from '#protocol';
import { commandIds } from '../commands/ids';
import { actionRow } from '../text/card-text';
import { commandLink } from '../text/command-link';
import { downloadLines, downloadsText, ownDownloads } from '../text/download-text';
import { duration, escapeMarkdown, percent, plain, tokensPerSecond, unknown } from '../text/format';
import { measuresLines } from '../text/measures-text';
import { placementTable, shardLines, speedText } from '../text/placement-text';
import { type OffSituation, type Why, whySnoozed, whySwitchedOff, whyUnfit } from '../text/why-text';
import { instanceWords } from '../text/words';
import type { StatusText } from './gpu-text';

export interface ModelSituation extends OffSituation {
  /** `null`: no host. */
  readonly state: State | null;
  /** Why there is no host. */
  readonly problem: string | null;
}

export function modelText(situation: ModelSituation): StatusText {
  const { state, problem } = situation;
  if (state === null) return noHost(problem);
  const instance = shown(state);
  const machine = instance ? machineOf(instance.node_id, state) : null;
  const slow = state.completions.slow && instance?.id === state.completing;
  const model = instance ? instanceText(instance, situation, slow) : nothingPlaced;
  // Two things that move at once would be too much for a status bar.
  const loads = instance?.state === 'placing' || instance?.state === 'loading';
  const own = ownDownloads(state);
  const downloads = loads ? '' : downloadsText(own);
  return {
    text: downloads === '' ? model.text : `${model.text} ${downloads}`,
    tooltip: paragraphs(
      machine === null ? '' : t('On the machine **{0}**.', escapeMarkdown(machine)),
      model.tooltip,
      ...measuresLines(state.completions),
      ...downloadLines(own),
      '---',
      actionRow('model'),
    ),
    warning: model.warning,
  };
}

function noHost(problem: string | null): StatusText {
  if (problem === null)
    return { text: '$(loading~spin) VRAMesh', tooltip: t('The host is being started.'), warning: false };
  const links = [
    commandLink(`$(debug-restart) ${t('Restart Host')}`, commandIds.restartHost),
    commandLink(`$(output) ${t('Show Log')}`, commandIds.showLog),
  ];
  return {
    text: '$(error) VRAMesh',
    tooltip: paragraphs(escapeMarkdown(problem), links.join(' \u00a0 ')),
    warning: true,
  };
}

const nothingPlaced: StatusText = {
  text: `$(circle-slash) ${t('No model')}`,
  tooltip: t('No model is placed. Click to place one.'),
  warning: false,
};

function instanceText(instance: Instance, situation: OffSituation, slow: boolean): StatusText {
  const name = plain(instance.model.name);
  const error = instance.error === null ? null : escapeMarkdown(instance.error);
  switch (instance.state) {
    case 'placing':
    case 'loading':
      return {
        text: `$(loading~spin) ${name} ${progress(instance)}`,
        tooltip: paragraphs(
          instance.state === 'placing'
            ? t('{0} is being placed: its memory is worked out and promised.', escapeMarkdown(name))
            : t('{0} is being loaded.', escapeMarkdown(name)),
          where(instance),
        ),
        warning: false,
      };
    case 'restarting':
      return {
        text: `$(loading~spin) ${name}`,
        tooltip: error ?? t('The engine is started again.'),
        warning: true,
      };
    case 'failed':
      return {
        text: `$(error) ${name}`,
        tooltip: error ?? t('The model could not be placed.'),
        warning: true,
      };
    case 'ready':
    case 'idle': {
      const off = whySwitchedOff(situation) ?? whyUnfit(instance);
      if (off) return offText(instance, off, `$(circle-slash) ${name}`);
      const { snoozedFor } = situation;
      const snoozed = whySnoozed(snoozedFor);
      if (snoozed) return offText(instance, snoozed, `$(bell-slash) ${name} ${snoozedText(snoozedFor ?? 0)}`);
      return instance.state === 'idle'
        ? {
            text: `$(debug-pause) ${name} ${instanceWords.idle}`,
            tooltip: paragraphs(
              t('Unloaded, because nobody has asked for a while. The next request brings it back.'),
              details(instance),
            ),
            warning: false,
          }
        : {
            text: `$(sparkle) ${name}${speed(instance)}${slow ? ` · ${t('slow')}` : ''}`,
            tooltip: paragraphs(slow ? tooSlow : '', details(instance)),
            warning: false,
          };
    }
  }
}

function offText(instance: Instance, { reason, remedy }: Why, text: string): StatusText {
  return {
    text,
    tooltip: paragraphs(
      escapeMarkdown(reason),
      remedy === null ? '' : commandLink(remedy.title, remedy.command),
      details(instance),
    ),
    warning: false,
  };
}

/** In whole minutes: a status bar that changes every second distracts. */
function snoozedText(secondsLeft: number): string {
  const left = Number.isFinite(secondsLeft) ? ` ${duration(Math.ceil(secondsLeft / 60) * 60)}` : '';
  return `${t('snoozed')}${left}`;
}

const tooSlow = t(
  'Completions are slow: half of the last ones took more than 1.5 s. A smaller model, or one whose layers are all on the GPU, is quicker.',
);

/** The one that answers completions, as the host says; until one can, what is placed here and how far it is. */
function shown({ instances, completing, topology }: State): Instance | undefined {
  const here = topology.nodes.find(({ status }) => status === 'this')?.node_id;
  const rank = ({ role, placed_by }: Instance) =>
    (role === 'completion' ? 2 : 0) + (placed_by === 'user' ? 1 : 0);
  const own = instances.filter(({ node_id }) => node_id === here).toSorted((a, b) => rank(a) - rank(b));
  return instances.find(({ id }) => id === completing) ?? own.at(-1);
}

function progress({ progress: fraction }: Instance): string {
  return fraction === null ? '…' : percent(fraction * 100);
}

function speed({ tokens_per_second }: Instance): string {
  return tokens_per_second === null ? '' : ` ${tokensPerSecond(tokens_per_second)}`;
}

function details(instance: Instance): string {
  const { model, context_size, note } = instance;
  return paragraphs(
    where(instance),
    `${t('context {0} tokens', context_size ?? unknown)} · ${speedText(instance)}`,
    note === null ? '' : `$(info) ${escapeMarkdown(note)}`,
    model.embedded
      ? t(
          'This is the small model that ships with VRAMesh: it shows that everything works, and it is weak. Click to place a better one.',
        )
      : '',
  );
}

/** What runs it, and what each device holds of it. */
function where(instance: Instance): string {
  const { backend, devices, layers, layers_on_gpu, threads, model, shards } = instance;
  const name = `**${escapeMarkdown(model.name)}**`;
  const onGpu = backend !== 'cpu' && (layers_on_gpu ?? 0) > 0;
  const engine = () => {
    if (shards.length > 0) return t('{0} on {1} machines', name, shards.length + 1);
    if (!onGpu) return t('{0} on CPU, {1} thread(s)', name, threads ?? unknown);
    const gpus = devices.map(escapeMarkdown).join(', ') || t('GPU');
    const held = t('{0} of {1} layers', layers_on_gpu ?? unknown, layers ?? unknown);
    return `${t('{0} on {1}', name, gpus)} (${backend}), ${held}`;
  };
  return paragraphs(backend === null ? '' : engine(), placementTable(instance), shardLines(instance));
}

function paragraphs(...texts: string[]): string {
  return texts.filter((text) => text !== '').join('\n\n');
}
