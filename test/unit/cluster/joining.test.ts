import assert from 'node:assert/strict';
import type { Invitation } from '#protocol';
import { createOpenInvitations, readInvitation, writeInvitation } from '../../../server/src/cluster/joining';
import { proofOf } from '../../../server/src/cluster/joining/invitation';

const inviter = 'a'.repeat(64);
const joiner = 'b'.repeat(64);
const minute = 60_000;

function open() {
  let now = 0;
  const invitations = createOpenInvitations(inviter, () => now);
  return { invitations, pass: (ms: number) => (now += ms) };
}

describe('cluster: open invitations', () => {
  it('are good for ten minutes', () => {
    for (const [ms, outcome] of [
      [10 * minute - 1, 'yes'],
      [10 * minute, 'no'],
    ] as const) {
      const { invitations, pass } = open();
      const proof = proofOf(invitations.make().secret, joiner, inviter);
      pass(ms);
      assert.equal(invitations.redeem(proof, joiner), outcome);
      assert.equal(invitations.open, false);
    }
  });

  it('are good for one use, for one machine', () => {
    const { invitations } = open();
    const [first, second] = [invitations.make().secret, invitations.make().secret];
    const proof = proofOf(first, joiner, inviter);
    assert.equal(invitations.redeem(proof, 'c'.repeat(64)), 'no');
    assert.equal(invitations.redeem(proof, joiner), 'yes');
    assert.equal(invitations.redeem(proof, joiner), 'no');
    assert.equal(invitations.redeem(proofOf(second, joiner, inviter), joiner), 'yes');
  });

  it('a proof for another inviter is none', () => {
    const { invitations } = open();
    const { secret } = invitations.make();
    assert.equal(invitations.redeem(proofOf(secret, joiner, 'd'.repeat(64)), joiner), 'no');
  });

  it('wrong tries are held back longer each time, and the twentieth makes all void', () => {
    const { invitations } = open();
    const { secret } = invitations.make();
    const delays = Array.from({ length: 19 }, () => {
      assert.equal(invitations.redeem('0'.repeat(64), joiner), 'no');
      return invitations.delayMs();
    });
    assert.deepEqual(delays.slice(0, 4), [100, 200, 400, 800]);
    assert.equal(delays.at(-1), 5000);
    assert.equal(invitations.redeem('0'.repeat(64), joiner), 'closed');
    assert.equal(invitations.open, false);
    assert.notEqual(invitations.redeem(proofOf(secret, joiner, inviter), joiner), 'yes');
  });

  it('only so many are open at once: the oldest is void then', () => {
    const { invitations } = open();
    const oldest = invitations.make().secret;
    for (let more = 0; more < 16; more++) invitations.make();
    assert.equal(invitations.redeem(proofOf(oldest, joiner, inviter), joiner), 'no');
  });
});

describe('cluster: the line of an invitation', () => {
  const invitation: Invitation = {
    addresses: ['192.168.1.5:52414', '[2001:db8::5]:52414'],
    node_id: inviter,
    secret: '0f'.repeat(16),
  };
  const line = writeInvitation(invitation);

  it('is one word', () => assert.match(line, /^vramesh:[\w-]+$/));

  for (const [what, text] of [
    ['as it is', line],
    ['with white space and a line break', `  ${line.slice(0, 40)}\n${line.slice(40)} `],
    ['in quotes', `"${line}"`],
    ['with the command before it', `vramesh join ${line}`],
  ] as const)
    it(`is read ${what}`, () => assert.deepEqual(readInvitation(text), invitation));

  for (const [what, text, words] of [
    ['nothing', '', /no invitation/],
    ['another text', 'https://example.org', /no invitation/],
    ['cut short', line.slice(0, -9), /damaged/],
    [
      'an address that is none',
      writeInvitation({ ...invitation, addresses: ['file:///etc/passwd'] }),
      /damaged/,
    ],
    [
      'a thousand addresses',
      writeInvitation({ ...invitation, addresses: Array(1000).fill('a:1') }),
      /damaged/,
    ],
  ] as const)
    it(`refuses ${what}`, () => assert.throws(() => readInvitation(text), words));
});
