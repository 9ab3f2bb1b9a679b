/** `vramesh serve`: the host, in the foreground. Editors start it themselves, detached. */
import { dirname } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { peerAddressSchema } from '#protocol';
import { homeFolder } from '#protocol/attach';
import { startHost } from '../host';
import { wholeNumber } from './whole-number';
import { httpListenOption, httpOriginOption, type WiderDoorOptions, widerDoorOf } from './wider-door';

interface ServeOptions extends WiderDoorOptions {
  httpPort: number;
  peerPort: number;
  discovery: boolean;
  peer: string[];
  placeOnRequest?: boolean;
  idleExit?: number;
  detached?: boolean;
  json?: boolean;
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('run the host in the foreground until it is stopped')
    .option('--http-port <N>', 'port of the HTTP API on loopback; 0: any', wholeNumber(0, 65535), 52415)
    .addOption(httpListenOption())
    .addOption(httpOriginOption())
    .option(
      '--peer-port <N>',
      'port for other machines, once one was invited or this one has joined; 0: any',
      wholeNumber(0, 65535),
      52414,
    )
    .option(
      '--no-discovery',
      'neither say hello on the network nor listen for it: other machines are found by address',
    )
    .option('--peer <HOST:PORT>', 'an address of a machine of the cluster; repeatable', address, [])
    .option('--place-on-request', 'place a model that a program asks for over HTTP, when it is on disk')
    .option(
      '--idle-exit <SECONDS>',
      'end after this long without clients and placed models',
      wholeNumber(0, 31_536_000),
    )
    .addOption(new Option('--detached', 'started by a client: nobody reads the terminal').hideHelp())
    .option('--json', 'print the ready line as JSON')
    .action(serve);
}

function address(text: string, before: string[]): string[] {
  if (peerAddressSchema.safeParse(text).success) return [...before, text];
  throw new InvalidArgumentError('It is HOST:PORT, for example workstation.local:52414.');
}

async function serve(options: ServeOptions): Promise<void> {
  const host = await startHost({
    home: homeFolder(),
    programFolder: dirname(__filename),
    httpPort: options.httpPort,
    wider: widerDoorOf(options),
    peerPort: options.peerPort,
    peers: options.peer,
    discovery: options.discovery,
    placeOnRequest: options.placeOnRequest ?? false,
    idleExitSeconds: options.idleExit ?? null,
    terminal: options.detached !== true,
    env: process.env,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => host.stop(`it got ${signal}`));

  if (!options.detached) {
    const ready = {
      ready: true,
      http: host.http,
      https: host.https,
      peer: host.peer,
      socket: host.socket,
      node_id: host.nodeId,
    };
    const http = host.http ? `http://${host.http}` : 'no HTTP API (its port is in use)';
    const https = host.https ? `, https://${host.https} with the token` : '';
    process.stdout.write(
      `${options.json ? JSON.stringify(ready) : `VRAMesh is ready: ${http}${https}, socket ${host.socket}`}\n`,
    );
  }
  await host.ended;
  // Libraries may hold handles that would keep a stopped host alive.
  process.exit(0);
}
