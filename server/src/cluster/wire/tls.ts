/** How TLS is spoken here: version 1.3 only, both sides show a certificate, and the key in it says who it is. */
import type { Socket } from 'node:net';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import { idOfKey } from '../certificate';
import type { Identity } from '../identity';

/** Members, and those who want to become one. */
export const alpn = { member: 'vramesh', joiner: 'vramesh-join' } as const;

/** ms for connecting and shaking hands. */
export const handshakeMs = 5000;

const onlyNewest = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;

/** Certificates are not checked by an authority but by whoever takes the connection: see `idOf`. */
export async function createTlsServer(
  identity: Identity,
  onSecure: (socket: TLSSocket) => void,
): Promise<Server> {
  const server = createServer(
    {
      ...onlyNewest,
      key: identity.privateKey,
      cert: await identity.certificate(),
      requestCert: true,
      rejectUnauthorized: false,
      ALPNProtocols: Object.values(alpn),
      handshakeTimeout: handshakeMs,
    },
    onSecure,
  );
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

/** The socket is secure, but who is at the other end is still to be asked. */
export async function secure(
  raw: Socket,
  identity: Pick<Identity, 'privateKey' | 'certificate'>,
  protocol: string,
): Promise<TLSSocket> {
  const cert = await identity.certificate();
  return new Promise((fulfil, reject) => {
    const socket = connect({
      ...onlyNewest,
      socket: raw,
      key: identity.privateKey,
      cert,
      rejectUnauthorized: false,
      ALPNProtocols: [protocol],
    });
    const gone = () => reject(new Error('it closed the connection'));
    socket.once('error', reject).once('close', gone);
    socket.once('secureConnect', () => {
      socket.off('error', reject).off('close', gone);
      socket.on('error', () => {});
      fulfil(socket);
    });
  });
}

/** Whose key the other end has proven to hold; `null`: it showed no certificate. */
export function idOf(socket: TLSSocket): string | null {
  try {
    const certificate = socket.getPeerX509Certificate();
    return certificate === undefined ? null : idOfKey(certificate.publicKey);
  } catch {
    return null;
  }
}
