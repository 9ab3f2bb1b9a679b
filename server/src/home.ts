/** The home folder: where each kind of state lies. Only this user can read it. */
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { socketPath } from '#protocol/attach';

export interface Home {
  readonly folder: string;
  readonly socket: string;
  readonly identity: string;
  readonly roster: string;
  /** The hash of the token for the HTTP API. */
  readonly httpToken: string;
  readonly placements: string;
  readonly inspections: string;
  readonly speeds: string;
  readonly models: string;
  readonly logs: string;
  /** Of tunnels and shard servers. */
  readonly sockets: string;
  /** What shard servers keep of tensors that were sent to them. */
  readonly tensorCache: string;
  /** What was fetched for CUDA. */
  readonly runtime: string;
}

/** Makes the folder where it is missing. Throws, in words, when it cannot be used. */
export function openHome(folder: string): Home {
  const home: Home = {
    folder,
    socket: socketPath(folder),
    identity: join(folder, 'identity.pem'),
    roster: join(folder, 'roster.json'),
    httpToken: join(folder, 'http-token.json'),
    placements: join(folder, 'placements.json'),
    inspections: join(folder, 'inspections.json'),
    speeds: join(folder, 'speeds.json'),
    models: join(folder, 'models'),
    logs: join(folder, 'logs'),
    sockets: join(process.platform === 'win32' ? folder : dirname(socketPath(folder)), 'run'),
    tensorCache: join(folder, 'tensors'),
    runtime: join(folder, 'runtime'),
  };
  try {
    makeFolder(folder);
    makeFolder(home.logs);
    if (process.platform !== 'win32') makeSocketFolder(dirname(home.socket));
    makeFolder(home.sockets);
    chmodSync(home.sockets, 0o700);
  } catch (error) {
    throw new Error(
      `The home folder ${folder} cannot be used (${(error as Error).message}). ` +
        'Nothing was changed. Make it writable, or choose another one with VRAMESH_HOME.',
    );
  }
  return home;
}

/** Those of tunnels and shard servers that a host before this one could not remove. Only for the host of this home. */
export function removeOldSockets({ sockets }: Home): void {
  for (const name of readdirSync(sockets))
    if (/^[tf]\d+\.sock$/.test(name)) rmSync(join(sockets, name), { force: true });
}

/** The socket may lie outside the home folder when that one's path is too long: then nobody else may own its folder. */
function makeSocketFolder(folder: string): void {
  makeFolder(folder);
  if (statSync(folder).uid !== process.getuid?.()) throw new Error(`${folder} belongs to another user`);
}

/** Not mkdir's own `recursive`: in Node 20 it never returns where a folder takes no children, such as /proc. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another host may have made it in between.
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
