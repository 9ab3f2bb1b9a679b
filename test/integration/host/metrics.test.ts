import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { cleanUp, freshFolder, type HostUnderTest, startHost } from '../../support/host';
import { changeGpu, nvmlEnvironment, readScenario, writeScenario } from '../../support/nvml';
import { parseMetrics } from '../../support/prometheus';
import { until } from '../../support/until';

async function scrape(host: HostUnderTest) {
  const answer = await fetch(`http://${host.ready.http}/metrics`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  const families = parseMetrics(await answer.text());
  return {
    families,
    /** Of the first series. */
    value: (name: string) => families.get(name)?.samples[0]?.value,
    sum: (name: string) => families.get(name)?.samples.reduce((total, { value }) => total + value, 0),
  };
}

describe('host: GET /metrics', () => {
  let host: HostUnderTest;
  let scenario: string;
  before(async () => {
    scenario = path.join(freshFolder(), 'scenario.txt');
    writeScenario(scenario, readScenario('rtx3050'));
    host = await startHost({ env: nvmlEnvironment(scenario) });
  });
  after(cleanUp);

  it('the GPU is as the driver says, and follows it', async () => {
    const { families, value } = await scrape(host);
    assert.equal(value('DCGM_FI_DEV_FB_TOTAL'), 8192);
    assert.equal(value('DCGM_FI_DEV_FB_USED'), 1024);
    assert.equal(value('DCGM_FI_DEV_GPU_UTIL'), 37);
    assert.equal(value('DCGM_FI_DEV_POWER_USAGE'), 21.43);
    assert.equal(value('DCGM_FI_DEV_SM_CLOCK'), 1552);
    const [temperature] = families.get('DCGM_FI_DEV_GPU_TEMP')?.samples ?? [];
    assert.equal(temperature?.value, 47);
    const { UUID, modelName } = temperature.labels;
    assert.equal(UUID, 'GPU-8f3c1a52-0b7e-4c55-9d0e-3050b0a80001');
    assert.equal(modelName, 'NVIDIA GeForce RTX 3050');
    assert.deepEqual(families.get('DCGM_FI_DEV_ECC_DBE_VOL_TOTAL')?.samples, [], 'a GeForce has no ECC');

    writeScenario(
      scenario,
      changeGpu(readScenario('rtx3050'), 0, 'Temperature 81', 'UtilizationRates 99 50'),
    );
    await until('the new temperature', async () => (await scrape(host)).value('DCGM_FI_DEV_GPU_TEMP') === 81);
    assert.equal((await scrape(host)).value('DCGM_FI_DEV_GPU_UTIL'), 99);
  });

  it('a completion is counted, and its times are in the histograms', async () => {
    const lsp = await host.lsp();
    await lsp.stateIs('a ready model', ({ instances: [only] }) => only?.state === 'ready');
    await lsp.open('file:///loop.ts', 'for (let i = 0; i < arr.\n  sum += arr[i];\n}\n');
    const [item] = await lsp.complete('file:///loop.ts', 0, 24);
    assert.ok(item);
    const { families } = await until('the cost of it', async () => {
      const scraped = await scrape(host);
      return (scraped.sum('vramesh_completion_tokens_total') ?? 0) > 0 && scraped;
    });
    const engine = families
      .get('vramesh_completion_requests_total')
      ?.samples.find(({ labels: { source } }) => source === 'engine');
    assert.equal(engine?.value, 1);
    for (const name of [
      'vramesh_time_to_first_token_seconds',
      'vramesh_queue_wait_seconds',
      'vramesh_decode_tokens_per_second',
    ]) {
      assert.ok(countOf(families, name, 'editor') > 0, name);
      assert.equal(countOf(families, name, 'api'), 0, name);
    }
    const [state] = families.get('vramesh_instance_state')?.samples ?? [];
    assert.deepEqual(state?.labels, { id: 'vramesh-tiny-1', model: 'vramesh-tiny', state: 'ready' });
  });

  it('what programs ask for is counted by route and by how it ended', async () => {
    const post = (route: string, body: object) =>
      fetch(`http://${host.ready.http}${route}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }).then((response) => response.text());
    const place = { input_prefix: 'for (let i = 0; i < arr.', input_suffix: '\n}\n' };
    await post('/infill', place);
    await post('/infill', { ...place, model: 'nobody-has-it' });
    await post('/v1/completions', { prompt: 'import ', max_tokens: 4, stream: true });
    await post('/v1/chat/completions', { messages: [{ role: 'user', content: 'x' }], stream: true });

    const endless = { prompt: 'import ', max_tokens: 900, stream: true };
    let left = 0;
    const leave = async () => {
      left += 1;
      const over = new AbortController();
      const asked = await fetch(`http://${host.ready.http}/v1/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(endless),
        signal: over.signal,
      });
      await asked.body?.getReader().read();
      over.abort();
    };

    const counted = async () => {
      const scraped = await scrape(host);
      const samples = scraped.families.get('vramesh_api_requests_total')?.samples ?? [];
      const all = samples.reduce((sum, { value }) => sum + value, 0);
      return (
        all === 4 + left && { ...scraped, isGone: samples.some(({ labels }) => labels.outcome === 'gone') }
      );
    };
    const { families, sum } = await until('one who left', async () => {
      // On a busy machine all is written before it is known that nobody reads it.
      await leave();
      const now = await until('all are counted', counted);
      return now.isGone && now;
    });
    const requests = families.get('vramesh_api_requests_total')?.samples ?? [];
    assert.deepEqual(requests.map(({ labels: { route, outcome } }) => `${route} ${outcome}`).sort(), [
      '/infill ok',
      '/infill refused',
      '/v1/chat/completions refused',
      '/v1/completions gone',
      '/v1/completions ok',
    ]);
    const count = (route: string) =>
      requests.filter(({ labels }) => labels.route === route).reduce((all, { value }) => all + value, 0);
    assert.deepEqual(['/infill', '/v1/chat/completions', '/v1/completions'].map(count), [2, 1, 1 + left]);
    assert.ok((sum('vramesh_api_tokens_total') ?? 0) > 0);
    for (const name of [
      'vramesh_time_to_first_token_seconds',
      'vramesh_queue_wait_seconds',
      'vramesh_decode_tokens_per_second',
    ])
      assert.ok(countOf(families, name, 'api') >= 2, name);
  });

  it('every metric that the dashboard of docs/grafana asks for is there', async () => {
    const { families } = await scrape(host);
    const asked = expressions().flatMap((text) => text.match(/\b(?:DCGM|vramesh|process|nodejs)_\w+/g) ?? []);
    assert.ok(new Set(asked).size > 20);
    for (const name of asked) assert.ok(families.has(name.replace(/_(?:bucket|count|sum)$/, '')), name);
  });
});

