/** What the editor's features need of the host. */
import type { Logger } from 'pino';
import type { Check, State } from '#protocol';
import type { Cluster } from '../cluster';
import type { Completer } from '../completion';
import type { Instances } from '../instances';
import type { LogLine } from '../log';
import type { Models } from '../models';
import type { PlaceOnRequest } from '../place-on-request';
import type { HostPlanner } from '../planner';
import type { PrivateFiles } from '../private-files';
import type { Runtime } from '../runtime';
import type { Sharing } from '../sharing';

export interface EditorParts {
  readonly version: string;
  readonly log: Logger;
  readonly instances: Instances;
  readonly models: Models;
  readonly planner: HostPlanner;
  readonly runtime: Pick<Runtime, 'install' | 'remove'>;
  /** One for each window. */
  createCompleter(): Completer;
  readonly privateFiles: PrivateFiles;
  /** Who completes and who chats, and what is placed on any machine. */
  readonly sharing: Pick<
    Sharing,
    'nearest' | 'answerers' | 'lines' | 'instances' | 'previews' | 'modelsElsewhere'
  >;
  readonly cluster: Pick<Cluster, 'invite' | 'join' | 'peers' | 'remove' | 'leave' | 'setStaticPeers'>;
  readonly placeOnRequest: Pick<PlaceOnRequest, 'setAllowed'>;
  state(): State;
  onState(listener: (state: State) => void): () => void;
  onLogLine(listener: (line: LogLine) => void): () => void;
  /** Someone looks at live readings until the returned function is called. */
  look(): () => void;
  diagnose(): Promise<Check[]>;
  /** Ends the host, and with it every connection. */
  stop(): void;
}
