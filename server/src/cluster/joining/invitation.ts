/** The line that an invitation is: one word that survives copying, with nothing in it to be typed. Pure. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Invitation, invitationSchema } from '#protocol';

const prefix = 'vramesh:';

export function writeInvitation(invitation: Invitation): string {
  return prefix + Buffer.from(JSON.stringify(invitation)).toString('base64url');
}

/** Throws, in words, for anything else. White space and quotes around it, and line breaks in it, do no harm. */
export function readInvitation(line: string): Invitation {
  const word = line.replace(/["'`\s]/g, '').replace(/^vrameshjoin/, '');
  if (!word.startsWith(prefix))
    throw new Error(
      'This is no invitation. It is one line that begins with "vramesh:"; "vramesh invite" prints it.',
    );
  try {
    return invitationSchema.parse(JSON.parse(Buffer.from(word.slice(prefix.length), 'base64url').toString()));
  } catch {
    throw new Error('The invitation is damaged. Copy the whole line, or ask for another one.');
  }
}

/** What shows that the joiner has the secret, for this inviter only. */
export function proofOf(secret: string, joinerId: string, inviterId: string): string {
  return createHmac('sha256', Buffer.from(secret, 'hex'))
    .update(`vramesh join ${joinerId} ${inviterId}`)
    .digest('hex');
}

/** In a time that tells nothing. */
export function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
