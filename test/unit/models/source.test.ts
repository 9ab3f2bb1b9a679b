import assert from 'node:assert/strict';
import { fileName, parseSource } from '../../../server/src/models/downloads/source';

const hub = new URL('https://huggingface.co');

describe('models: sources', () => {
  const good: [source: string, means: string][] = [
    ['hf:o/r/x.gguf', 'o/r main x.gguf'],
    ['HF:o/r/deep/er/x.GGUF', 'o/r main deep/er/x.GGUF'],
    ['hf://o/r/x.gguf', 'o/r main x.gguf'],
    [
      'qwen2.5-coder-0.5b',
      'Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF main qwen2.5-coder-0.5b-instruct-q8_0.gguf',
    ],
    ['https://huggingface.co/o/r/resolve/main/x.gguf?download=true', 'o/r main x.gguf'],
    ['https://huggingface.co/o/r/blob/abc123/q4/x.gguf', 'o/r abc123 q4/x.gguf'],
    ['https://example.com/o/x.gguf?sig=1#top', 'https://example.com/o/x.gguf?sig=1'],
    ['http://localhost:8000/x.gguf', 'http://localhost:8000/x.gguf'],
    ['http://[::1]/x.gguf', 'http://[::1]/x.gguf'],
  ];
  for (const [text, means] of good) {
    it(text, () => {
      const source = parseSource(text, hub);
      assert.equal(
        source.kind === 'url' ? source.url.href : `${source.repository} ${source.revision} ${source.file}`,
        means,
      );
    });
  }

  const bad: [source: string, says: RegExp][] = [
    ['', /There is no ""/],
    ['hf:o/x.gguf', /not of the form/],
    ['hf:o/r/../../x.gguf', /not of the form/],
    ['hf:o/r/.hidden/x.gguf', /not of the form/],
    ['hf:o//x.gguf', /not of the form/],
    ['hf:o/r/x.bin', /does not end in \.gguf/],
    ['https://huggingface.co/o/r/resolve/main/%2e%2e%2fx.gguf', /not of the form/],
    ['http://192.168.1.1/x.gguf', /is not https/],
    ['http://localhost.example.com/x.gguf', /is not https/],
    ['ftp://example.com/x.gguf', /is not https/],
    ['file:///etc/x.gguf', /is not https/],
    ['https://user:secret@example.com/x.gguf', /holds a user name or a password/],
    ['https://', /is not an address/],
    ['https://example.com/', /does not end in \.gguf/],
    ['/models/x.gguf', /There is no "\/models\/x\.gguf" in the catalogue/],
  ];
  for (const [text, says] of bad)
    it(`refused: ${text || 'nothing'}`, () => assert.throws(() => parseSource(text, hub), says));

  const names: [path: string, name: string | RegExp][] = [
    ['/a/b/model-Q4_K_M.gguf', 'model-Q4_K_M.gguf'],
    ['/my%20model%20%28new%29.gguf', 'my-model-(new).gguf'],
    ['/a%2F..%2F..%2Fetc%2Fx.gguf', 'x.gguf'],
    ['/a\\..\\x.gguf', 'x.gguf'],
    ['/..gguf', /does not end/],
    ['/.gguf', /does not end/],
    ['/...x.gguf', 'x.gguf'],
    ['/нейросеть.gguf', /does not end/],
    ['/модель-7b.gguf', '7b.gguf'],
    ['/x%00.gguf', 'x-.gguf'],
    ['/%E0%A4%A.gguf', 'E0-A4-A.gguf'],
    ['/con.gguf', /Windows keeps for itself/],
    [`/${'x'.repeat(300)}.gguf`, /305 characters/],
  ];
  for (const [path, name] of names) {
    it(`the name of ${path.slice(0, 40)}`, () => {
      if (typeof name === 'string') assert.equal(fileName(path), name);
      else assert.throws(() => fileName(path), name);
    });
  }
});
