import type { Browser } from 'playwright-core';

/** The installed workbench: read only, shared by everything that runs from this checkout. */
export interface InstalledWorkbench {
  /** The folder of the `code-server` package. */
  dir: string;
  /** The Node that code-server wants, whatever Node we run on. */
  node: string;
}

/** Installs the pinned workbench, or finds it installed. About 150 MB to fetch and 780 MB on disk, once per lock file. */
export function installWorkbench(): Promise<InstalledWorkbench>;

export interface WorkbenchOptions {
  /** Folder that the window opens. */
  workspace: string;
  /** File to show at the start: PATH:LINE:COLUMN. */
  file?: string | undefined;
  /**
   * Folder of an extension to run from source. VS Code reads this from the address only with its smoke-test driver on,
   * and that driver hides notification toasts: they wait in the notification centre (the bell).
   */
  extensionPath?: string | undefined;
  /** A packaged extension to install instead; toasts show as they do for users. */
  vsix?: string | undefined;
  /** Module that exports `run()`; the extension host runs it and the window tells its result. Needs `extensionPath`. */
  testsPath?: string | undefined;
  /** Added to our environment for the server, and so for the extension host. */
  env?: Record<string, string | undefined> | undefined;
  /** User settings, over the quiet ones that every workbench starts with. */
  settings?: Record<string, unknown> | undefined;
  /**
   * `temporary` (tests): HOME, XDG folders and TMPDIR are made for this workbench and removed with it, and it ends
   * by itself when nobody has looked at it for two minutes. `own`: those of whoever runs this.
   */
  home: 'temporary' | 'own';
}

export interface Workbench {
  /** Opens the workspace with the extension; good for any browser on this machine. */
  url: string;
  /** On 127.0.0.1. */
  port: number;
  /** The folder of everything that this workbench writes; gone after `stop`. */
  root: string;
  /** What the server has printed so far, for a report when something went wrong. */
  log(): string;
  /** Resolves when the server has ended, by `stop` or by itself. */
  ended: Promise<void>;
  /** Ends the server with all that it started, then removes its folder. May be called twice. */
  stop(): Promise<void>;
}

/** Starts a workbench on a free loopback port and resolves when it answers (0.5 s); rejects with its log if it ends before. */
export function startWorkbench(options: WorkbenchOptions): Promise<Workbench>;

/** A headless Chromium that reaches nothing but this machine. Closes with `close()`, or with our process. */
export function openBrowser(): Promise<Browser>;
