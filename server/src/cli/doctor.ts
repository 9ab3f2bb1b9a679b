/** `vramesh doctor`: each thing that VRAMesh needs, ok or what to do. */
import { Command } from 'commander';
import { type Check, diagnoseRequest } from '#protocol';
import { openConnection } from './connection';
import { print } from './output';

const marks: Record<Check['status'], string> = { ok: 'ok     ', warning: 'warning', failed: 'FAILED ' };

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check the driver, the libraries, the backends, the model, the port and the socket')
    .option('--json', 'print the checks')
    .action(async (options: { json?: boolean }) => {
      const host = await openConnection();
      const { checks } = await host.request(diagnoseRequest, {});
      host.close();
      print({ checks }, options.json, checks.map(line).join('\n'));
      const failed = checks.filter(({ status }) => status === 'failed').map(({ name }) => name);
      if (failed.length > 0) throw new Error(`Not all is well: ${failed.join(', ')}.`);
    });
}

function line({ name, status, detail, advice }: Check): string {
  const first = `${marks[status]}  ${name.padEnd(14)} ${detail}`;
  return advice === null ? first : `${first}\n${' '.repeat(24)} → ${advice}`;
}
