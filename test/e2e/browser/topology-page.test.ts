/** What the topology page does with what it is given: also with what nobody should give it. */
import assert from 'node:assert/strict';
import type { State } from '#protocol';
import {
  eachWithTopologyPage,
  hide,
  manyMachines,
  overflow,
  recordedState,
  type TopologyPage,
} from '../../support/topology-page';
import { until } from '../../support/until';

describe('the topology page', () => {
  const three = recordedState('three');
  let topology: TopologyPage;
  eachWithTopologyPage((opened) => {
    topology = opened;
  });

  it('waits, then shows; says why there is no host, and shows again when it is back', async () => {
    const { page } = topology;
    await page.getByText('Waiting for the host…').waitFor();
    await topology.show(three);
    await page.getByText('3 machines · 4 GPUs').waitFor();
    await topology.show(null, 'The host ended.');
    await page.getByText('The host ended.').waitFor();
    await page.getByRole('button', { name: 'Restart Host' }).click();
    assert.deepEqual((await topology.sent()).at(-1), { type: 'restartHost' });
    await topology.show(three);
    await page.getByText('3 machines · 4 GPUs').waitFor();
  });

  it('of one machine says how to get more', async () => {
    await topology.show(recordedState('one'));
    await topology.page.getByText('No other machines yet: invite one').waitFor();
    await topology.page.getByRole('button', { name: 'Invite Machine…' }).click();
    assert.deepEqual((await topology.sent()).at(-1), { type: 'invite' });
  });

  it('tells everything of a GPU to who points at it or comes by keyboard; Escape hides it', async () => {
    const { page } = topology;
    await topology.show(three);
    const gpu = page.getByRole('article', { name: /GPU 0 of tower/ });
    const tooltip = page.getByRole('tooltip');
    await gpu.focus();
    await tooltip.waitFor();
    for (const said of [
      'Compute capability',
      '7000 of 7001 MHz',
      'Switches off at',
      'model qwen2.5-coder-7b-q8_0',
      'Xorg (1201)',
    ])
      assert.ok((await tooltip.textContent())?.includes(said), said);
    assert.equal(await gpu.getAttribute('aria-describedby'), await tooltip.getAttribute('id'));
    await page.keyboard.press('Escape');
    await tooltip.waitFor({ state: 'hidden' });
    await gpu.hover();
    await tooltip.waitFor();
  });

  it('opens and closes machines by keyboard, and remembers it and the history over a reload', async () => {
    const { page } = topology;
    await topology.show(three);
    const attic = page.getByRole('button', { name: 'workstation' });
    await attic.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('article', { name: /GPU 0 of workstation/ }).waitFor({ state: 'hidden' });
    assert.equal(await page.getByRole('meter', { name: /GPU 0 of workstation/ }).count(), 1);
    const line = page
      .getByRole('article', { name: /GPU 0 of tower/ })
      .getByRole('img', { name: /five minutes/ });
    assert.match((await line.getAttribute('aria-label')) ?? '', /71 % on average/);
    await topology.reload();
    await topology.show(three);
    await page.getByRole('button', { name: 'workstation', expanded: false }).waitFor();
    assert.match((await line.getAttribute('aria-label')) ?? '', /71 % on average/);
  });

  it('touches only what changed', async () => {
    const { page } = topology;
    // With the time the history of a GPU changes.
    await page.clock.setFixedTime(1_800_000_000_000);
    await topology.show(manyMachines());
    await page.getByText('97 machines and 3 gone').waitFor();
    await page.evaluate(`{
      window.touched = new Set();
      new MutationObserver((records) => {
        for (const { target } of records) {
          const machine = (target.parentElement ?? target).closest('.machine');
          window.touched.add(machine ? machine.getAttribute('aria-label') : 'elsewhere');
        }
      }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    }`);
    const next = manyMachines();
    const gpu = next.topology.nodes[7]?.node_profile.gpus[2];
    assert.ok(gpu?.vram_free);
    gpu.vram_used = (gpu.vram_used ?? 0) + gpu.vram_free;
    gpu.vram_free = 0;
    await topology.show(next);
    await until('it is painted', async () => (await page.evaluate<number>('window.touched.size')) > 0);
    const touched = await page.evaluate<string[]>('[...window.touched]');
    assert.deepEqual(
      touched.filter((name) => name !== 'elsewhere'),
      ['rack-007'],
    );
  });

  it('paints nothing while it is hidden, and the newest when it is back', async () => {
    const { page } = topology;
    await topology.show(three);
    await page.getByText('3 machines').waitFor();
    await hide(page, true);
    await page.evaluate(`{
      window.paints = 0;
      const frame = window.requestAnimationFrame.bind(window);
      window.requestAnimationFrame = (paint) => { window.paints += 1; return frame(paint); };
    }`);
    for (let round = 0; round < 5; round += 1)
      await topology.post({ type: 'view', state: manyMachines(20, round), problem: null });
    assert.equal(await page.evaluate('window.paints'), 0);
    assert.ok(await page.getByText('3 machines').isVisible());
    await hide(page, false);
    await page.getByText('20 machines').waitFor();
  });

  describe('is given hostile names', () => {
    const names: [string, string][] = [
      ['markup', '<img src=x onerror="window.broken = true">'],
      ['10,000 characters', 'W'.repeat(10_000)],
      ['right to left', '\u202eמחשב\u202e של דני'],
      ['nothing', ''],
      ['lines and controls', 'a\n\u0000\u001b[31mb'],
    ];
    for (const [what, name] of names) {
      it(`${what}: shown as text, and the page stays as wide as it is`, async () => {
        const { page } = topology;
        await topology.show(named(three, name));
        await page.getByText('3 machines').waitFor();
        assert.equal(await page.evaluate('window.broken'), undefined);
        assert.equal(await page.locator('main img').count(), 0);
        assert.ok((await page.evaluate<number>('document.body.textContent.length')) < 100_000);
        assert.equal(await overflow(page), 0);
        await topology.screenshot(`hostile-${what.replace(/\W+/g, '-')}`);
      });
    }
  });

  it('goes on after messages that are none', async () => {
    await topology.show(three);
    const good = { type: 'view', state: three, problem: null };
    for (const message of fuzzed(good)) await topology.postAnything(message);
    await topology.post({ type: 'failure', problem: 'the last one' });
    await topology.page.getByText('the last one').waitFor();
    await topology.show({ ...three, instances: [] });
    await topology.page.getByText('No model is placed').waitFor();
    assert.equal(await topology.page.locator('.machine').count(), 3);
  });
});

