/** The HTTP API for other machines: whether it is open, for whom, and what they see of it. Looks only at what it is given. */
import { X509Certificate } from 'node:crypto';
import type { Check } from '#protocol';

export interface WiderDoorFacts {
  readonly host: string;
  readonly port: number;
  /** Whose pages may use it, too. */
  readonly origins: readonly string[];
  /** That others are shown, PEM. */
  readonly certificate: string;
}

/** @param door `null`: it is closed. @param hasToken whether there is one that could match */
export function checkWiderDoor(door: WiderDoorFacts | null, hasToken: boolean): Check[] {
  if (door === null) return [ok('HTTPS port', closed(hasToken))];
  return [port(door, hasToken), certificate(door)];
}

function closed(hasToken: boolean): string {
  const words = 'closed: programs on other machines cannot use the HTTP API';
  return hasToken
    ? `${words}, though there is a token. "vramesh serve --http-listen ADDRESS" opens it`
    : words;
}

function port({ host, port: number, origins }: WiderDoorFacts, hasToken: boolean): Check {
  const address = `https://${host.includes(':') ? `[${host}]` : host}:${number}`;
  const pages = origins.length === 0 ? '' : `, also for pages of ${origins.join(', ')}`;
  if (!hasToken)
    return warning(
      'HTTPS port',
      `${address} is open, but lets nobody in: there is no token any more`,
      'Make one with "vramesh token new", or start the host without --http-listen.',
    );
  if (/^(127\.|::1$|localhost$)/.test(host))
    return warning(
      'HTTPS port',
      `${address} can be reached from this machine only`,
      'Start the host with --http-listen and an address that others know, or 0.0.0.0 for all of them.',
    );
  return ok('HTTPS port', `${address}, for whoever has the token${pages}`);
}

function certificate({ certificate: pem }: WiderDoorFacts): Check {
  const { fingerprint256, validTo } = new X509Certificate(pem);
  const day = new Date(validTo).toISOString().slice(0, 10);
  return ok('Certificate', `valid until ${day}, SHA-256 ${fingerprint256}`);
}

function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail, advice: null };
}

function warning(name: string, detail: string, advice: string): Check {
  return { name, status: 'warning', detail, advice };
}
