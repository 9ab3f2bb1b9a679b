/** What a host is started with, and what it is to those who have started it. */

export interface HostOptions {
  /** `VRAMESH_HOME`, or the platform's place. */
  readonly home: string;
  /** Where the bundles are: `dist/`. */
  readonly programFolder: string;
  /** 0: any free one. */
  readonly httpPort: number;
  /** Where other machines may use the HTTP API with the token, and which pages may, too; `null`: nowhere. */
  readonly wider: {
    readonly host: string;
    readonly port: number;
    readonly origins: readonly string[];
  } | null;
  /** Where other machines connect, once somebody was invited; 0: any free one. */
  readonly peerPort: number;
  /** "host:port" of machines that are on the roster. */
  readonly peers: readonly string[];
  /** Find other members, and be found, by UDP. */
  readonly discovery: boolean;
  /** Whatever a window says. */
  readonly placeOnRequest: boolean;
  /** `null`: never. */
  readonly idleExitSeconds: number | null;
  /** Write the log to stderr as well. */
  readonly terminal: boolean;
  readonly env: NodeJS.ProcessEnv;
}

export interface Host {
  readonly nodeId: string;
  readonly socket: string;
  /** `null`: the port was taken, the host works without the HTTP API. */
  readonly http: string | null;
  /** Where it answers other machines; `null`: nowhere. */
  readonly https: string | null;
  /** `null`: it does not listen for other machines. */
  readonly peer: string | null;
  /** Settles when the host has ended: every engine is gone. */
  readonly ended: Promise<void>;
  stop(reason: string): void;
}