/** Every name of the state document that comes from outside. */
function named(state: State, name: string): State {
  return {
    ...state,
    topology: {
      ...state.topology,
      nodes: state.topology.nodes.map((node) => ({
        ...node,
        name,
        addresses: [name],
        version: name,
        node_profile: {
          ...node.node_profile,
          gpu_problem: name,
          driver_version: name,
          gpus: node.node_profile.gpus.map((gpu) => ({
            ...gpu,
            name,
            throttle_reasons: [name],
            processes: [{ pid: 1, name, vram_used: null, kind: 'compute' as const }],
          })),
        },
      })),
    },
    instances: state.instances.map((instance) => ({
      ...instance,
      error: name,
      model: { ...instance.model, name },
    })),
    downloads: state.downloads.map((download) => ({ ...download, name, error: name })),
  };
}

/** A good message with each of its parts replaced in turn, two levels deep and then some; and things that are no messages. */
function fuzzed(good: object): unknown[] {
  const junk = [null, 7, 'x', [], {}, [null], { length: 3 }, true];
  const replaced = (value: unknown, depth: number): unknown[] => {
    if (depth === 0 || typeof value !== 'object' || value === null) return junk;
    const entries = Object.entries(value).slice(0, 12);
    return entries.flatMap(([key, part], index) =>
      replaced(part, depth - 1)
        // All of them at the first levels, one of each further down.
        .filter((_, position) => depth > 2 || position % junk.length === index % junk.length)
        .map((other) => (Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other })),
    );
  };
  return [...junk, { type: '__proto__' }, { type: 'view' }, ...replaced(good, 5)];
}
