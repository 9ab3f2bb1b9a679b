/** "Diagnose": what `vramesh doctor` checks, as a document that can be read and copied into an issue. */
import { window, workspace } from 'vscode';
import { type Check, diagnoseRequest } from '#protocol';
import { request } from '../requests';
import type { Vramesh } from '../vramesh';

const marks: Record<Check['status'], string> = { ok: '✓', warning: '!', failed: '✗' };

export async function diagnose(vramesh: Vramesh): Promise<void> {
  const { checks } = await request(vramesh, diagnoseRequest, {});
  const lines = checks.map(({ name, status, detail, advice }) =>
    [
      `- ${marks[status]} **${name}**: ${detail}`,
      ...(advice === null ? [] : [`  - What to do: ${advice}`]),
    ].join('\n'),
  );
  const content = ['# VRAMesh: diagnosis', '', ...lines, ''].join('\n');
  const document = await workspace.openTextDocument({ language: 'markdown', content });
  await window.showTextDocument(document, { preview: true });
}
