/** `vramesh token`: the token with which other machines may use the HTTP API. */
import { Command } from 'commander';
import { homeFolder } from '#protocol/attach';
import { openIdentity } from '../cluster';
import { openHome } from '../home';
import { makeHttpToken, removeHttpToken } from '../http-token';
import { print } from './output';

interface Options {
  readonly json?: boolean;
}

export function tokenCommand(): Command {
  return new Command('token')
    .description('let other machines use the HTTP API, with a token')
    .enablePositionalOptions()
    .addCommand(
      new Command('new')
        .description('make a token, and show it this once; the one before is void')
        .option('--json', 'print the token, the pin of this machine’s key, and where its certificate is')
        .action(create),
    )
    .addCommand(
      new Command('remove')
        .description('make the token void: no other machine can use the HTTP API')
        .option('--json', 'print whether there was one')
        .action(remove),
    );
}

async function create({ json }: Options): Promise<void> {
  const home = openHome(homeFolder());
  const identity = openIdentity(home.identity);
  const { nodeId, certificateFile } = identity;
  await identity.certificate();
  const pin = `sha256//${Buffer.from(nodeId, 'hex').toString('base64')}`;
  const token = makeHttpToken(home.httpToken);
  const words = [
    'The token. It is shown only now, and is worth as much as a password:',
    '',
    token,
    '',
    'On this machine:   vramesh serve --http-listen 0.0.0.0',
    'On another one:',
    '',
    `curl --insecure --pinnedpubkey '${pin}' -H 'Authorization: Bearer ${token}' https://THIS-MACHINE:52416/health`,
    '',
    `Clients that know no pins take ${certificateFile} for their authority, and "vramesh" for the name of the server.`,
  ];
  print({ token, pin, certificate: certificateFile }, json, words.join('\n'));
}

function remove({ json }: Options): void {
  const removed = removeHttpToken(openHome(homeFolder()).httpToken);
  print({ removed }, json, removed ? 'The token is void.' : 'There was no token.');
}
