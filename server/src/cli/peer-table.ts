/** The table of `vramesh peers`. Pure. */
import type { Peer } from '#protocol';
import { orUnknown, rate, twoDigits } from './format';
import { createLook, noteLines } from './look';
import { type Column, layOutTable, plain, type Row } from './terminal-text';

const columns: readonly Column[] = [
  { title: 'Machine', flexible: true },
  { title: 'Id' },
  { title: 'Status' },
  { title: 'Round trip', align: 'right' },
  { title: 'Throughput', align: 'right' },
  { title: 'Version' },
  { title: 'Address' },
];

export function peerTable(peers: readonly Peer[], options: Parameters<typeof createLook>[0]): string {
  if (peers.length === 0) return 'No other machines yet. Invite one: vramesh invite';
  const look = createLook(options);
  const rows = peers.map((peer): Row => {
    const { node_id, name, status, version, addresses, round_trip_ms, bytes_per_second, problem } = peer;
    return {
      cells: [
        plain(name),
        node_id.slice(0, 8),
        status,
        orUnknown(round_trip_ms, (ms) => `${twoDigits(ms)} ms`),
        orUnknown(bytes_per_second, rate),
        orUnknown(version, plain),
        orUnknown(addresses[0] ?? null, plain),
      ],
      below: problem === null ? [] : noteLines(look, 'yellow', '  Problem:', problem),
    };
  });
  return layOutTable(columns, rows, look.width, look.paint)
    .map((line) => line.trimEnd())
    .join('\n');
}
