/**
 * `vramesh` in the terminals of this window: the command line that ships with the extension. It comes last in the PATH, so
 * that one that the user has installed is the one that runs.
 */
import { delimiter, join } from 'node:path';
import { t } from '@vscode/l10n';
import type { ExtensionContext } from 'vscode';

/** Some shells set the PATH anew when they start. */
const alsoThen = { applyAtProcessCreation: true, applyAtShellIntegration: true };

export function offerCommandLine({
  environmentVariableCollection,
  extensionPath,
}: Pick<ExtensionContext, 'environmentVariableCollection' | 'extensionPath'>): void {
  environmentVariableCollection.description = t('Adds the command line: vramesh');
  environmentVariableCollection.replace('VRAMESH_NODE', process.execPath);
  environmentVariableCollection.append('PATH', `${delimiter}${join(extensionPath, 'bin')}`, alsoThen);
}
