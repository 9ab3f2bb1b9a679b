/** What the page says of a placement that has not been made. Pure. */
import type { ModelElsewhere, ModelListing, Preview, Share } from '#protocol';
import { bytes, duration, outside, plural, tokensPerSecond, unknown } from './format';
import { placeText } from './model-words';

export interface PreviewText {
  /** "GPU 0" */
  readonly title: string;
  /** "+9.2 GiB" */
  readonly memory: string;
  /** "≈ 85 tokens/s" */
  readonly speed: string;
  /** What else was worked out, or why it cannot be. */
  readonly detail: string;
}

const kinds: Record<Preview['kind'], string> = {
  gpu: 'One GPU',
  gpus: 'Several GPUs',
  nodes: 'Several machines',
  'gpu+cpu': 'GPU and CPU',
  cpu: 'CPU',
  none: 'Nowhere',
};

/** @param withMachine there are several, so it has to be said on which */
export function previewText(preview: Preview, withMachine: boolean): PreviewText {
  const { shares, error } = preview;
  const holding = shares.filter(({ layers }) => layers > 0);
  const named = holding.length > 0 ? holding : shares;
  return {
    title: named.length > 0 ? placesText(named, withMachine) : kinds[preview.kind],
    memory:
      shares.length > 0
        ? `+${bytes(shares.reduce((sum, { total_bytes }) => sum + total_bytes, 0))}`
        : unknown,
    speed: speedText(preview),
    detail: error === null ? facts(preview, withMachine) : outside(error, 600),
  };
}

/** "GPU 0 + GPU 1 of workstation": neighbours on one machine share its name. */
function placesText(shares: readonly Share[], withMachine: boolean): string {
  if (shares.length > 4) {
    const machines = new Set(shares.map(({ node_id }) => node_id)).size;
    return machines > 1
      ? `${plural(shares.length, 'device')} on ${machines} machines`
      : `${shares.length} devices`;
  }
  return shares
    .map((share, position) => {
      const endsRun = shares[position + 1]?.node_id !== share.node_id;
      return placeText(share, withMachine && endsRun);
    })
    .join(' + ');
}

function speedText({ decode_tokens_per_second, speed_source }: Preview): string {
  if (decode_tokens_per_second === null) return unknown;
  return `${speed_source === 'predicted' ? '≈ ' : ''}${tokensPerSecond(decode_tokens_per_second)}`;
}

function facts(preview: Preview, withMachine: boolean): string {
  const { shares, layers, layers_on_gpu, context_size, sequences, transfer_seconds } = preview;
  const perDevice =
    shares.length > 1
      ? shares.map((share) => `${placeText(share, withMachine)} +${bytes(share.total_bytes)}`)
      : [];
  return [
    `${layers_on_gpu} of ${plural(layers, 'layer')} on GPU`,
    `context ${context_size} × ${sequences}`,
    ...(transfer_seconds === null ? [] : [`first load about ${duration(transfer_seconds)}`]),
    ...perDevice.slice(0, 8),
  ].join(' · ');
}

export interface ModelChoice {
  readonly id: string;
  readonly text: string;
}

/** The models that can be placed, those that fit best first as they come, then those of other machines. */
export function modelChoices(
  models: readonly ModelListing[],
  elsewhere: readonly ModelElsewhere[],
): ModelChoice[] {
  return [
    ...models
      .filter(({ problem }) => problem === null)
      .map(({ model }) => ({
        id: model.id,
        text: `${outside(model.name, 60)} — ${bytes(model.size_bytes)}`,
      })),
    ...elsewhere.map(({ name, size_bytes, machines }) => ({
      id: name,
      text: `${outside(name, 60)} — ${bytes(size_bytes)}, on ${outside(machines.slice(0, 3).join(', '), 60)}`,
    })),
  ];
}

/** Whether it has to be said on which machine each of them would be. */
export function onSeveralMachines(previews: readonly Preview[]): boolean {
  return new Set(previews.flatMap(({ nodes }) => nodes)).size > 1;
}
