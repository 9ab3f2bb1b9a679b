import assert from 'node:assert/strict';
import { Leases } from '../../../server/src/instances';

const gib = 2 ** 30;

describe('instances: leases', () => {
  let free: Record<string, number>;
  let leases: Leases;
  beforeEach(() => {
    free = { a: 8 * gib, b: 4 * gib };
    leases = new Leases((id) => free[id] ?? null);
  });
  const claim = (deviceId: string, bytes: number, mappedBytes = 0) => ({
    deviceId,
    deviceName: `GPU ${deviceId}`,
    bytes,
    mappedBytes,
  });

  it('two that fit alone but not together: one wins, the other hears how much is missing where', () => {
    leases.grant('first', [claim('a', 5 * gib)]);
    assert.throws(() => leases.grant('second', [claim('a', 4 * gib)]), {
      message:
        'GPU a has 3.0 GiB free (5.0 GiB more are promised to other models), but 4.0 GiB are needed: 1.0 GiB are missing. ' +
        'Remove a placed model or close a program that uses it, then place again.',
    });
    leases.grant('third', [claim('a', 3 * gib)]);
  });

  it('over several devices: all or nothing', () => {
    assert.throws(
      () => leases.grant('large', [claim('a', 6 * gib), claim('b', 5 * gib)]),
      /GPU b has 4.0 GiB free/,
    );
    assert.equal(leases.promised('a'), 0);
  });

  it('what is promised and not taken yet can be shown, by device', () => {
    const lease = leases.grant('first', [claim('a', 5 * gib), claim('b', 2 * gib, gib)]);
    leases.grant('second', [claim('a', gib)]);
    assert.deepEqual(leases.outstanding(), [
      { device_id: 'a', bytes: 6 * gib },
      { device_id: 'b', bytes: 2 * gib },
    ]);
    lease.settle();
    assert.deepEqual(leases.outstanding(), [
      { device_id: 'a', bytes: gib },
      { device_id: 'b', bytes: gib },
    ]);
  });

  it('a device that has gone is said so', () => {
    assert.throws(() => leases.grant('any', [claim('c', 1)]), /GPU c is not there any more/);
  });

  it('loaded: the device tells of it itself, so it is not counted twice', () => {
    const lease = leases.grant('first', [claim('a', 5 * gib)]);
    free.a = 3 * gib;
    lease.settle();
    assert.equal(leases.promised('a'), 0);
    assert.equal(leases.heldBy('first', 'a'), 5 * gib);
    leases.grant('second', [claim('a', 3 * gib)]);
  });

  it('weights that are mapped from a file stay counted: the system calls their RAM available', () => {
    const lease = leases.grant('first', [claim('a', 5 * gib, 4 * gib)]);
    lease.settle();
    assert.equal(leases.promised('a'), 4 * gib);
    assert.equal(leases.heldBy('first', 'a'), gib);
  });

  it('parked: kept for its owner, whom it does not hinder', () => {
    const lease = leases.grant('owner', [claim('a', 5 * gib)]);
    lease.settle();
    lease.park();
    assert.equal(leases.promised('a'), 5 * gib);
    assert.equal(leases.promised('a', 'owner'), 0);
    lease.release();
    assert.equal(leases.promised('a'), 0);
  });
});
