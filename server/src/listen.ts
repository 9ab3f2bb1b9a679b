/**
 * One host per home: whoever holds the socket's name is the host. There is no lock file that could be left behind.
 *
 * A host listens on a name of its own and then links it to the well-known name, which is atomic: of hosts that start
 * together one gets it. A dead host's name is replaced by renaming over it; should two do that at once, the one that
 * lost finds within a second that the name is no longer its own, and goes.
 */
import { linkSync, renameSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';

const ownershipCheckMs = 1000;

export class AlreadyRunning extends Error {}

export interface Listener {
  /** Stops listening and frees the name. Open connections are the caller's. */
  close(): void;
}

export interface ListenOptions {
  readonly path: string;
  onConnection(socket: Socket): void;
  /** The name was taken by another host, or its folder was deleted: nobody can find this host any more. */
  onLost(): void;
}

/** @throws AlreadyRunning when another host answers there. */
export async function listen({ path, onConnection, onLost }: ListenOptions): Promise<Listener> {
  const server = createServer(onConnection);
  if (process.platform === 'win32') {
    // A named pipe belongs to one process and vanishes with it: the system does all of the above.
    await listenOn(server, path);
    return { close: () => server.close() };
  }

  if (await answers(path)) throw alreadyRunning(path);
  const own = `${path}.${process.pid}`;
  rmSync(own, { force: true });
  await listenOn(server, own);
  const inode = statSync(own).ino;
  const isOurs = () => inodeOf(path) === inode;

  try {
    await claim(path, own);
  } catch (error) {
    server.close();
    throw error;
  }

  const check = setInterval(() => {
    if (!isOurs()) onLost();
  }, ownershipCheckMs);
  check.unref();
  return {
    close() {
      clearInterval(check);
      if (isOurs()) rmSync(path, { force: true });
      server.close();
    },
  };
}

/** Gives the socket its well-known name, unless another host answers there. */
async function claim(path: string, own: string): Promise<void> {
  try {
    linkSync(own, path);
  } catch {
    if (await answers(path)) throw alreadyRunning(path);
    replace(path, own);
    return;
  }
  rmSync(own);
}

function replace(path: string, own: string): void {
  try {
    renameSync(own, path);
  } catch (error) {
    throw cannotListen(path, error as Error);
  }
}

/** `null`: nobody can find anything there. */
function inodeOf(path: string): number | null {
  try {
    return statSync(path).ino;
  } catch {
    return null;
  }
}

function listenOn(server: Server, path: string): Promise<void> {
  return new Promise((fulfil, reject) => {
    // It stays: a client that cannot be accepted, with too many files open, must not end the host.
    server.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? alreadyRunning(path) : cannotListen(path, error)),
    );
    server.listen(path, fulfil);
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((fulfil) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      fulfil(true);
    });
    probe.once('error', () => fulfil(false));
  });
}

function alreadyRunning(path: string): AlreadyRunning {
  return new AlreadyRunning(`A host already runs here (${path}). Use it, or end it with "vramesh stop".`);
}

function cannotListen(path: string, { message }: Error): Error {
  return new Error(
    `The host cannot listen on ${path} (${message}). Move it away, or choose another home folder with VRAMESH_HOME.`,
  );
}
