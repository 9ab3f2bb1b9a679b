/** What status item 2 says of the model, and of what is being fetched. Pure: the state in, texts out. */
import { type Instance, machineOf, type Settings, type State } from '#protocol';
import { downloadLines, downloadsText } from '../text/download-text';
import { escapeMarkdown, percent, plain, tokensPerSecond, unknown } from '../text/format';
import { measuresLines } from '../text/measures-text';
import { placementTable, shardLines, speedText } from '../text/placement-text';
import type { StatusText } from './gpu-text';

export interface ModelSituation {
  /** `null`: no host. */
  readonly state: State | null;
  /** Why there is no host. */
  readonly problem: string | null;
  readonly settings: Settings;
  /** Of the editor in front; `null` without one. */
  readonly languageId: string | null;
}

export function modelText({ state, problem, settings, languageId }: ModelSituation): StatusText {
  if (state === null) {
    return problem === null
      ? { text: '$(loading~spin) VRAMesh', tooltip: 'The host is being started.', warning: false }
      : { text: '$(error) VRAMesh', tooltip: escapeMarkdown(problem), warning: true };
  }
  const instance = shown(state);
  const machine = instance ? machineOf(instance.node_id, state) : null;
  const slow = state.completions.slow && instance?.id === state.completing;
  const model = instance ? instanceText(instance, settings, languageId, slow) : nothingPlaced;
  // Two things that move at once would be too much for a status bar.
  const loads = instance?.state === 'placing' || instance?.state === 'loading';
  const downloads = loads ? '' : downloadsText(state.downloads);
  return {
    text: downloads === '' ? model.text : `${model.text} ${downloads}`,
    tooltip: [
      ...(machine === null ? [] : [`On the machine **${escapeMarkdown(machine)}**.`]),
      model.tooltip,
      ...measuresLines(state.completions),
      ...downloadLines(state.downloads),
    ].join('\n\n'),
    warning: model.warning,
  };
}

const nothingPlaced: StatusText = {
  text: '$(circle-slash) No model',
  tooltip: 'No model is placed. Click to place one.',
  warning: false,
};

function instanceText(
  instance: Instance,
  settings: Settings,
  languageId: string | null,
  slow: boolean,
): StatusText {
  const name = plain(instance.model.name);
  const error = instance.error === null ? null : escapeMarkdown(instance.error);
  switch (instance.state) {
    case 'placing':
    case 'loading':
      return {
        text: `$(loading~spin) ${name} ${progress(instance)}`,
        tooltip: paragraphs(`${escapeMarkdown(name)} is being ${stages[instance.state]}.`, where(instance)),
        warning: false,
      };
    case 'restarting':
      return {
        text: `$(loading~spin) ${name}`,
        tooltip: error ?? 'The engine is started again.',
        warning: true,
      };
    case 'failed':
      return { text: `$(error) ${name}`, tooltip: error ?? 'The model could not be placed.', warning: true };
    case 'ready':
    case 'idle': {
      const off = whyOff(instance, settings, languageId);
      if (off)
        return {
          text: `$(circle-slash) ${name}`,
          tooltip: paragraphs(off, details(instance)),
          warning: false,
        };
      return instance.state === 'idle'
        ? {
            text: `$(debug-pause) ${name} idle`,
            tooltip: paragraphs('idle: comes back on the next request', details(instance)),
            warning: false,
          }
        : {
            text: `$(sparkle) ${name}${speed(instance)}${slow ? ' · slow' : ''}`,
            tooltip: paragraphs(slow ? tooSlow : '', details(instance)),
            warning: false,
          };
    }
  }
}

const tooSlow =
  'Completions are slow: half of the last ones took more than 1.5 s. A smaller model, or one whose layers are all on the GPU, is quicker.';

const stages = { placing: 'placed: its memory is worked out and promised', loading: 'loaded' } as const;

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

function whyOff(instance: Instance, { completions }: Settings, languageId: string | null): string | null {
  if (!completions.enabled) return 'Completions are switched off. Click to switch them on.';
  if (languageId !== null && completions.disabledLanguages.includes(languageId)) {
    return `Completions are switched off for ${escapeMarkdown(languageId)}.`;
  }
  if (instance.fim === null) {
    return 'This model has no fill-in-the-middle tokens, so it cannot complete code. Place another one.';
  }
  return null;
}

function details(instance: Instance): string {
  const { model, context_size, note } = instance;
  return paragraphs(
    where(instance),
    `context ${context_size ?? unknown} tokens · ${speedText(instance)}`,
    note === null ? '' : `$(info) ${escapeMarkdown(note)}`,
    model.embedded
      ? 'This is the small model that ships with VRAMesh: it shows that everything works, and it is weak. Click to place a better one.'
      : '',
  );
}

/** What runs it, and what each device holds of it. */
function where(instance: Instance): string {
  const { backend, devices, layers, layers_on_gpu, threads, model } = instance;
  const name = `**${escapeMarkdown(model.name)}**`;
  const onGpu = backend !== 'cpu' && (layers_on_gpu ?? 0) > 0;
  const gpu = `${devices.map(escapeMarkdown).join(', ') || 'GPU'} (${backend}), ${layers_on_gpu} of ${layers} layers`;
  const alone = onGpu ? `on ${gpu}` : `on CPU, ${threads ?? unknown} thread(s)`;
  const engine = instance.shards.length > 0 ? `on ${instance.shards.length + 1} machines` : alone;
  return paragraphs(
    backend === null ? '' : `${name} ${engine}`,
    placementTable(instance),
    shardLines(instance),
  );
}

function paragraphs(...texts: string[]): string {
  return texts.filter((text) => text !== '').join('\n\n');
}
