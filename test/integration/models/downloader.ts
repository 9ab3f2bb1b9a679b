/** A process that fetches, to be killed: goes on with what is there, or starts what it is told. Prints each state. */
import pino from 'pino';
import { createDownloads } from '../../../server/src/models/downloads';
import { noPeers, smallPieces } from './harness';

const [folder = '', source = ''] = process.argv.slice(2);
const downloads = createDownloads({
  nodeId: 'node',
  folder,
  env: process.env,
  log: pino({ enabled: false }),
  limits: smallPieces,
  fromPeer: noPeers,
});
downloads.onChange(() => {
  const [one] = downloads.list();
  console.log(JSON.stringify(one));
  if (one?.state === 'done' || one?.state === 'failed') process.exit(one.state === 'done' ? 0 : 1);
});
if (source) void downloads.start(source);
else downloads.resume();
// Keeps the process until it is done.
setInterval(() => {}, 60_000);
