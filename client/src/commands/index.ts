/** The commands. One command is one file; a failure is shown to the user who asked for it. */
import { t } from '@vscode/l10n';
import { commands, type Disposable, window } from 'vscode';
import { reasonText } from '../text/format';
import type { Vramesh } from '../vramesh';
import { copyId } from './copy-id';
import { deleteModel } from './delete-model';
import { diagnose } from './diagnose';
import { download } from './download';
import { commandIds } from './ids';
import { installCudaRuntime, removeCudaRuntime } from './install-cuda-runtime';
import { invite } from './invite';
import { join } from './join';
import { leave } from './leave';
import { gpuMenu, modelMenu } from './menus';
import { openSettings } from './open-settings';
import { openWalkthrough } from './open-walkthrough';
import { place } from './place';
import { placeHere } from './place-here';
import { removeMachine } from './remove-machine';
import { restartHost } from './restart-host';
import { showLog } from './show-log';
import { showTopology } from './show-topology';
import { endSnooze, snooze } from './snooze';
import { toggleCompletions, toggleLanguage } from './toggle-completions';
import { unplace } from './unplace';
import { explainNoCompletion } from './why-no-completion';

/** `argument`: what another command or our page hands over; unknown, since any extension may. */
export type Command = (vramesh: Vramesh, argument: unknown) => Promise<void>;

const all: Record<string, Command> = {
  [commandIds.place]: place,
  [commandIds.unplace]: (vramesh, argument) => unplace(vramesh, subjectOf(argument)),
  [commandIds.download]: download,
  [commandIds.deleteModel]: deleteModel,
  [commandIds.toggleCompletions]: toggleCompletions,
  [commandIds.toggleLanguage]: toggleLanguage,
  [commandIds.snooze]: snooze,
  [commandIds.endSnooze]: endSnooze,
  [commandIds.whyNoCompletion]: explainNoCompletion,
  [commandIds.openSettings]: openSettings,
  [commandIds.openWalkthrough]: openWalkthrough,
  [commandIds.invite]: invite,
  [commandIds.join]: join,
  [commandIds.removeMachine]: (vramesh, argument) => removeMachine(vramesh, subjectOf(argument)),
  [commandIds.leave]: leave,
  [commandIds.showLog]: showLog,
  [commandIds.restartHost]: restartHost,
  [commandIds.diagnose]: diagnose,
  [commandIds.installCudaRuntime]: installCudaRuntime,
  [commandIds.removeCudaRuntime]: removeCudaRuntime,
  [commandIds.showTopology]: showTopology,
  [commandIds.placeHere]: placeHere,
  [commandIds.copyId]: (vramesh, argument) => copyId(vramesh, subjectOf(argument)),
  [commandIds.gpuMenu]: gpuMenu,
  [commandIds.modelMenu]: modelMenu,
};

/** Of an entry of the tree: the machine or instance that it stands for. */
function subjectOf(argument: unknown): unknown {
  return typeof argument === 'object' && argument !== null && 'subject' in argument
    ? argument.subject
    : argument;
}

export function registerCommands(vramesh: Vramesh): Disposable[] {
  return Object.entries(all).map(([id, command]) =>
    commands.registerCommand(id, (argument: unknown) =>
      command(vramesh, argument).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        vramesh.log.error(reason);
        void window.showErrorMessage(reasonText(error), t('Show Log')).then((choice) => {
          if (choice) vramesh.log.show();
        });
      }),
    ),
  );
}
