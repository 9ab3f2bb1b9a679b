/** Why there is no completion, in words, and what could be done about it. Pure. */
import { t } from '@vscode/l10n';
import type * as z from 'zod';
import type { Instance, Settings, State, whyNoCompletionRequest } from '#protocol';
import { commandIds } from '../commands/ids';
import { duration, percent, plain } from './format';

/** What a button does about it. */
export interface Remedy {
  readonly title: string;
  readonly command: string;
  readonly argument?: string;
}

export interface Why {
  readonly reason: string;
  readonly remedy: Remedy | null;
}

export interface OffSituation {
  readonly settings: Settings;
  /** Of the editor in front; `null` without one. */
  readonly languageId: string | null;
  /** Seconds that completions are still snoozed, `Infinity` until a restart; `null`: they are not. */
  readonly snoozedFor: number | null;
}

export interface WhySituation extends OffSituation {
  /** `null`: no host. */
  readonly state: State | null;
  /** Why there is no host. */
  readonly problem: string | null;
  readonly editor: {
    /** VRAMesh completes documents of its kind. */
    readonly covered: boolean;
    /** VS Code's own switch for this document. */
    readonly inlineSuggest: boolean;
    /** What the user did last that keeps VS Code from asking. */
    readonly typing: 'selection' | 'undone' | null;
  } | null;
  /** What the host says of the place; `null`: it was not asked. */
  readonly host: z.output<typeof whyNoCompletionRequest.result> | null;
}

/** VS Code's, with what to search for. */
const showSettings = 'workbench.action.openSettings';

const askNow: Remedy = { title: t('Ask Now'), command: 'editor.action.inlineSuggest.trigger' };
const place: Remedy = { title: t('Place Model…'), command: commandIds.place };
const showLog: Remedy = { title: t('Show Log'), command: commandIds.showLog };

/** The first thing that stands in the way, from the window over the model to the place. */
export function whyNoCompletion(situation: WhySituation): Why {
  const { state, editor } = situation;
  if (editor === null) return { reason: t('No file is open in the editor.'), remedy: null };
  if (!editor.covered)
    return { reason: t('VRAMesh completes files and notebooks. This document is neither.'), remedy: null };
  if (state === null) return whyNoHost(situation.problem);
  return (
    whySwitchedOff(situation) ??
    whySnoozed(situation.snoozedFor) ??
    (editor.inlineSuggest ? null : inlineSuggestIsOff) ??
    whyNoModel(state) ??
    whyNotHere(editor.typing, situation.host)
  );
}

/** Completions are off by the user's settings; `null`: they are on. */
export function whySwitchedOff({
  settings,
  languageId,
}: Pick<OffSituation, 'settings' | 'languageId'>): Why | null {
  const { enabled, disabledLanguages } = settings.completions;
  if (!enabled) {
    return {
      reason: t('Completions are switched off.'),
      remedy: { title: t('Switch On'), command: commandIds.toggleCompletions },
    };
  }
  if (languageId !== null && disabledLanguages.includes(languageId)) {
    return {
      reason: t('Completions are switched off for {0}.', plain(languageId)),
      remedy: { title: t('Switch On for This Language'), command: commandIds.toggleLanguage },
    };
  }
  return null;
}

export function whySnoozed(secondsLeft: number | null): Why | null {
  if (secondsLeft === null) return null;
  return {
    reason: Number.isFinite(secondsLeft)
      ? t('Completions are snoozed for another {0}.', duration(secondsLeft))
      : t('Completions are snoozed until VS Code is restarted.'),
    remedy: { title: t('End Snooze'), command: commandIds.endSnooze },
  };
}

/** `null`: it can complete. */
export function whyUnfit(instance: Instance): Why | null {
  if (instance.fim !== null) return null;
  return {
    reason: t('This model has no fill-in-the-middle tokens, so it cannot complete code. Place another one.'),
    remedy: place,
  };
}

const inlineSuggestIsOff: Why = {
  reason: t('VS Code’s own setting “Editor › Inline Suggest: Enabled” is off, so it asks nobody.'),
  remedy: { title: t('Show the Setting'), command: showSettings, argument: 'editor.inlineSuggest.enabled' },
};

function whyNoHost(problem: string | null): Why {
  if (problem === null) return { reason: t('VRAMesh is still starting.'), remedy: showLog };
  const remedy = { title: t('Restart Host'), command: commandIds.restartHost };
  return { reason: plain(problem), remedy };
}

function whyNoModel({ instances, completing }: State): Why | null {
  if (completing !== null) return null;
  const last = instances.filter(({ role }) => role === 'completion').at(-1);
  if (last === undefined) return { reason: t('No model is placed that completes code.'), remedy: place };
  const name = plain(last.model.name);
  switch (last.state) {
    case 'failed':
      return {
        reason: plain(last.error ?? t('{0} could not be placed.', name)),
        remedy: { title: t('Place Another Model…'), command: commandIds.place },
      };
    case 'ready':
    case 'idle':
      return whyUnfit(last);
    default: {
      const far = last.progress === null ? '' : ` (${percent(last.progress * 100)})`;
      return { reason: t('{0} is still being loaded{1}.', name, far), remedy: null };
    }
  }
}

function whyNotHere(typing: 'selection' | 'undone' | null, host: WhySituation['host']): Why {
  if (typing === 'selection')
    return { reason: t('Text is selected: nothing is suggested meanwhile.'), remedy: askNow };
  if (typing === 'undone')
    return { reason: t('You have just undone or redone something. Type on, or ask.'), remedy: askNow };
  switch (host?.outcome) {
    case 'off':
      return {
        reason: t('There is no completion in this file: {0}.', plain(host.reason ?? '')),
        remedy: null,
      };
    case 'none':
      return { reason: t('No completion here: {0}.', plain(host.reason ?? '')), remedy: askNow };
    case 'offered':
      return { reason: t('A completion was offered here. Perhaps it was dismissed.'), remedy: askNow };
    default:
      return {
        reason: t('Nobody has asked for a completion here: VS Code asks when you type.'),
        remedy: askNow,
      };
  }
}
