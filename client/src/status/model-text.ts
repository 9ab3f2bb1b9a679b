/** What status item 2 says of the model. Pure: the state in, texts out. */
import type { Instance, Settings, State } from '#protocol';
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
      : { text: '$(error) VRAMesh', tooltip: problem, warning: true };
  }
  const instance = shown(state.instances);
  if (!instance) {
    return {
      text: '$(circle-slash) No model',
      tooltip: 'No model is placed. Click to place one.',
      warning: false,
    };
  }
  const { name } = instance.model;
  switch (instance.state) {
    case 'loading':
      return {
        text: `$(loading~spin) ${name} ${progress(instance)}`,
        tooltip: `${name} is being placed.`,
        warning: false,
      };
    case 'restarting':
      return {
        text: `$(loading~spin) ${name}`,
        tooltip: instance.error ?? 'The engine is started again.',
        warning: true,
      };
    case 'failed':
      return {
        text: `$(error) ${name}`,
        tooltip: instance.error ?? 'The model could not be placed.',
        warning: true,
      };
    case 'ready': {
      const off = whyOff(instance, settings, languageId);
      if (off)
        return {
          text: `$(circle-slash) ${name}`,
          tooltip: [off, details(instance)].join('\n\n'),
          warning: false,
        };
      const speed =
        instance.tokens_per_second === null ? '' : ` ${Math.round(instance.tokens_per_second)} tok/s`;
      return { text: `$(sparkle) ${name}${speed}`, tooltip: details(instance), warning: false };
    }
  }
}

/** The one that answers completions: as the host chooses it. */
function shown(instances: readonly Instance[]): Instance | undefined {
  const rank = ({ state, placed_by }: Instance) =>
    (state === 'ready' ? 2 : 0) + (placed_by === 'user' ? 1 : 0);
  return instances.toSorted((a, b) => rank(a) - rank(b)).at(-1);
}

function progress({ progress: fraction }: Instance): string {
  return fraction === null ? '…' : `${Math.round(fraction * 100)}%`;
}

function whyOff(instance: Instance, { completions }: Settings, languageId: string | null): string | null {
  if (!completions.enabled) return 'Completions are switched off. Click to switch them on.';
  if (languageId !== null && completions.disabledLanguages.includes(languageId)) {
    return `Completions are switched off for ${languageId}.`;
  }
  if (instance.fim === null) {
    return 'This model has no fill-in-the-middle tokens, so it cannot complete code. Place another one.';
  }
  return null;
}

function details(instance: Instance): string {
  const onGpu = instance.backend !== 'cpu' && (instance.layers_on_gpu ?? 0) > 0;
  const where = onGpu
    ? `${instance.devices.join(', ') || 'GPU'} (${instance.backend}), ${instance.layers_on_gpu} of ${instance.layers} layers`
    : `CPU, ${instance.threads ?? '—'} thread(s)`;
  const lines = [`**${instance.model.name}** on ${where}`, `context ${instance.context_size ?? '—'} tokens`];
  if (instance.note) lines.push(`$(info) ${instance.note}`);
  if (instance.model.embedded) {
    lines.push(
      'This is the small model that ships with VRAMesh: it shows that everything works, and it is weak. Click to place a better one.',
    );
  }
  return lines.join('\n\n');
}
