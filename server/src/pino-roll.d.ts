/** pino-roll has no types of its own. Only what we use. */
declare module 'pino-roll' {
  import type { EventEmitter } from 'node:events';

  interface RolledFile extends EventEmitter {
    write(line: string): void;
  }
  interface RollOptions {
    /** Path without the running number: "host.log" becomes "host.1.log". */
    file: string;
    /** "5m": a new file after 5 MiB. */
    size: string;
    /** How many older files are kept. */
    limit: { count: number; removeOtherLogFiles?: boolean };
    sync: boolean;
    /** Bytes that may wait for the disk; what comes on top is dropped. */
    maxLength: number;
  }
  export default function roll(options: RollOptions): Promise<RolledFile>;
}
