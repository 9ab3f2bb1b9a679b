/** `vramesh service install`: the host as a service of this user, for machines without an editor. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { homeFolder } from '#protocol/attach';
import { openHome } from '../home';
import { openHttpToken } from '../http-token';
import { print } from './output';
import { serviceUnit } from './service-unit';
import {
  httpListenOption,
  httpOriginOption,
  type WiderDoorOptions,
  widerDoorArguments,
  widerDoorOf,
} from './wider-door';

interface Options {
  readonly json?: boolean;
}

const unitName = 'vramesh.service';

export function serviceCommand(): Command {
  return new Command('service')
    .description('run the host without an editor, as a systemd service of this user')
    .enablePositionalOptions()
    .addCommand(
      new Command('install')
        .description('write the unit, and say how to start it')
        .addOption(httpListenOption())
        .addOption(httpOriginOption())
        .option('--json', 'print where it was written')
        .action(install),
    )
    .addCommand(
      new Command('uninstall')
        .description('remove the unit')
        .option('--json', 'print where it was')
        .action(uninstall),
    );
}

function unitFile(): string {
  if (process.platform !== 'linux')
    throw new Error(
      'Services are written for systemd, on Linux. Here, run "vramesh serve" at login instead.',
    );
  const config = process.env.XDG_CONFIG_HOME || join(homedir(), '.config');
  return join(config, 'systemd', 'user', unitName);
}

function install({ json, ...options }: Options & WiderDoorOptions): void {
  const file = unitFile();
  const wider = widerDoorOf(options);
  // The service would not start, and only its journal would say so.
  if (wider !== null && !openHttpToken(openHome(homeFolder()).httpToken).exists())
    throw new Error(
      'Other machines need a token: make one with "vramesh token new", then install the service. Nothing was written.',
    );
  const environment = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (isForHost(name) ? [[name, value ?? '']] : [])),
  );
  mkdirSync(dirname(file), { recursive: true });
  const unit = serviceUnit({
    node: process.execPath,
    program: __filename,
    options: widerDoorArguments(wider),
    environment,
  });
  writeFileSync(file, unit);
  print(
    { file },
    json,
    [
      `Wrote ${file}.`,
      'Start it now and at each login:   systemctl --user daemon-reload && systemctl --user enable --now vramesh',
      'Also when nobody is logged in:    loginctl enable-linger',
      'Then, for the other machines:     vramesh invite',
      '',
    ].join('\n'),
  );
}

/** Whatever Node this is, it must be one there, too. `VRAMESH_NODE` is how the terminals of an editor find it. */
function isForHost(name: string): boolean {
  return name === 'ELECTRON_RUN_AS_NODE' || (name.startsWith('VRAMESH_') && name !== 'VRAMESH_NODE');
}

function uninstall({ json }: Options): void {
  const file = unitFile();
  if (!existsSync(file)) throw new Error(`There is no ${file}. Nothing was removed.`);
  rmSync(file);
  const words = `Removed ${file}. A host that it has started runs on until: systemctl --user stop vramesh`;
  print({ file }, json, words);
}
