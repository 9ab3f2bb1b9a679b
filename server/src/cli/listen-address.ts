/** `--http-listen ADDRESS[:PORT]`, `--http-origin ORIGIN`: what is none is wrong usage. */
import { isIPv6 } from 'node:net';
import { InvalidArgumentError } from 'commander';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const defaultPort = 52416;

export function listenAddress(text: string): ListenAddress {
  if (isIPv6(text)) return { host: text, port: defaultPort };
  const [, inBrackets, plain, port] = /^(?:\[([^\]]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = inBrackets ?? plain;
  const number = port === undefined ? defaultPort : Number(port);
  if (host !== undefined && number <= 65535 && (inBrackets === undefined || isIPv6(inBrackets)))
    return { host, port: number };
  throw new InvalidArgumentError(
    'It is ADDRESS or ADDRESS:PORT, for example 0.0.0.0, 192.168.1.5:8443 or [::]:52416.',
  );
}

export function origin(text: string, before: string[]): string[] {
  if (URL.canParse(text) && new URL(text).origin === text) return [...before, text];
  throw new InvalidArgumentError(
    'It is a scheme and a host as browsers spell them, for example https://chat.example.',
  );
}
