/** The systemd user unit that runs the host without an editor. Pure. */

export interface ServiceUnit {
  /** Absolute paths. */
  readonly node: string;
  readonly program: string;
  /** Of `serve`. */
  readonly options: readonly string[];
  /** Of VRAMesh that the host should see, too. */
  readonly environment: Readonly<Record<string, string>>;
}

export function serviceUnit({ node, program, options, environment }: ServiceUnit): string {
  const variables = Object.entries(environment).map(
    ([name, value]) => `Environment=${quoted(`${name}=${value}`)}`,
  );
  const command = [
    quoted(node, true),
    quoted(program, true),
    'serve',
    ...options.map((one) => quoted(one, true)),
  ];
  return [
    '[Unit]',
    'Description=VRAMesh host: local code completion on the GPUs of this machine',
    'After=network.target',
    '',
    '[Service]',
    `ExecStart=${command.join(' ')}`,
    ...variables,
    'Restart=on-failure',
    'RestartSec=2',
    '# The host ends its engines by itself; what does not end in time is ended with it.',
    'KillMode=mixed',
    'TimeoutStopSec=30',
    '',
    '[Install]',
    'WantedBy=default.target',
    '',
  ].join('\n');
}

/** As systemd.syntax(7) has it; in a command line "$" begins a variable. */
function quoted(text: string, isCommand = false): string {
  const escaped = text.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('\n', '\\n');
  return `"${isCommand ? escaped.replaceAll('$', () => '$$') : escaped}"`;
}
