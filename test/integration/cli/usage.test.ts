import assert from 'node:assert/strict';
import manifest from '../../../package.json';
import { cleanUp, freshHome, vramesh } from '../../support/host';

const commands = [
  'serve',
  'lsp',
  'status',
  'models',
  'pull',
  'preview',
  'place',
  'unplace',
  'complete',
  'invite',
  'join',
  'peers',
  'doctor',
  'stop',
];
const furtherCommands = [
  'models delete',
  'peers remove',
  'peers leave',
  'service install',
  'service uninstall',
  'token new',
  'token remove',
];

describe('command line: usage', () => {
  const home = freshHome();
  after(cleanUp);

  it('--help names every command; --version tells the version', async () => {
    const help = await vramesh(['--help'], { home });
    assert.equal(help.code, 0);
    for (const command of [...commands, 'service', 'token'])
      assert.match(help.stdout, new RegExp(`^  ${command}\\b.{10}`, 'm'));
    assert.equal(help.stderr, '');
    const version = await vramesh(['--version'], { home });
    assert.deepEqual(version, { code: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  for (const command of [...commands, ...furtherCommands]) {
    it(`${command} --help: what it does and its options, --json among them`, async () => {
      const { code, stdout, stderr } = await vramesh([...command.split(' '), '--help'], { home });
      assert.equal(code, 0);
      assert.equal(stderr, '');
      assert.match(stdout, new RegExp(`^Usage: vramesh ${command}\\b`));
      assert.match(stdout, /--json/);
    });
  }

  const wrong: string[][] = [
    [],
    ['make-coffee'],
    ['status', '--make-coffee'],
    ['status', 'too', 'much'],
    ['serve', '--http-port', '65536'],
    ['serve', '--http-port', 'any'],
    ['serve', '--idle-exit', '-1'],
    ['serve', '--http-listen', 'a b'],
    ['serve', '--http-listen', '[1.2.3.4]'],
    ['serve', '--http-listen', '0.0.0.0:65536'],
    ['serve', '--http-origin', 'chat.example'],
    ['serve', '--http-origin', 'https://chat.example/'],
    ['serve', '--http-origin', '*'],
    ['lsp'],
    ['place'],
    ['place', 'vramesh-tiny', '--context-size', '1'],
    ['place', 'vramesh-tiny', '--sequences', '0'],
    ['place', 'vramesh-tiny', '--kv-cache-type', 'q5_1'],
    ['place', 'vramesh-tiny', '--role', 'poet'],
    ['preview'],
    ['preview', 'vramesh-tiny', '--nodes', 'a,,b'],
    ['preview', 'vramesh-tiny', '--min-nodes', 'two'],
    ['preview', 'vramesh-tiny', '--dry-run'],
    ['pull'],
    ['pull', 'one', 'two'],
    ['models', 'vramesh-tiny'],
    ['models', 'delete'],
    ['models', 'delete', 'vramesh-tiny', '--catalogue'],
    ['unplace'],
    ['complete'],
    ['complete', 'file.ts'],
    ['complete', 'file.ts:0:1'],
    ['complete', 'file.ts:1'],
  ];
  for (const args of wrong) {
    it(`vramesh ${args.join(' ')}: wrong usage, and says so on stderr only`, async () => {
      const { code, stdout, stderr } = await vramesh(args, { home });
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.match(stderr, args.length === 0 ? /^Usage: vramesh/ : /^error: .+/);
    });
  }
});
