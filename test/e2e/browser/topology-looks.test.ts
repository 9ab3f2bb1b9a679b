/** How the topology page looks: each theme, wide and narrow, with one machine, three, a hundred, and no host. Screenshots are kept. */
import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { State } from '#protocol';
import { axeFindings } from '../../support/axe';
import { offeredModels, offeredPreviews } from '../../support/topology-offers';
import {
  manyMachines,
  openTopologyBrowser,
  openTopologyPage,
  recordedState,
  type TopologyPage,
  themes,
  widths,
} from '../../support/topology-page';

const states: Record<string, State | null> = {
  'no-host': null,
  one: recordedState('one'),
  three: recordedState('three'),
  many: manyMachines(),
};

/** What each of them begins with. */
const shown: Record<string, string> = {
  'no-host': 'Disconnected',
  one: '1 machine ·',
  three: '3 machines ·',
  many: '97 machines and 3 gone ·',
};

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
        for (const [what, state] of Object.entries(states)) {
          // A page that is new paints at once.
          await topology.reload();
          await topology.show(
            state,
            state ? null : 'The host ended several times. Use "VRAMesh: Restart Host".',
          );
          await topology.page
            .getByText(shown[what] ?? '')
            .first()
            .waitFor();
          if (what === 'three') await lookAtPreview(topology);
          await topology.screenshot(`${theme}-${name}-${what}`);
          assert.equal(await overflow(topology), 0, `${what}: something is wider than the page`);
          // A hundred machines are the same as three to axe, only slower; and colours do not go by width.
          if (what !== 'many' && (width === widths.wide || theme === 'dark'))
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
    await topology.show(states.three ?? null);
    await topology.screenshot('forced-colors');
    assert.equal(await topology.page.locator('vscode-progress-ring').first().isVisible(), false);
    const background = await topology.page.evaluate<string>(
      `getComputedStyle(document.querySelector('.part.kv')).backgroundImage`,
    );
    assert.match(background, /gradient/);
    await topology.close();
  });
});

async function lookAtPreview({ page, post }: TopologyPage): Promise<void> {
  await page.getByRole('button', { name: 'Place a Model…' }).click();
  await post(offeredModels);
  await page.getByRole('combobox').selectOption({ index: 1 });
  await post(offeredPreviews);
  await page.getByText('would be added 14.9 GiB').waitFor();
}

function overflow({ page }: TopologyPage): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
