import path from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';

const downloads = 'https://update.code.visualstudio.com/api/releases/stable';

export interface Editor {
  name: string;
  executable: string;
}

/**
 * The desktop VS Code where it can be had and shown, else the pinned workbench behind the same command line.
 * `VRAMESH_TEST_EDITOR=desktop` or `=workbench` decides instead: then a desktop that cannot be had is an error.
 */
export async function chooseEditor(): Promise<Editor> {
  const wanted = process.env.VRAMESH_TEST_EDITOR;
  if (wanted === 'desktop') return desktop();
  if (wanted === 'workbench' || !hasScreen() || !(await reachable(downloads))) return workbench();
  try {
    return await desktop();
  } catch (error) {
    console.log(
      `The desktop VS Code cannot be downloaded: ${error instanceof Error ? error.message : error}`,
    );
    return workbench();
  }
}

async function desktop(): Promise<Editor> {
  const executable = await downloadAndUnzipVSCode({
    cachePath: path.resolve('node_modules/.cache/vramesh/desktop'),
  });
  return { name: 'the desktop VS Code (stable)', executable };
}

function workbench(): Editor {
  return {
    name: 'the pinned workbench (code-server)',
    executable: path.resolve('scripts/workbench/code.mjs'),
  };
}

function hasScreen(): boolean {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

async function reachable(url: string): Promise<boolean> {
  return fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(3000) }).then(
    (answer) => answer.ok,
    () => false,
  );
}
