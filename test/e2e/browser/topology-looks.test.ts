/** How the topology page looks: each theme, wide and narrow, with one machine, three, a hundred, and no host. Screenshots are kept. */
import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { State } from '#protocol';
import { axeFindings } from '../../support/axe';
import { chooseFirstModel } from '../../support/topology-offers';
import {
  manyMachines,
  openTopologyBrowser,
  openTopologyPage,
  overflow,
  recordedState,
  type TopologyPage,
  themes,
  widths,
} from '../../support/topology-page';

const one = recordedState('one');
const three = recordedState('three');

interface Situation {
  readonly state: State | null;
  /** Why there is no host. */
  readonly problem?: string;
  /** What it begins with. */
  readonly shows: string;
  /** What the user does then. */
  readonly act?: (topology: TopologyPage) => Promise<void>;
}

const situations: Record<string, Situation> = {
  waiting: { state: null, shows: 'Waiting for the host…' },
  'no-host': {
    state: null,
    problem: 'The host ended several times. Use "VRAMesh: Restart Host".',
    shows: 'Disconnected',
  },
  one: { state: one, shows: '1 machine ·' },
  empty: { state: { ...one, instances: [] }, shows: 'No model is placed' },
  // With downloads that can be paused and gone on with, and a model that is being loaded.
  placing: { state: three, shows: '3 machines ·', act: lookAtPreview },
  card: { state: three, shows: '3 machines ·', act: pointAtGpu },
  many: { state: manyMachines(), shows: '97 machines and 3 gone ·' },
};

/** A hundred machines are the same as three to axe, only slower. */
const unlike = Object.keys(situations).filter((what) => what !== 'many');

describe('the topology page, looked at', () => {
  let browser: Browser;
  before(async () => {
    browser = await openTopologyBrowser();
  });
  after(() => browser.close());

  for (const theme of themes) {
    for (const [name, width] of Object.entries(widths)) {
      it(`in ${theme}, ${name}: axe-core finds nothing, nothing is cut off, nothing is blocked`, async () => {
        const topology = await openTopologyPage(browser, { theme, width });
        for (const [what, { state, problem, shows, act }] of Object.entries(situations)) {
          // A page that is new paints at once.
          await topology.reload();
          await topology.show(state, problem);
          await topology.page.getByText(shows).first().waitFor();
          await act?.(topology);
          await topology.screenshot(`${theme}-${name}-${what}`);
          assert.equal(await overflow(topology.page), 0, `${what}: something is wider than the page`);
          // Colours do not go by width.
          if (unlike.includes(what) && (width === widths.wide || theme === 'dark'))
            assert.deepEqual(await axeFindings(topology.page), [], what);
        }
        assert.deepEqual(topology.errors, []);
        await topology.close();
      });
    }
  }

  it('says the same in forced colours: no bar loses its parts', async () => {
    const topology = await openTopologyPage(browser);
    await topology.page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
    await topology.show(three);
    await topology.screenshot('forced-colors');
    assert.equal(await topology.page.locator('vscode-progress-ring').first().isVisible(), false);
    const background = await topology.page.evaluate<string>(
      `getComputedStyle(document.querySelector('.part.kv')).backgroundImage`,
    );
    assert.match(background, /gradient/);
    await topology.close();
  });
});

/** Every part of placing at once, and why the last try did not work. */
async function lookAtPreview(topology: TopologyPage): Promise<void> {
  const { page, post } = topology;
  await chooseFirstModel(topology);
  await page.getByText('Other wishes').click();
  await page.getByText('would be added 14.9 GiB').waitFor();
  await post({ type: 'failure', problem: 'NVIDIA RTX A6000 has 3.0 GiB free.' });
  await page.getByRole('alert').waitFor();
}

/** What stands below the card is not looked at by axe: it is in the other situations. */
async function pointAtGpu({ page }: TopologyPage): Promise<void> {
  await page.getByRole('article', { name: /GPU 0 of tower/ }).focus();
  await page.getByRole('tooltip').waitFor();
}
