import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  etagOf,
  type ModelServer,
  modelBytes,
  rangeHeaders,
  startModelServer,
} from '../../support/model-server';
import { settled, until } from '../../support/until';
import { contentOf, freshFolder, smallPieces, tidy, unfinishedIn } from './harness';

const name = 'coder-q8_0.gguf';
const model = modelBytes(2_000_000, 5);
const program = path.resolve('dist/test/integration/models/downloader.js');

describe('models: a host that is killed', () => {
  let server: ModelServer;
  let folder: string;
  const children: ChildProcess[] = [];
  before(() => {
    execFileSync(path.resolve('node_modules/.bin/esbuild'), [
      'test/integration/models/downloader.ts',
      '--bundle',
      '--platform=node',
      `--outfile=${program}`,
      '--log-level=warning',
    ]);
  });
  beforeEach(async () => {
    server = await startModelServer();
    folder = freshFolder();
    server.publish('someone/coder', name, model);
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await server.close();
    await tidy();
  });

  function downloader(...args: string[]): ChildProcess {
    const env = { ...process.env, HF_ENDPOINT: server.url };
    const child = spawn(process.execPath, [program, folder, ...args], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    children.push(child);
    return child;
  }

  function wholePieces(): number[] {
    try {
      const journal = path.join(folder, '.downloads', name, `${name}.part.journal`);
      return (JSON.parse(readFileSync(journal, 'utf8')) as { whole: number[] }).whole;
    } catch {
      return [];
    }
  }

  it('goes on at the next start, and fetches no whole piece again', async () => {
    let held = true;
    server.faults.push(({ range }) => held && range !== null && range.start >= 1_000_000);
    const first = downloader(`hf:someone/coder/${name}`);
    await until('half of the pieces', () => wholePieces().length >= 15);
    const whole = wholePieces();
    first.kill('SIGKILL');
    await once(first, 'exit');
    assert.deepEqual(unfinishedIn(folder), [name]);

    held = false;
    const before = server.asked.length;
    const sentBefore = server.bytesSent();
    const second = downloader();
    const [code] = await settled('the second downloader', once(second, 'exit'));
    assert.equal(code, 0);
    assert.deepEqual(contentOf(folder, name), model);
    assert.deepEqual(unfinishedIn(folder), []);
    const again = server.asked
      .slice(before)
      .flatMap(({ range }) => (range ? [range.start / smallPieces.pieceBytes] : []));
    assert.deepEqual(
      whole.filter((piece) => again.includes(piece)),
      [],
    );
    assert.ok(server.bytesSent() - sentBefore <= model.length - whole.length * smallPieces.pieceBytes);
  });

  it('many times, at any moment: it ends with the right bytes', async () => {
    // Slow enough to be hit in the middle of a piece.
    server.faults.push(({ range }, response, content) => {
      if (!content || !range || range.end === 0) return false;
      const body = content.subarray(range.start, range.end + 1);
      response.writeHead(206, { etag: etagOf(content), ...rangeHeaders(range, content.length) });
      response.write(body.subarray(0, 1000));
      setTimeout(() => response.end(body.subarray(1000)), 15);
      return true;
    });
    let source = `hf:someone/coder/${name}`;
    for (let kills = 1; kills <= 6; kills++) {
      const child = downloader(...(source ? [source] : []));
      const asked = server.asked.length;
      await until(
        'some requests, or the end',
        () => server.asked.length >= asked + 4 * kills || child.exitCode !== null,
      );
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      if (unfinishedIn(folder).length > 0) source = '';
      if (child.exitCode === 0) break;
    }
    if (unfinishedIn(folder).length > 0) {
      const [code] = await settled('the last downloader', once(downloader(), 'exit'));
      assert.equal(code, 0);
    }
    assert.deepEqual(contentOf(folder, name), model);
    assert.deepEqual(unfinishedIn(folder), []);
  });
});
