/** "Diagnose": what `vramesh doctor` checks, as a document that can be read and copied into an issue. */
import { t } from '@vscode/l10n';
import { Uri, window, workspace } from 'vscode';
import { type Check, diagnoseRequest } from '#protocol';
import { request } from '../requests';
import type { Vramesh } from '../vramesh';

const marks: Record<Check['status'], string> = { ok: '✓', warning: '!', failed: '✗' };

export async function diagnose(vramesh: Vramesh): Promise<void> {
  const { checks } = await request(vramesh, diagnoseRequest, {});
  const lines = checks.map(({ name, status, detail, advice }) =>
    [
      `- ${marks[status]} **${name}**: ${detail}`,
      ...(advice === null ? [] : [`  - ${t('What to do: {0}', advice)}`]),
    ].join('\n'),
  );
  const content = [`# ${t('VRAMesh: diagnosis')}`, '', ...lines, ''].join('\n');
  await showReadOnly(content);
}

const scheme = 'vramesh-diagnosis';

/** A document of our own scheme: nobody is asked whether to save it. */
async function showReadOnly(content: string): Promise<void> {
  const provider = workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: () => content,
  });
  try {
    // A path of its own for each run: VS Code would show the text of the last one again.
    const uri = Uri.from({ scheme, path: `/VRAMesh ${new Date().toLocaleTimeString('en-GB')}.md` });
    await window.showTextDocument(await workspace.openTextDocument(uri));
  } finally {
    provider.dispose();
  }
}
