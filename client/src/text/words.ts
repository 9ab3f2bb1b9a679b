/** The words of the protocol, as people read them in this window. Pure. */
import { t } from '@vscode/l10n';
import type { Download, Gpu, Instance, LinkStatus } from '#protocol';

export const instanceWords: Record<Instance['state'], string> = {
  placing: t('placing'),
  loading: t('loading'),
  ready: t('ready'),
  idle: t('idle'),
  restarting: t('restarting'),
  failed: t('failed'),
};

export const instanceIcons: Record<Instance['state'], string> = {
  placing: 'loading~spin',
  loading: 'loading~spin',
  restarting: 'loading~spin',
  ready: 'sparkle',
  idle: 'debug-pause',
  failed: 'error',
};

export const linkWords: Record<LinkStatus, string> = {
  this: t('this machine'),
  online: t('online'),
  suspect: t('does not answer'),
  gone: t('gone'),
};

export const linkIcons: Record<LinkStatus, string> = {
  this: 'vm',
  online: 'vm',
  suspect: 'warning',
  gone: 'debug-disconnect',
};

export const gpuWords: Record<Gpu['status'], string> = {
  ok: t('ok'),
  lost: t('lost'),
  asleep: t('asleep'),
};

export const downloadWords: Record<Download['state'], string> = {
  waiting: t('waiting for its turn'),
  downloading: t('downloading'),
  verifying: t('being verified'),
  paused: t('paused'),
  failed: t('failed'),
  done: t('done'),
};
