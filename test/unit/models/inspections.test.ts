import assert from 'node:assert/strict';
import { mock } from 'node:test';
import pino from 'pino';
import { createInspections } from '../../../server/src/models/inspections';

const model = { id: 'x', name: 'x', path: '/nowhere/x.gguf', size_bytes: 1, embedded: false };
const wish = { contextSize: 512, sequences: 1, kvCacheType: 'f16', backendKey: 'cpu', onGpu: false } as const;

describe('models: inspections that failed', () => {
  beforeEach(() => mock.timers.enable({ apis: ['Date', 'setTimeout'], now: 1_000_000 }));
  afterEach(() => mock.timers.reset());

  const cases: [what: string, error: Error, askedAfterAnHour: number][] = [
    ['for good: not asked again', new Error('unknown architecture'), 1],
    ['by a time limit: asked again later', Object.assign(new Error('took too long'), { transient: true }), 2],
  ];
  for (const [what, error, askedAfterAnHour] of cases) {
    it(what, async () => {
      let asked = 0;
      const inspect = async () => {
        asked += 1;
        throw error;
      };
      const log = pino({ enabled: false });
      const inspections = createInspections({ file: '/nowhere/inspections.json', inspect, log });
      for (const _again of [1, 2])
        await assert.rejects(inspections.get(model, wish), { message: error.message });
      assert.equal(asked, 1);
      mock.timers.tick(3_600_000);
      await assert.rejects(inspections.get(model, wish), { message: error.message });
      assert.equal(asked, askedAfterAnHour);
    });
  }
});
