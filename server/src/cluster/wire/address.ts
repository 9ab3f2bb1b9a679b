/** Addresses as people and peers write them: "host:port", IPv6 in brackets, link-local ones with their interface. Pure. */

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `null`: it is none. */
export function parseAddress(text: string): Address | null {
  const { v6, name, port } =
    /^(?:\[(?<v6>[^\]]+)\]|(?<name>[^:]+)):(?<port>\d{1,5})$/.exec(text)?.groups ?? {};
  const host = v6 ?? name;
  const number = Number(port);
  return host === undefined || !(number >= 1 && number <= 65_535) ? null : { host, port: number };
}

export function writeAddress(host: string, port: number): string {
  // An IPv4 peer of a socket that takes both has its address written as IPv6.
  const plain = host.replace(/^::ffff:/i, '');
  return plain.includes(':') ? `[${plain}]:${port}` : `${plain}:${port}`;
}
