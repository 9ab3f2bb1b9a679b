/** The settings of this window, as the host wants them. */
import { type ConfigurationChangeEvent, ConfigurationTarget, workspace } from 'vscode';
import type { Settings } from '#protocol';

const section = 'vramesh';

export function readSettings(): Settings {
  const settings = workspace.getConfiguration(section);
  return {
    completions: {
      enabled: settings.get('completions.enabled', true),
      disabledLanguages: settings.get('completions.disabledLanguages', []),
      debounce: settings.get<number | null>('completions.debounce', null),
      maxTokens: settings.get('completions.maxTokens', 128),
    },
    instances: {
      idleMinutes: settings.get('instances.idleMinutes', 30),
      placeOnRequest: settings.get('instances.placeOnRequest', false),
    },
    cluster: { peers: settings.get('cluster.peers', []) },
  };
}

export function affectsSettings(change: ConfigurationChangeEvent): boolean {
  return change.affectsConfiguration(section);
}

export async function enableCompletions(enabled: boolean): Promise<void> {
  await write('completions.enabled', enabled);
}

export async function enableLanguage(languageId: string, enabled: boolean): Promise<void> {
  const others = readSettings().completions.disabledLanguages.filter((id) => id !== languageId);
  await write('completions.disabledLanguages', enabled ? others : [...others, languageId]);
}

/** The user's setting, unless the workspace has one of its own, which would go on being the one that counts. */
async function write(name: string, value: unknown): Promise<void> {
  const settings = workspace.getConfiguration(section);
  const isWorkspaces = settings.inspect(name)?.workspaceValue !== undefined;
  const target = isWorkspaces ? ConfigurationTarget.Workspace : ConfigurationTarget.Global;
  await settings.update(name, value, target);
}
