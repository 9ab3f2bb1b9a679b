/** The topology page with three recorded machines while a model is about to be placed, as a README shows it: dark and light. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { chooseFirstModel } from '../../test/support/topology-offers';
import {
  openTopologyBrowser,
  openTopologyPage,
  recordedState,
  type TopologyPage,
  widths,
} from '../../test/support/topology-page';

type Clip = { x: number; y: number; width: number; height: number };

const themes = ['dark', 'light'] as const;

export async function takePictures(): Promise<void> {
  const browser = await openTopologyBrowser();
  try {
    for (const theme of themes) {
      const topology = await openTopologyPage(browser, { theme });
      await prepare(topology);
      const file = path.resolve('docs/images', `topology-${theme}.png`);
      await topology.page.screenshot({
        path: file,
        fullPage: true,
        clip: await upTo('workstation', topology),
      });
      console.log(`${path.relative('.', file)}: ${Math.round(statSync(file).size / 1000)} kB`);
      await topology.close();
    }
  } finally {
    await browser.close();
  }
}

async function prepare(topology: TopologyPage): Promise<void> {
  const state = recordedState('three');
  // A broken GPU is no advertisement.
  for (const { node_profile } of state.topology.nodes)
    node_profile.gpus = node_profile.gpus.filter(({ status }) => status === 'ok');
  await topology.show(state);
  await chooseFirstModel(topology);
  await topology.page.getByRole('radio', { name: /GPU 0 of workstation \+ GPU 0 of tower/ }).check();
  await topology.page.getByText('would be added 9.4 GiB').waitFor();
}

/** The whole width, down to the end of this machine. */
async function upTo(machine: string, { page }: TopologyPage): Promise<Clip> {
  const box = await page.locator(`.machine[aria-label="${machine}"]`).boundingBox();
  if (!box) throw new Error(`The page shows no ${machine}.`);
  return { x: 0, y: 0, width: widths.wide, height: Math.ceil(box.y + box.height) };
}
