/** Placing from the picture, by keyboard as well as by mouse; and what the page shows while it happens. */
import assert from 'node:assert/strict';
import type { Instance, State } from '#protocol';
import { chooseFirstModel, offeredModels, offeredPreviews } from '../../support/topology-offers';
import { eachWithTopologyPage, recordedState, type TopologyPage } from '../../support/topology-page';
import { until } from '../../support/until';

describe('placing from the picture', () => {
  const three = recordedState('three');
  const { model_id } = offeredPreviews;
  let topology: TopologyPage;
  eachWithTopologyPage(async (opened) => {
    topology = opened;
    await topology.show(three);
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

  it('draws what each preview would add on the bars of its devices', async () => {
    await chooseFirstModel(topology);
    await says(0, 'workstation', /would be added 14\.9 GiB/);
    await topology.page.getByRole('radio', { name: /GPU 0 of workstation \+ GPU 0 of tower/ }).check();
    await says(0, 'workstation', /would be added 6\.2 GiB/);
    await says(0, 'tower', /would be added 9\.4 GiB/);
    assert.ok(await topology.page.getByRole('radio', { name: /2\.8 GiB are missing/ }).isDisabled());
    await topology.page.getByRole('button', { name: 'Cancel' }).click();
    await says(0, 'tower', /^(?!.*would be added)/);
  });

  it('places what is looked at', async () => {
    await chooseFirstModel(topology);
    await topology.page.getByRole('button', { name: 'Place', exact: true }).click();
    await until('it was asked for', async () => (await last())?.type === 'place');
    assert.deepEqual(await last(), { type: 'place', model_id, preview_id: 'far', wishes: {} });
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
    assert.deepEqual(await last(), { type: 'previews', model_id, wishes: {} });
    await topology.post(offeredPreviews);
    await page.getByRole('radio').first().waitFor();
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'Other wishes as usual');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await says(0, 'tower', /would be added 9\.4 GiB/);
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'Place');
    await page.keyboard.press('Enter');
    await until('it was asked for', async () => (await last())?.type === 'place');
    assert.deepEqual(await last(), { type: 'place', model_id, preview_id: 'split', wishes: {} });
  });

  it('places with wishes, by mouse', async () => {
    const { page } = topology;
    await chooseFirstModel(topology);
    await page.getByRole('radio', { name: /^CPU/ }).check();
    await page.getByText('Other wishes').click();
    await page
      .getByRole('combobox', { name: 'KV cache', exact: true })
      .selectOption({ label: 'q8_0, half the VRAM' });
    await page.getByRole('combobox', { name: 'Machine', exact: true }).selectOption({ label: 'tower' });
    const tower = three.topology.nodes[0]?.node_id ?? '';
    const wishes = { kv_cache_type: 'q8_0' as const, nodes: [tower] };
    await until('it was asked for', async () => JSON.stringify(await last()).includes(tower));
    assert.deepEqual(await last(), { type: 'previews', model_id, wishes });
    // Previews of before, which come late, change nothing.
    await topology.post(offeredPreviews);
    await page.getByText('Working out what it would come to…').waitFor();
    await topology.post({ ...offeredPreviews, wishes });
    await page.getByRole('radio', { name: /^CPU/, checked: true }).waitFor();
    await topology.screenshot('wishes');
    await page.getByRole('button', { name: 'Place', exact: true }).click();
    await until('it was asked for', async () => (await last())?.type === 'place');
    assert.deepEqual(await last(), { type: 'place', model_id, preview_id: 'cpu', wishes });
  });

  it('has wishes by keyboard, and takes them back', async () => {
    const { page } = topology;
    await chooseFirstModel(topology);
    await page.getByRole('combobox', { name: 'Model', exact: true }).focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.getByText('Other wishes Context: 512 tokens').waitFor();
    assert.deepEqual(await last(), { type: 'previews', model_id, wishes: { context_size: 512 } });
    await page.keyboard.press('ArrowUp');
    await page.getByText('Other wishes as usual').waitFor();
    assert.deepEqual(await last(), { type: 'previews', model_id, wishes: {} });
  });

  it('Escape goes back, and the focus with it', async () => {
    await chooseFirstModel(topology);
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

  it('pauses a download, goes on with it, and discards it, by mouse and by keyboard', async () => {
    const { page } = topology;
    const [download] = three.downloads;
    const [tower] = three.topology.nodes;
    assert.ok(download && tower);
    const own = { ...download, node_id: tower.node_id };
    const { name } = own;
    await topology.show({ ...three, downloads: [own] });
    await page.getByRole('button', { name: `Pause ${name}` }).click();
    assert.deepEqual(await last(), { type: 'pauseDownload', download_id: own.id });
    await topology.show({ ...three, downloads: [{ ...own, state: 'paused' }] });
    await page.getByRole('button', { name: `Resume ${name}` }).waitFor();
    assert.equal(await focused(), 'Resume');
    await page.keyboard.press('Enter');
    assert.deepEqual(await last(), { type: 'resumeDownload', download_id: own.id });
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'Discard…');
    await page.keyboard.press('Enter');
    assert.deepEqual(await last(), { type: 'discardDownload', download_id: own.id });
  });

  it('leaves the downloads of another machine to that machine', async () => {
    const { page } = topology;
    const elsewhere = three.downloads.filter(({ node_id }) => node_id !== three.topology.nodes[0]?.node_id);
    await topology.show({ ...three, downloads: elsewhere });
    await page.getByText('starcoder2').waitFor({ state: 'hidden' });
    await page.getByText('Codestral-22B-v0.1-Q4_K_M.gguf on workstation').waitFor();
    assert.equal(await page.getByRole('button', { name: /^(Pause|Resume|Discard)/ }).count(), 0);
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
