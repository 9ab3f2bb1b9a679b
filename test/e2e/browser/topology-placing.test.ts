/** Placing from the picture, by keyboard as well as by mouse; and what the page shows while it happens. */
import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { Instance, State } from '#protocol';
import { offeredModels, offeredPreviews } from '../../support/topology-offers';
import {
  openTopologyBrowser,
  openTopologyPage,
  recordedState,
  type TopologyPage,
} from '../../support/topology-page';
import { until } from '../../support/until';

describe('placing from the picture', () => {
  const three = recordedState('three');
  let browser: Browser;
  let topology: TopologyPage;

  before(async () => {
    browser = await openTopologyBrowser();
  });
  after(() => browser.close());
  beforeEach(async () => {
    topology = await openTopologyPage(browser);
    await topology.show(three);
  });
  afterEach(async () => {
    assert.deepEqual(topology.errors, []);
    await topology.close();
  });

  /** The bar of this GPU, as it is spoken. */
  const vram = (gpu: number, machine: string) =>
    topology.page.getByRole('meter', { name: `VRAM of GPU ${gpu} of ${machine}` });
  const says = (gpu: number, machine: string, text: RegExp) =>
    until(`the bar says ${text}`, async () =>
      text.test((await vram(gpu, machine).getAttribute('aria-valuetext')) ?? ''),
    );
  const focused = () => topology.page.evaluate<string>('document.activeElement.textContent.trim()');
  const last = async () => (await topology.sent()).at(-1);

  async function chooseModel(): Promise<void> {
    await topology.page.getByRole('button', { name: 'Place a Model…' }).click();
    await topology.post(offeredModels);
    await topology.page.getByRole('combobox').selectOption({ label: 'codestral-22b-q4_k_m — 12.4 GiB' });
    assert.deepEqual(await last(), { type: 'previews', model_id: offeredPreviews.model_id });
    await topology.post(offeredPreviews);
    await topology.page.getByRole('radio').first().waitFor();
  }

  it('draws what each preview would add on the bars of its devices', async () => {
    await chooseModel();
    await says(0, 'workstation', /would be added 14\.9 GiB/);
    await topology.page.getByRole('radio', { name: /GPU 0 of workstation \+ GPU 0 of tower/ }).check();
    await says(0, 'workstation', /would be added 6\.2 GiB/);
    await says(0, 'tower', /would be added 9\.4 GiB/);
    assert.ok(await topology.page.getByRole('radio', { name: /2\.8 GiB are missing/ }).isDisabled());
    await topology.page.getByRole('button', { name: 'Cancel' }).click();
    await says(0, 'tower', /^(?!.*would be added)/);
  });

  it('places what is looked at', async () => {
    await chooseModel();
    await topology.page.getByRole('button', { name: 'Place', exact: true }).click();
    await until('it was asked for', async () => (await last())?.type === 'place');
    assert.deepEqual(await last(), { type: 'place', model_id: offeredPreviews.model_id, preview_id: 'far' });
    await topology.page.getByRole('radio').first().waitFor({ state: 'hidden' });
  });

  it('does all of it by keyboard', async () => {
    const { page } = topology;
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'Place a Model…');
    await page.keyboard.press('Enter');
    await topology.post(offeredModels);
    await page.getByRole('option', { name: /codestral/ }).waitFor({ state: 'attached' });
    await page.keyboard.press('ArrowDown');
    await topology.post(offeredPreviews);
    await page.getByRole('radio').first().waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await says(0, 'tower', /would be added 9\.4 GiB/);
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'Place');
    await page.keyboard.press('Enter');
    await until('it was asked for', async () => (await last())?.type === 'place');
    assert.deepEqual(await last(), {
      type: 'place',
      model_id: offeredPreviews.model_id,
      preview_id: 'split',
    });
  });

  it('Escape goes back, and the focus with it', async () => {
    await chooseModel();
    await topology.page.keyboard.press('Escape');
    await until('the focus is back', async () => (await focused()) === 'Place a Model…');
    await topology.page.getByRole('radio').first().waitFor({ state: 'hidden' });
  });

  it('says why it did not work, until that is dismissed', async () => {
    await topology.post({ type: 'failure', problem: 'NVIDIA RTX A6000 has 3.0 GiB free.' });
    const alert = topology.page.getByRole('alert');
    await alert.getByText('NVIDIA RTX A6000 has 3.0 GiB free.').waitFor();
    await alert.getByRole('button', { name: 'Dismiss' }).click();
    await alert.waitFor({ state: 'hidden' });
  });

  it('shows layer by layer how far loading is, and says aloud only when that ends', async () => {
    const { page } = topology;
    const loading = page.getByRole('article', { name: 'qwen3-coder-30b-a3b-q4_k_m' });
    await loading.getByText('Loading layer 22 of 49').waitFor();
    const status = page.getByRole('status');
    await topology.show(changed(three, { progress: 0.9 }));
    await loading.getByText('Loading layer 45 of 49').waitFor();
    assert.equal(await status.textContent(), '');
    await topology.show(changed(three, { state: 'ready', progress: 1 }));
    await until(
      'it is said',
      async () => (await status.textContent()) === 'qwen3-coder-30b-a3b-q4_k_m: ready',
    );
  });

  it('removes a model', async () => {
    await topology.page.getByRole('button', { name: 'Remove qwen2.5-coder-7b-q8_0' }).click();
    assert.deepEqual(await last(), { type: 'unplace', instance_id: 'qwen2.5-coder-7b-1' });
  });
});

/** The second model, which is loading, with changes. */
function changed(state: State, changes: Partial<Instance>): State {
  return {
    ...state,
    instances: state.instances.map((instance, index) =>
      index === 1 ? { ...instance, ...changes } : instance,
    ),
  };
}
