/** "Install CUDA Runtime" fetches what this machine lacks to use its NVIDIA GPU; "Remove CUDA Runtime" deletes it again. */
import { randomUUID } from 'node:crypto';
import { t } from '@vscode/l10n';
import { commands, ProgressLocation, window } from 'vscode';
import { WorkDoneProgress } from 'vscode-languageclient/node';
import { installRuntimeRequest, removeRuntimeRequest } from '#protocol';
import { request } from '../requests';
import type { Vramesh } from '../vramesh';
import { commandIds } from './ids';
import { createSteps } from './steps';

export async function installCudaRuntime(vramesh: Vramesh): Promise<void> {
  const install = t('Install');
  const choice = await window.showInformationMessage(
    t('Install what this machine lacks to run models on its NVIDIA GPU?'),
    {
      modal: true,
      detail: t(
        'llama.cpp for CUDA comes from the npm registry, CUDA’s libraries from NVIDIA, under NVIDIA’s CUDA Toolkit licence. About 1 GB is fetched where all of it is missing.',
      ),
    },
    install,
  );
  if (choice !== install) return;
  const outcome = await window.withProgress(
    { location: ProgressLocation.Notification, title: t('VRAMesh: CUDA runtime'), cancellable: true },
    async (progress, token) => {
      const workDoneToken = randomUUID();
      const step = createSteps();
      const reports = vramesh.client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
        if (value.kind === 'end' || value.message === undefined) return;
        progress.report({ message: value.message, increment: step(value.percentage ?? null) });
      });
      try {
        return await request(vramesh, installRuntimeRequest, { workDoneToken }, token);
      } catch (error) {
        if (!token.isCancellationRequested) throw error;
        return null;
      } finally {
        reports.dispose();
      }
    },
  );
  if (outcome === null)
    void window.showInformationMessage(
      t('VRAMesh: stopped. What has arrived is kept: the command goes on with it.'),
    );
  else if (outcome.installed.length === 0)
    void window.showInformationMessage(t('VRAMesh: nothing is missing for CUDA.'));
  else await offerRestart(t('The CUDA runtime is installed. The host uses it when it starts the next time.'));
}

export async function removeCudaRuntime(vramesh: Vramesh): Promise<void> {
  const { removed } = await request(vramesh, removeRuntimeRequest, {});
  if (removed)
    await offerRestart(
      t('The CUDA runtime was deleted. The host goes without it when it starts the next time.'),
    );
  else void window.showInformationMessage(t('VRAMesh: there is no CUDA runtime that it has installed.'));
}

async function offerRestart(what: string): Promise<void> {
  const restart = t('Restart Host');
  const choice = await window.showInformationMessage(`VRAMesh: ${what}`, restart);
  if (choice === restart) await commands.executeCommand(commandIds.restartHost);
}
