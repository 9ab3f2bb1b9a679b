/** "Copy Id", of an entry of the tree: what the command line and the HTTP API call it. */
import { t } from '@vscode/l10n';
import { env, window } from 'vscode';
import type { Vramesh } from '../vramesh';

export async function copyId(_vramesh: Vramesh, id: unknown): Promise<void> {
  if (typeof id !== 'string' || id === '') throw new Error(t('This entry has no id.'));
  await env.clipboard.writeText(id);
  window.setStatusBarMessage(t('VRAMesh: {0} was copied.', id), 5000);
}
