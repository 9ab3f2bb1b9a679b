/** The number on VRAMesh's icon: what needs a look, else what is under way. Pure. */
import { t } from '@vscode/l10n';
import type { State } from '#protocol';
import { isUnderWay } from './download-text';

export interface Badge {
  readonly value: number;
  readonly tooltip: string;
}

/** `undefined`: nothing of both. */
export function badgeOf({ instances, downloads, topology }: State): Badge | undefined {
  const failed = instances.filter(({ state }) => state === 'failed').length;
  const own = topology.nodes.find(({ status }) => status === 'this');
  const lost = (own?.node_profile.gpus ?? []).filter(({ status }) => status === 'lost').length;
  if (failed + lost > 0) {
    const parts = [
      ...(failed > 0 ? [t('Models that failed: {0}', failed)] : []),
      ...(lost > 0 ? [t('GPUs that are lost: {0}', lost)] : []),
    ];
    return { value: failed + lost, tooltip: parts.join(', ') };
  }
  const loading = instances.filter(({ state }) => state === 'placing' || state === 'loading').length;
  const fetched = downloads.filter(isUnderWay).length;
  if (loading + fetched === 0) return undefined;
  return {
    value: loading + fetched,
    tooltip: t('Models that are loaded or fetched: {0}', loading + fetched),
  };
}
