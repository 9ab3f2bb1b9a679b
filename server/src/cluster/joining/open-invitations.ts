/** The invitations of this node that may still be redeemed: each once, within ten minutes. The clock is handed in. */
import { randomBytes } from 'node:crypto';
import { isSame, proofOf } from './invitation';

const lifetimeMs = 10 * 60_000;
const mostOpen = 16;
/** Guessing 128 bits is hopeless; whoever tries so often is up to something. */
const mostWrongTries = 20;
const firstDelayMs = 100;
const longestDelayMs = 5000;

export type Redeemed = 'yes' | 'no' | 'closed';

export interface OpenInvitations {
  readonly open: boolean;
  make(): { readonly secret: string; readonly lifetimeMs: number };
  /** Uses up the invitation that the proof is of. `closed`: too many wrong tries, all are void now. */
  redeem(proof: string, joinerId: string): Redeemed;
  /** ms that an answer to a wrong try is held back: more after each. */
  delayMs(): number;
}

/** @param now ms of a clock that never goes back */
export function createOpenInvitations(inviterId: string, now: () => number): OpenInvitations {
  let open: { readonly secret: string; readonly until: number }[] = [];
  let wrongTries = 0;
  const current = () => {
    open = open.filter(({ until }) => until > now());
    return open;
  };

  return {
    get open() {
      return current().length > 0;
    },
    make() {
      const secret = randomBytes(16).toString('hex');
      open = [...current(), { secret, until: now() + lifetimeMs }].slice(-mostOpen);
      wrongTries = 0;
      return { secret, lifetimeMs };
    },
    redeem(proof, joinerId) {
      // All are compared, so that the time does not tell which was close.
      const matching = current().filter(({ secret }) => isSame(proofOf(secret, joinerId, inviterId), proof));
      const [used] = matching;
      if (used !== undefined) {
        open = open.filter((invitation) => invitation !== used);
        return 'yes';
      }
      wrongTries += 1;
      if (wrongTries < mostWrongTries) return 'no';
      open = [];
      return 'closed';
    },
    delayMs: () => Math.min(longestDelayMs, firstDelayMs * 2 ** Math.max(0, wrongTries - 1)),
  };
}
