/** Joining: how a machine gets onto the roster. The one thing that is said to somebody who is not trusted yet. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import {
  type Invitation,
  type JoinAnswer,
  type JoinRequest,
  joinAnswerSchema,
  joinRequestSchema,
  type Roster,
} from '#protocol';
import { type Channel, frameLimits, type OwnWire, readFrame, writeFrame } from '../wire';
import { proofOf } from './invitation';
import type { OpenInvitations } from './open-invitations';

export { readInvitation, writeInvitation } from './invitation';
export { createOpenInvitations, type OpenInvitations } from './open-invitations';

/** ms for the joiner's message; and for the answer, which is held back after wrong tries. */
const patienceMs = { request: 3000, answer: 15_000 };

export interface ServeJoinsParts {
  readonly wire: Pick<OwnWire, 'handle'>;
  readonly invitations: OpenInvitations;
  readonly name: string;
  readonly log: Logger;
  /** Puts the joiner on the roster, and answers with what it needs to know. Throws, in words, when there is no room. */
  admit(joiner: { id: string; name: string; addresses: string[] }): {
    roster: Roster;
    addresses: Record<string, string[]>;
  };
}

export function serveJoins({ wire, invitations, name, log, admit }: ServeJoinsParts): void {
  wire.handle('join', (channel) => {
    void serve(channel)
      .catch((error: Error) => log.debug(`Nobody joined: ${error.message}.`))
      .finally(() => channel.socket.end());
  });

  async function serve({ peer, socket, remote }: Channel): Promise<void> {
    const limit = frameLimits.hello;
    const request = await readFrame(socket, {
      schema: joinRequestSchema,
      limit,
      patienceMs: patienceMs.request,
    });
    // So that its end is noticed while an answer is held back.
    socket.resume();
    const redeemed = invitations.redeem(request.proof, peer.id);
    if (redeemed !== 'yes') {
      const all = redeemed === 'closed' ? ' All open invitations are void now.' : '';
      log.warn(`${remote ?? 'A machine'} tried to join with an invitation that is not good.${all}`);
      await delay(invitations.delayMs());
      const message =
        'The invitation is not good any more: it was used, is older than ten minutes, or is void. ' +
        'Ask for another one.';
      writeFrame(socket, { joined: false, message } satisfies JoinAnswer);
      return;
    }
    try {
      const admitted = admit({ id: peer.id, name: request.name, addresses: request.addresses });
      log.info(`${request.name} has joined the cluster.`);
      writeFrame(socket, { joined: true, name, ...admitted } satisfies JoinAnswer);
    } catch (error) {
      const { message } = error as Error;
      log.warn(`${request.name} could not join. ${message}`);
      writeFrame(socket, { joined: false, message } satisfies JoinAnswer);
    }
  }
}

export interface RedeemOptions {
  readonly wire: Pick<OwnWire, 'openJoin'>;
  readonly invitation: Invitation;
  readonly node: { readonly id: string; readonly name: string };
  /** Where this node listens. */
  readonly addresses: string[];
  readonly signal: AbortSignal;
}

/** Rejects, in words: nobody answers, it is somebody else, the invitation is not good. */
export async function redeem(options: RedeemOptions): Promise<Extract<JoinAnswer, { joined: true }>> {
  const { wire, invitation, node, addresses, signal } = options;
  const channel = await wire.openJoin(invitation, signal).catch((error: Error) => {
    throw new Error(
      `The machine that invites could not be reached (${error.message}). ` +
        'Are both in one network, and is the invitation younger than ten minutes?',
    );
  });
  const { socket } = channel;
  const cancel = () => socket.destroy();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const proof = proofOf(invitation.secret, node.id, invitation.node_id);
    writeFrame(socket, { proof, name: node.name, addresses } satisfies JoinRequest);
    const answer = await readFrame(socket, {
      schema: joinAnswerSchema,
      limit: frameLimits.roster,
      patienceMs: patienceMs.answer,
    });
    if (!answer.joined) throw new Error(`${answer.message} Nothing was changed here.`);
    return answer;
  } finally {
    signal.removeEventListener('abort', cancel);
    socket.destroy();
  }
}
