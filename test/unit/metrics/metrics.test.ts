import assert from 'node:assert/strict';
import type { State } from '#protocol';
import { createMetrics } from '../../../server/src/metrics';
import { parseMetrics } from '../../support/prometheus';
import {
  lostGpu,
  sampleGpu,
  sampleInstance,
  sampleMeasures,
  sampleNode,
  sampleState,
} from '../api/sample-state';

function metricsOf(state: State) {
  return createMetrics({ nodeId: 'node-a', version: '1.2.3', state: () => state });
}

async function scrape(state: State) {
  return parseMetrics(await metricsOf(state).text());
}

/** Value by the labels that are named. */
function values(families: Awaited<ReturnType<typeof scrape>>, name: string, label: string) {
  const family = families.get(name);
  assert.ok(family, name);
  return Object.fromEntries(family.samples.map(({ labels, value }) => [labels[label] ?? '', value]));
}

/** How many were at most so much, of editors or of programs. */
function bucketsOf(families: Awaited<ReturnType<typeof scrape>>, source: string) {
  return (name: string, le: string) =>
    families.get(name)?.samples.find(({ labels }) => labels.le === le && labels.source === source)?.value;
}

describe('metrics', () => {
  it('says of a GPU what DCGM would, in its units and with its labels', async () => {
    const families = await scrape(sampleState([sampleNode([sampleGpu()])]));
    const [used] = families.get('DCGM_FI_DEV_FB_USED')?.samples ?? [];
    assert.deepEqual(used?.labels, {
      gpu: '0',
      UUID: 'GPU-9d3f5a1e-0000-4000-8000-000000000001',
      pci_bus_id: '00000000:01:00.0',
      device: 'nvidia0',
      modelName: 'NVIDIA GeForce RTX 3050',
      Hostname: 'workstation',
    });
    const expected = {
      DCGM_FI_DEV_FB_TOTAL: 8192,
      DCGM_FI_DEV_FB_USED: 3072,
      DCGM_FI_DEV_FB_FREE: 5120,
      DCGM_FI_DEV_GPU_UTIL: 37,
      DCGM_FI_DEV_MEM_COPY_UTIL: 12,
      DCGM_FI_DEV_GPU_TEMP: 62,
      DCGM_FI_DEV_POWER_USAGE: 84.4,
      DCGM_FI_DEV_ENFORCED_POWER_LIMIT: 130,
      DCGM_FI_DEV_SM_CLOCK: 1777,
      DCGM_FI_DEV_MEM_CLOCK: 7001,
      DCGM_FI_DEV_PSTATE: 2,
      vramesh_gpu_up: 1,
    };
    for (const [name, value] of Object.entries(expected))
      assert.deepEqual(values(families, name, 'gpu'), { 0: value }, name);
  });

  it('has no series for what a GPU does not report, and none for one that sleeps', async () => {
    const gpus = [
      sampleGpu({ gpu_usage: null }),
      lostGpu({ index: 1 }),
      { ...lostGpu({ index: 2 }), status: 'asleep' as const },
    ];
    const families = await scrape(sampleState([sampleNode(gpus)]));
    assert.deepEqual(values(families, 'DCGM_FI_DEV_GPU_UTIL', 'gpu'), {});
    assert.deepEqual(values(families, 'DCGM_FI_DEV_GPU_TEMP', 'gpu'), { 0: 62 });
    assert.deepEqual(values(families, 'DCGM_FI_DEV_ECC_SBE_VOL_TOTAL', 'gpu'), {});
    assert.deepEqual(values(families, 'vramesh_gpu_up', 'gpu'), { 0: 1, 1: 0 });
  });

  it('a reading of 0 is a reading', async () => {
    const families = await scrape(sampleState([sampleNode([sampleGpu({ gpu_usage: 0 })])]));
    assert.deepEqual(values(families, 'DCGM_FI_DEV_GPU_UTIL', 'gpu'), { 0: 0 });
  });

  it('without a GPU there is no series of one', async () => {
    const families = await scrape(sampleState([sampleNode([])]));
    const named = [...families].filter(([name]) => /^DCGM_|^vramesh_gpu_/.test(name));
    assert.ok(named.length > 10);
    for (const [name, { samples }] of named) assert.deepEqual(samples, [], name);
  });

  it('speaks for this machine only: another one is a link', async () => {
    const other = {
      ...sampleNode([sampleGpu()]),
      node_id: 'node-b',
      name: 'laptop',
      status: 'online' as const,
    };
    const state: State = {
      ...sampleState([sampleNode([]), other], [sampleInstance({ node_id: 'node-b' })]),
      topology: {
        nodes: [sampleNode([]), other],
        connections: [{ from: 'node-a', to: 'node-b', round_trip_ms: 2, bytes_per_second: null }],
      },
    };
    const families = await scrape(state);
    assert.deepEqual(values(families, 'DCGM_FI_DEV_FB_USED', 'gpu'), {});
    assert.deepEqual(values(families, 'vramesh_instance_state', 'state'), {});
    assert.deepEqual(values(families, 'vramesh_link_round_trip_seconds', 'name'), { laptop: 0.002 });
    assert.deepEqual(values(families, 'vramesh_link_bytes_per_second', 'name'), {});
    assert.deepEqual(values(families, 'vramesh_link_up', 'node'), { 'node-b': 1 });
  });

  it('an instance has the state that it is in, and the speed that is known', async () => {
    const instances = [
      sampleInstance(),
      sampleInstance({ id: 'instance-2', state: 'loading', progress: 0.25, tokens_per_second: null }),
    ];
    const families = await scrape(sampleState([sampleNode([])], instances));
    assert.deepEqual(values(families, 'vramesh_instance_state', 'state'), { ready: 1, loading: 1 });
    assert.deepEqual(values(families, 'vramesh_instance_decode_tokens_per_second', 'id'), {
      'instance-1': 151.2,
    });
    assert.deepEqual(values(families, 'vramesh_instance_layers_on_gpu', 'model'), { 'vramesh-tiny': 9 });
  });

  it('counts completions by source, as the state document does', async () => {
    const completions = sampleMeasures({
      requests: 10,
      answered: { screen: 1, cache: 2, flight: 0, engine: 4 },
      shown: 6,
      accepted: 5,
      tokens: { reused: 100, evaluated: 20, generated: 30, wasted: 7 },
    });
    const families = await scrape({ ...sampleState([sampleNode([])]), completions });
    assert.deepEqual(values(families, 'vramesh_completion_requests_total', 'source'), {
      screen: 1,
      cache: 2,
      flight: 0,
      engine: 4,
      none: 3,
    });
    assert.deepEqual(values(families, 'vramesh_completions_shown_total', ''), { '': 6 });
    assert.deepEqual(values(families, 'vramesh_completions_accepted_total', ''), { '': 5 });
    assert.deepEqual(values(families, 'vramesh_completion_tokens_total', 'kind'), {
      reused: 100,
      evaluated: 20,
      generated: 30,
    });
    assert.deepEqual(values(families, 'vramesh_completion_wasted_tokens_total', ''), { '': 7 });
  });

  it('sorts times into buckets, and leaves out what was not measured', async () => {
    const metrics = metricsOf(sampleState([sampleNode([])]));
    metrics.observer.firstToken(20);
    metrics.observer.firstToken(700);
    const stats = {
      prompt_tokens: 100,
      reused_tokens: 0,
      evaluated_tokens: 100,
      generated_tokens: 10,
      queue_ms: 3,
      first_token_ms: 20,
      total_ms: 100,
      prefill_tokens_per_second: null,
      tokens_per_second: 120,
    };
    metrics.observer.generated(stats);
    metrics.observer.generated({ ...stats, queue_ms: null, tokens_per_second: null });
    const families = parseMetrics(await metrics.text());
    const bucket = bucketsOf(families, 'editor');
    assert.equal(bucket('vramesh_time_to_first_token_seconds', '0.01'), 0);
    assert.equal(bucket('vramesh_time_to_first_token_seconds', '0.025'), 1);
    assert.equal(bucket('vramesh_time_to_first_token_seconds', '1'), 2);
    assert.equal(bucket('vramesh_queue_wait_seconds', '+Inf'), 1);
    assert.equal(bucket('vramesh_decode_tokens_per_second', '100'), 0);
    assert.equal(bucket('vramesh_decode_tokens_per_second', '200'), 1);
  });

  it('what programs asked for is counted apart, by route and by how it ended', async () => {
    const metrics = metricsOf(sampleState([sampleNode([])]));
    metrics.api.answered('/infill', 'ok');
    metrics.api.answered('/infill', 'ok');
    metrics.api.answered('/v1/chat/completions', 'busy');
    const stats = {
      prompt_tokens: 100,
      reused_tokens: 90,
      evaluated_tokens: 10,
      generated_tokens: 7,
      queue_ms: 3,
      first_token_ms: 20,
      total_ms: 100,
      prefill_tokens_per_second: null,
      tokens_per_second: 120,
    };
    metrics.api.generated(stats, 600);
    metrics.api.generated({ ...stats, queue_ms: null, first_token_ms: null, tokens_per_second: null }, 0);
    const families = parseMetrics(await metrics.text());
    const requests = families.get('vramesh_api_requests_total')?.samples ?? [];
    assert.deepEqual(
      requests.map(({ labels, value }) => [labels.route, labels.outcome, value]),
      [
        ['/infill', 'ok', 2],
        ['/v1/chat/completions', 'busy', 1],
      ],
    );
    assert.deepEqual(values(families, 'vramesh_api_tokens_total', 'kind'), {
      reused: 180,
      evaluated: 20,
      generated: 14,
    });
    const bucket = bucketsOf(families, 'api');
    assert.equal(bucket('vramesh_queue_wait_seconds', '0.5'), 0, 'the line before the engine is in it');
    assert.equal(bucket('vramesh_queue_wait_seconds', '1'), 1);
    assert.equal(bucket('vramesh_time_to_first_token_seconds', '0.025'), 1);
    assert.equal(bucket('vramesh_decode_tokens_per_second', '200'), 1);
    assert.equal(bucketsOf(families, 'editor')('vramesh_queue_wait_seconds', '+Inf'), 0);
  });

  it('names from outside can break neither the format nor its size', async () => {
    const name = 'evil"} 1\nfake_metric{a="\\ \r\u0000';
    const gpus = Array.from({ length: 1000 }, (_, index) =>
      sampleGpu({ index, name: `${name}${'x'.repeat(5000)}` }),
    );
    const instance = sampleInstance({ id: name });
    const families = await scrape(sampleState([sampleNode(gpus)], [instance]));
    const samples = families.get('DCGM_FI_DEV_GPU_UTIL')?.samples ?? [];
    assert.equal(samples.length, 256);
    const { modelName } = samples[0]?.labels ?? {};
    assert.equal(modelName?.length, 128);
    assert.equal(families.has('fake_metric'), false);
    assert.deepEqual(Object.keys(values(families, 'vramesh_instance_state', 'id')), [
      'evil"} 1 fake_metric{a="\\   ',
    ]);
  });

  it('two hosts in one process share nothing', async () => {
    const [one, other] = [metricsOf(sampleState([sampleNode([])])), metricsOf(sampleState([sampleNode([])]))];
    one.observer.firstToken(5);
    const families = parseMetrics(await other.text());
    assert.equal(bucketsOf(families, 'editor')('vramesh_time_to_first_token_seconds', '+Inf'), 0);
  });

  it('the event loop is watched from the first question on', async () => {
    const metrics = metricsOf(sampleState([sampleNode([])]));
    const first = parseMetrics(await metrics.text());
    assert.deepEqual(values(first, 'vramesh_event_loop_delay_seconds', 'quantile'), {});
    assert.ok((values(first, 'process_resident_memory_bytes', '')[''] ?? 0) > 10_000_000);
    for (;;) {
      const delays = values(
        parseMetrics(await metrics.text()),
        'vramesh_event_loop_delay_seconds',
        'quantile',
      );
      if (Object.keys(delays).length === 0) {
        await new Promise((wake) => setTimeout(wake, 5));
        continue;
      }
      assert.deepEqual(Object.keys(delays).sort(), ['0.5', '0.99', '1']);
      for (const delay of Object.values(delays)) assert.ok(delay >= 0 && delay < 60, String(delay));
      break;
    }
  });
});
