/** `--http-listen ADDRESS[:PORT]`, `--http-origin ORIGIN`: the HTTP API for other machines, of `serve` and of its service. */
import { isIPv6 } from 'node:net';
import { InvalidArgumentError, Option } from 'commander';

interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** As the host takes it. */
export interface WiderDoor extends ListenAddress {
  readonly origins: readonly string[];
}

export interface WiderDoorOptions {
  readonly httpListen?: ListenAddress;
  readonly httpOrigin: readonly string[];
}

const defaultPort = 52416;

export function httpListenOption(): Option {
  return new Option(
    '--http-listen <ADDRESS[:PORT]>',
    `also answer other machines there, over TLS, who have the token of "vramesh token new" (port: ${defaultPort})`,
  ).argParser(listenAddress);
}

export function httpOriginOption(): Option {
  return new Option('--http-origin <ORIGIN>', 'pages of this origin may use --http-listen, too; repeatable')
    .argParser(origin)
    .default([]);
}

/** `null`: none is wanted. Throws where origins are named for a door that stays closed. */
export function widerDoorOf({ httpListen, httpOrigin }: WiderDoorOptions): WiderDoor | null {
  if (httpListen !== undefined) return { ...httpListen, origins: httpOrigin };
  if (httpOrigin.length === 0) return null;
  throw new Error(
    '--http-origin is for --http-listen: on loopback, no page of another origin gets an answer.',
  );
}

/** The same as arguments of `serve`. */
export function widerDoorArguments(wider: WiderDoor | null): string[] {
  if (wider === null) return [];
  const { host, port, origins } = wider;
  const address = isIPv6(host) ? `[${host}]` : host;
  return ['--http-listen', `${address}:${port}`, ...origins.flatMap((one) => ['--http-origin', one])];
}

function listenAddress(text: string): ListenAddress {
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

function origin(text: string, before: string[]): string[] {
  if (URL.canParse(text) && new URL(text).origin === text) return [...before, text];
  throw new InvalidArgumentError(
    'It is a scheme and a host as browsers spell them, for example https://chat.example.',
  );
}