describe('host: GET /metrics without a GPU', () => {
  after(cleanUp);

  it('has no series of a GPU, and the rest', async () => {
    const { families, value } = await scrape(await startHost());
    for (const [name, { samples }] of families)
      if (/^DCGM_|^vramesh_gpu_/.test(name)) assert.deepEqual(samples, [], name);
    assert.equal(value('vramesh_build_info'), 1);
    assert.ok((value('process_resident_memory_bytes') ?? 0) > 0);
  });
});

/** How many were measured, of editors or of programs. */
function countOf(families: Awaited<ReturnType<typeof scrape>>['families'], name: string, source: string) {
  const samples = families.get(name)?.samples ?? [];
  return (
    samples.find((sample) => sample.name === `${name}_count` && sample.labels.source === source)?.value ??
    Number.NaN
  );
}

/** What the panels and variables of the dashboard query. */
function expressions(): string[] {
  const target = z.object({ expr: z.string().min(1) });
  const dashboard = z.object({
    panels: z.array(z.object({ type: z.string(), title: z.string(), targets: z.array(target).default([]) })),
    templating: z.object({ list: z.array(z.looseObject({ definition: z.string().optional() })) }),
  });
  const { panels, templating } = dashboard.parse(
    JSON.parse(readFileSync('docs/grafana/vramesh.json', 'utf8')),
  );
  for (const { type, title, targets } of panels) if (type !== 'row') assert.ok(targets.length > 0, title);
  return [
    ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ...templating.list.flatMap(({ definition }) => definition ?? []),
  ];
}
