/** Who is connected to this host: editor windows, other editors, command lines. */
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** ms; a client that does not read must not keep the host. */
const farewellMs = 1000;

export interface ClientsParts {
  readonly idle: { clientCame(): void; clientWent(): void };
  open(socket: Socket): void;
}

export interface Clients {
  welcome(socket: Socket): void;
  /** Ends every connection when all that was said is written. */
  farewell(): Promise<void>;
}

export function createClients({ idle, open }: ClientsParts): Clients {
  const sockets = new Set<Socket>();
  return {
    welcome(socket) {
      sockets.add(socket);
      idle.clientCame();
      socket.once('close', () => {
        sockets.delete(socket);
        idle.clientWent();
      });
      open(socket);
    },
    async farewell() {
      await Promise.all([...sockets].map(sent));
    },
  };
}

function sent(socket: Socket): Promise<unknown> {
  const written = new Promise<void>((fulfil) => socket.end(fulfil));
  const gone = new Promise<void>((fulfil) => socket.once('close', () => fulfil()));
  return Promise.race([written, gone, delay(farewellMs)]);
}
