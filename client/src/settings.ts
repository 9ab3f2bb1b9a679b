/** The settings of this window, as the host wants them. */
import {
  type ConfigurationChangeEvent,
  type ConfigurationScope,
  ConfigurationTarget,
  workspace,
} from 'vscode';
import type { Settings } from '#protocol';

const section = 'vramesh';

export function readSettings(scope?: ConfigurationScope): Settings {
  const settings = workspace.getConfiguration(section, scope);
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
  await workspace
    .getConfiguration(section)
    .update('completions.enabled', enabled, ConfigurationTarget.Global);
}

export async function enableLanguage(languageId: string, enabled: boolean): Promise<void> {
  const others = readSettings().completions.disabledLanguages.filter((id) => id !== languageId);
  const disabled = enabled ? others : [...others, languageId];
  await workspace
    .getConfiguration(section)
    .update('completions.disabledLanguages', disabled, ConfigurationTarget.Global);
}
