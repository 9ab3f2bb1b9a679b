/** Models that programs ask for: placed where the user wants that, and not again and again where they cannot be. */
import assert from 'node:assert/strict';
import { mock } from 'node:test';
import pino from 'pino';
import { createPlaceOnRequest } from '../../../server/src/place-on-request';
import { sampleInstance } from '../api/sample-state';

/** @param places each answers one attempt: with a reason why not, or null */
function requests(always: boolean, places: (string | null)[]) {
  const begun: string[] = [];
  const placeOnRequest = createPlaceOnRequest({
    always,
    async place({ modelId }) {
      begun.push(modelId);
      const problem = places.shift();
      if (problem) throw new Error(problem);
      return sampleInstance();
    },
    log: pino({ level: 'silent' }),
  });
  return { begun, placeOnRequest };
}

const settled = () => new Promise((fulfil) => setImmediate(fulfil));

describe('placing on request', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  it('only where the user wants that', () => {
    const { begun, placeOnRequest } = requests(false, [null]);
    assert.equal(placeOnRequest.begin('coder'), false);
    assert.deepEqual(begun, []);
    placeOnRequest.setAllowed(true);
    assert.equal(placeOnRequest.begin('coder'), true);
    assert.deepEqual(begun, ['coder']);
  });

  it('however many ask, it is begun once', () => {
    const { begun, placeOnRequest } = requests(true, [null]);
    assert.equal(placeOnRequest.begin('coder'), true);
    assert.equal(placeOnRequest.begin('coder'), true);
    assert.deepEqual(begun, ['coder']);
  });

  it('what cannot be placed is told with the reason, and tried again after a minute', async () => {
    const { begun, placeOnRequest } = requests(true, ['No machine can hold this model.', null]);
    assert.equal(placeOnRequest.begin('coder'), true);
    await settled();
    for (const _ of [1, 2]) assert.throws(() => placeOnRequest.begin('coder'), /^Error: No machine can hold/);
    assert.deepEqual(begun, ['coder']);
    assert.equal(placeOnRequest.begin('other'), true, 'another model is none the worse');
    mock.timers.tick(61_000);
    assert.equal(placeOnRequest.begin('coder'), true);
    assert.deepEqual(begun, ['coder', 'other', 'coder']);
  });
});
