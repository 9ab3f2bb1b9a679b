/**
 * The topology page: shows what VS Code sends and sends back what the user asks for. It decides nothing and keeps
 * nothing. Several views between two frames are painted once; a hidden page has no frames and paints nothing.
 */
import type { PageAction, PageView } from '#protocol';
import { registerControls } from './controls';
import { createTopology } from './topology';
import './topology.css';

declare function acquireVsCodeApi(): { postMessage(action: PageAction): void };

const vscode = acquireVsCodeApi();
const topology = createTopology((action) => vscode.postMessage(action));
let latest: PageView = { type: 'view', state: null, problem: null };
let painting = false;

function paint(): void {
  if (painting) return;
  painting = true;
  requestAnimationFrame(() => {
    painting = false;
    topology.update(latest);
  });
}

window.addEventListener('message', ({ data }: MessageEvent<PageView | null>) => {
  if (data?.type !== 'view') return;
  latest = data;
  paint();
});

registerControls();
topology.update(latest);
document.body.append(topology.root);
vscode.postMessage({ type: 'ready' });
